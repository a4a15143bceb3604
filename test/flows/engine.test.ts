import { describe, expect, test } from 'vitest';
import type { Said } from './talk.ts';
import { ACK, FIN, flow, handshake, play, RST, SYN } from './talk.ts';

const A = '192.168.1.10:40000';
const B = '192.168.1.20:8502';
const READ = '\x00\x01\x00\x00\x00\x06\x01\x03\x00\x00\x00\x02';
const VALUES = '\x00\x01\x00\x00\x00\x07\x01\x03\x04\x00\x01\x00\x02';

/** A question and an answer of Modbus, on a port that is nobody's. */
function exchange(client: string, server: string, at = 0): readonly Said[] {
  const [asked, told] = [1 + READ.length, 1 + VALUES.length];
  return [
    { at, from: client, to: server, tcp: READ, sequence: 1, acknowledgement: 1 },
    { at, from: server, to: client, tcp: VALUES, sequence: 1, acknowledgement: asked },
    { at, from: client, to: server, sequence: asked, acknowledgement: told },
  ];
}

describe('who opened it', () => {
  test.each([
    ['whoever sent the SYN', handshake(A, B), A],
    ['whoever got the SYN and ACK, where the SYN was not seen', handshake(A, B).slice(1), A],
    ['the one with the higher address as well', handshake(B, A), B],
    ['whoever spoke first, where there was no beginning', exchange(A, B), A],
    ['the one who asks, where the answer was seen first', exchange(A, B).slice(1), A],
    ['the sender of the first datagram', [{ from: B, to: A, udp: 'hello' }], B],
  ] satisfies [string, readonly Said[], string][])('%s', (_, said, opener) => {
    const { source } = flow(play(said));
    expect(`${source.address}:${source.port}`).toBe(opener);
  });
});

describe('what came of it', () => {
  const refusal = { from: B, to: A, flags: RST | ACK, acknowledgement: 1 };
  test.each([
    ['a handshake', handshake(A, B), 'answered'],
    ['a SYN alone', handshake(A, B).slice(0, 1), 'silent'],
    ['a SYN that is reset', [...handshake(A, B).slice(0, 1), refusal], 'refused'],
    ['a handshake that is reset later', [...handshake(A, B), refusal], 'answered'],
    ['a datagram alone', [{ from: A, to: B, udp: 'hello' }], 'silent'],
    [
      'a datagram and one in return',
      [
        { from: A, to: B, udp: 'hello' },
        { from: B, to: A, udp: 'world' },
      ],
      'answered',
    ],
  ] satisfies [string, readonly Said[], string][])('%s', (_, said, outcome) => {
    expect(flow(play(said)).outcome).toBe(outcome);
  });

  test('both directions are one flow, each counted for itself', () => {
    const { flows } = play([...handshake(A, B), ...exchange(A, B)]);
    expect(flows).toHaveLength(1);
    expect(flows[0]).toMatchObject({
      sent: { packets: 4, bytes: READ.length },
      received: { packets: 2, bytes: VALUES.length },
      frames: [1, 6],
      transport: 'tcp',
      ipProtocol: 6,
    });
  });
});

describe('when a flow ends', () => {
  const late = (seconds: number): readonly Said[] =>
    exchange(A, B, seconds).map((one) => ({ ...one, sequence: (one.sequence ?? 0) + 100 }));
  const farewell: readonly Said[] = [
    { from: A, to: B, flags: FIN | ACK, sequence: 1, acknowledgement: 1 },
    { from: B, to: A, flags: FIN | ACK, sequence: 1, acknowledgement: 2 },
  ];
  test.each([
    ['silence of five minutes begins a new one', [...handshake(A, B), ...late(301)], 2],
    ['less does not', [...handshake(A, B), ...late(299)], 1],
    [
      'a SYN after its end begins a new one',
      [...handshake(A, B), ...farewell, ...handshake(A, B, 1)],
      2,
    ],
    ['late packets after its end belong to it', [...handshake(A, B), ...farewell, ...late(5)], 1],
    [
      'datagrams two minutes apart are two',
      [
        { at: 0, from: A, to: B, udp: 'x' },
        { at: 121, from: A, to: B, udp: 'x' },
      ],
      2,
    ],
  ] satisfies [string, readonly Said[], number][])('%s', (_, said, count) => {
    expect(play(said).flows).toHaveLength(count);
  });
});

describe('what it is', () => {
  test.each([
    ['by both sides, on any port', [...handshake(A, B), ...exchange(A, B)], 'modbus', 'proved'],
    ['by one side', [...handshake(A, B), ...exchange(A, B).slice(0, 1)], 'modbus', 'likely'],
    ['from its middle', exchange(A, B), 'modbus', 'proved'],
    ['from its middle, answer first', exchange(A, B).slice(1), 'modbus', 'likely'],
    [
      'nothing known, whatever the port says',
      [
        ...handshake(A, '192.168.1.20:502'),
        { from: A, to: '192.168.1.20:502', tcp: 'zzzzzzzzzzzz' },
      ],
      'unknown',
      'hint',
    ],
    [
      'by the port where nothing was said, as a hint',
      handshake(A, '192.168.1.20:502'),
      'modbus',
      'hint',
    ],
    [
      'with the segments of the answer in the wrong order',
      [
        ...handshake(A, B),
        { from: A, to: B, tcp: READ, sequence: 1 },
        { from: B, to: A, tcp: VALUES.slice(5), sequence: 6 },
        { from: B, to: A, tcp: VALUES.slice(0, 5), sequence: 1 },
      ],
      'modbus',
      'proved',
    ],
  ] satisfies [string, readonly Said[], string, string][])('%s', (_, said, protocol, certainty) => {
    expect(flow(play(said))).toMatchObject({ protocol, certainty });
  });
});

const QUESTION = dns(0x0100, 'cloud.example.com');
const ANSWER = dns(0x8180, 'cloud.example.com', '\xcb\x00\x71\x07');

/** A question about an address, and with an address its answer. */
function dns(flags: number, name: string, address = ''): string {
  const labels = name.split('.').map((label) => String.fromCharCode(label.length) + label);
  const question = `${labels.join('')}\0\0\x01\0\x01`;
  const head = `\x12\x34${String.fromCharCode(flags >> 8, flags & 255)}\0\x01\0${address === '' ? '\0' : '\x01'}\0\0\0\0`;
  const record = address === '' ? '' : `\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04${address}`;
  return head + question + record;
}

describe('names', () => {
  const RESOLVER = '192.168.1.1:53';
  const lookUp: readonly Said[] = [
    { from: A, to: RESOLVER, udp: QUESTION },
    { from: RESOLVER, to: A, udp: ANSWER },
  ];
  test('the name by which the client learnt the address', () => {
    const { flows } = play([...lookUp, ...handshake(A, '203.0.113.7:8883')]);
    expect(flows.map(({ name }) => name)).toEqual([undefined, 'cloud.example.com']);
  });

  test('says nothing of another client', () => {
    const { flows } = play([...lookUp, ...handshake('192.168.1.11:40000', '203.0.113.7:8883')]);
    expect(flows.map(({ name }) => name)).toEqual([undefined, undefined]);
  });
});

test('an answer to a search that went to everybody belongs to who asked', () => {
  const search =
    'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n';
  const answer =
    'HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nUSN: uuid:1::upnp:rootdevice\r\nLOCATION: http://192.168.1.20/\r\nSERVER: x\r\n\r\n';
  const { flows } = play([
    { from: A, to: '239.255.255.250:1900', udp: search, hops: 4 },
    { from: '192.168.1.20:1900', to: A, udp: answer },
  ]);
  expect(flows[1]).toMatchObject({
    source: { address: '192.168.1.10', port: 40_000 },
    destination: { address: '192.168.1.20', port: 1900 },
    protocol: 'ssdp',
    certainty: 'proved',
  });
});

describe('missing octets', () => {
  const data = (sequence: number, length = 100): Said => ({
    from: A,
    to: B,
    tcp: 'x'.repeat(length),
    sequence,
    acknowledgement: 1,
  });
  const acknowledged = (number: number): Said => ({ from: B, to: A, acknowledgement: number });
  test.each([
    ['none, where all came', [data(1), data(101), data(201)], 0],
    ['a segment that never came', [data(1), data(201)], 100],
    ['two gaps', [data(1), data(201), data(501)], 300],
    ['none, where it came late', [data(1), data(201), data(101)], 0],
    ['a part that came late', [data(1), data(201), data(101, 60)], 40],
    ['none, where it came twice', [data(1), data(1), data(101)], 0],
    ['the end, which the other side has', [data(1), acknowledged(301)], 200],
    ['none, where the acknowledgement was seen first', [data(1), acknowledged(201), data(101)], 0],
    ['none for a number out of nowhere', [data(1), data(0x40000000)], 0],
    ['none past the turn of the numbers', [data(0xffffff9c), data(0), data(100)], 0],
  ] satisfies [string, readonly Said[], number][])('%s', (_, said, lost) => {
    const turn = said.some(({ sequence = 0 }) => sequence > 0xf0000000);
    const open = turn ? [] : handshake(A, B);
    const seen = play([...open, ...said]);
    expect(flow(seen).lost).toBe(lost);
    expect(seen.counters.lost).toBe(lost);
  });

  test('one direction alone is said to be one', () => {
    const { counters } = play([1, 101, 201, 301].map((sequence) => data(sequence)));
    expect(counters).toMatchObject({ oneSided: 1, lost: 0 });
  });
});

describe('what is told of devices', () => {
  const about = (said: readonly Said[], address: string): readonly string[] =>
    play(said)
      .evidence.filter(({ subject }) => subject.address === address)
      .map(({ subject, fact, certainty }) =>
        [fact.kind, subject.port ?? '', 'protocol' in fact ? fact.protocol : '', certainty]
          .filter((part) => part !== '')
          .join(' '),
      );

  test('a port that answered is open, and speaks what was spoken', () => {
    expect(about([...handshake(A, B), ...exchange(A, B)], '192.168.1.20')).toEqual([
      'present proved',
      'open 8502 proved',
      'speaks 8502 modbus proved',
    ]);
  });

  test.each([
    ['a port that refused', [handshake(A, B)[0], { from: B, to: A, flags: RST | ACK }]],
    ['a port that did not answer', [handshake(A, B)[0]]],
  ])('%s is not told to be open', (_, said) => {
    const whole = said.filter((one) => one !== undefined);
    expect(about(whole, '192.168.1.20').filter((text) => text.startsWith('open'))).toEqual([]);
  });

  test('a server on the Internet is no device of the network', () => {
    const far = handshake(A, '203.0.113.7:443').map((one, index) =>
      index === 1 ? { ...one, hops: 57 } : one,
    );
    expect(about(far, '203.0.113.7')).toEqual([]);
  });

  test('a router lends its card to nobody', () => {
    const router = '02:00:00:00:00:01';
    const said = ['10.1.0.5', '10.2.0.5', '10.3.0.5'].map(
      (address): Said => ({
        from: `${address}:40000`,
        to: B,
        flags: SYN,
        hops: 63,
        macs: [router, '02:00:00:00:00:02'],
      }),
    );
    const macs = play(said).evidence.map(({ subject }) => subject.mac);
    expect(macs).toEqual([undefined, undefined, undefined]);
  });

  test('everything says that it was seen in traffic, and where', () => {
    const { evidence } = play([...handshake(A, B), ...exchange(A, B)], { observer: 'hall.pcap' });
    expect(new Set(evidence.map(({ source, observer }) => `${source} ${observer}`))).toEqual(
      new Set(['passive hall.pcap']),
    );
  });
});

test('of one flow of datagrams the values of so many are read', () => {
  const client = '192.168.1.10:40000';
  const server = '192.168.1.1:53';
  const message = (number: number, flags: string): Uint8Array =>
    Buffer.concat([
      Buffer.from(`0001${flags}0001000000000000`, 'hex'),
      Buffer.from(
        `\x05d${String(number).padStart(4, '0')}\x07example\x00\x00\x01\x00\x01`,
        'latin1',
      ),
    ]);
  const said = Array.from({ length: 5000 }, (_, number): readonly Said[] => [
    { at: number / 1000, from: client, to: server, udp: message(number, '0100') },
    { at: number / 1000, from: server, to: client, udp: message(number, '8183') },
  ]).flat();
  const { fields } = play(said);
  const names = new Set(
    fields.filter(({ value }) => value.includes('d0')).map(({ value }) => value),
  );
  const last = fields.filter(({ value }) => value.includes('d4999'));
  expect(names.size).toBeGreaterThan(900);
  expect(last).toEqual([]);
});
