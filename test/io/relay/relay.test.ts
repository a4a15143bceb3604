import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Arrival, Message } from '../../../src/io/relay/relay.ts';
import { Relay } from '../../../src/io/relay/relay.ts';
import { ascii, join, u16, u32 } from '../../../src/protocols/shared/bytes.ts';
import {
  CLASS,
  nameIn,
  parseMessage,
  query,
  TYPE,
} from '../../../src/protocols/shared/dns-message.ts';

const CAST = '_googlecast._tcp';
const CLIENT = { address: '192.168.1.10', port: 5353 };
const DIAL = 'urn:dial-multiscreen-org:service:dial:1';

function relay(): Relay {
  return new Relay([CAST], [DIAL]);
}

function asks(...questions: readonly (readonly [name: string, type: number])[]): Arrival {
  const bytes = query(
    7,
    0,
    questions.map(([name, type]) => ({ name, type, class: CLASS.IN | 0x8000 })),
  );
  return { side: 'clients', protocol: 'mdns', bytes, from: CLIENT };
}

function encoded(text: string): Uint8Array {
  return join(...text.split('.').flatMap((label) => [[label.length], label]), [0]);
}

type Rr = readonly [name: string, type: number, data: Uint8Array];

function says(...records: readonly Rr[]): Arrival {
  const parts = records.map(([owner, type, data]) =>
    join(encoded(owner), u16(type), u16(CLASS.IN), u32(120), u16(data.length), data),
  );
  const head = [0, 0x8400, 0, records.length, 0, 0].map(u16);
  return {
    side: 'services',
    protocol: 'mdns',
    bytes: join(...head, ...parts),
    from: { address: '192.168.30.5', port: 5353 },
  };
}

function srv(host: string): Uint8Array {
  return join(u16(0), u16(0), u16(8009), encoded(host));
}

const TV: readonly Rr[] = [
  [`${CAST}.local`, TYPE.PTR, encoded(`tv.${CAST}.local`)],
  [`tv.${CAST}.local`, TYPE.SRV, srv('tv.local')],
  [`tv.${CAST}.local`, TYPE.TXT, ascii('\x04id=7')],
  ['tv.local', TYPE.A, Uint8Array.of(192, 168, 30, 5)],
];

/** Names with types, as the message has them. */
function namesIn(messages: readonly Message[]): readonly string[] {
  return messages.flatMap(({ bytes }) => {
    const parsed = parseMessage(bytes);
    if (parsed.kind !== 'ok') throw new Error('what was passed is no message');
    const { questions, records } = parsed.value;
    return [...questions, ...records].map((one) => `${one.name.join('.')} ${one.type}`);
  });
}

describe('questions', () => {
  const cases: readonly (readonly [
    string,
    readonly (readonly [string, number])[],
    readonly string[],
  ])[] = [
    ['for the type are passed', [[`${CAST}.local`, TYPE.PTR]], [`${CAST}.local 12`]],
    ['for an instance too', [[`tv.${CAST}.local`, TYPE.SRV]], [`tv.${CAST}.local 33`]],
    [
      'for all types too',
      [['_services._dns-sd._udp.local', TYPE.PTR]],
      ['_services._dns-sd._udp.local 12'],
    ],
    ['for another type are not', [['_ssh._tcp.local', TYPE.PTR]], []],
    ['for a type that ends alike are not', [[`x${CAST}.local`, TYPE.PTR]], []],
    [
      'of several only those that may',
      [
        ['_ssh._tcp.local', TYPE.PTR],
        [`${CAST}.local`, TYPE.PTR],
      ],
      [`${CAST}.local 12`],
    ],
    ['for the address of just any host are not', [['nas.local', TYPE.A]], []],
  ];

  test.each(cases)('%s', (_, questions, passed) => {
    const messages = relay().receive(asks(...questions), 0);
    expect(namesIn(messages)).toEqual(passed);
    expect(messages.every(({ side }) => side === 'services')).toBe(true);
  });

  test('for the address of a host whose service was passed are passed', () => {
    const one = relay();
    one.receive(says(...TV), 0);
    expect(namesIn(one.receive(asks(['tv.local', TYPE.A]), 1))).toEqual(['tv.local 1']);
  });

  test('want their answer sent to the group, where the relay hears it', () => {
    const [message] = relay().receive(asks([`${CAST}.local`, TYPE.PTR]), 0);
    const parsed = parseMessage(message?.bytes ?? new Uint8Array());
    expect(parsed).toMatchObject({ kind: 'ok', value: { questions: [{ class: CLASS.IN }] } });
  });

  test('from where the services are go nowhere: services do not look for clients', () => {
    expect(relay().receive({ ...asks([`${CAST}.local`, TYPE.PTR]), side: 'services' }, 0)).toEqual(
      [],
    );
  });
});

describe('answers', () => {
  test('about the type are passed whole, with their time to live', () => {
    const messages = relay().receive(says(...TV), 0);
    expect(messages.map(({ side }) => side)).toEqual(['clients']);
    expect(messages[0]?.bytes).toEqual(says(...TV).bytes);
  });

  test('of other services are left out, and so are their hosts', () => {
    const nas: readonly Rr[] = [
      ['_smb._tcp.local', TYPE.PTR, encoded('nas._smb._tcp.local')],
      ['nas._smb._tcp.local', TYPE.SRV, srv('nas.local')],
      ['nas.local', TYPE.A, Uint8Array.of(192, 168, 30, 9)],
    ];
    expect(relay().receive(says(...nas), 0)).toEqual([]);
    expect(relay().receive(says(...nas, ...TV), 0)[0]?.bytes).toEqual(says(...TV).bytes);
  });

  test('with addresses that no router forwards lose these', () => {
    const link: readonly Rr[] = [
      [
        'tv.local',
        TYPE.AAAA,
        Uint8Array.from([0xfe, 0x80, ...Array.from({ length: 14 }, () => 1)]),
      ],
      ['tv.local', TYPE.A, Uint8Array.of(169, 254, 3, 4)],
    ];
    expect(relay().receive(says(...TV, ...link), 0)[0]?.bytes).toEqual(says(...TV).bytes);
  });

  test('whose names are compressed are written out', () => {
    const head = [0, 0x8400, 0, 1, 0, 0].map(u16);
    const pointing = join(Uint8Array.of(2), 'tv', Uint8Array.of(0xc0, 12));
    const bytes = join(
      ...head,
      encoded(`${CAST}.local`),
      u16(12),
      u16(1),
      u32(9),
      u16(pointing.length),
      pointing,
    );
    const [message] = relay().receive({ ...says(), bytes }, 0);
    const parsed = parseMessage(message?.bytes ?? new Uint8Array());
    if (parsed.kind !== 'ok' || parsed.value.records[0] === undefined) throw new Error('no record');
    expect(nameIn(message?.bytes ?? new Uint8Array(), parsed.value.records[0]).join('.')).toBe(
      `tv.${CAST}.local`,
    );
  });

  test('from where the clients are go nowhere', () => {
    expect(relay().receive({ ...says(...TV), side: 'clients' }, 0)).toEqual([]);
  });
});

describe('SSDP', () => {
  const search = (target: string, port = 50_000): Arrival => ({
    side: 'clients',
    protocol: 'ssdp',
    bytes: ascii(
      `M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 2\r\nST: ${target}\r\n\r\n`,
    ),
    from: { address: '192.168.1.10', port },
  });
  const answer = (target: string): Arrival => ({
    side: 'services',
    protocol: 'ssdp',
    bytes: ascii(
      `HTTP/1.1 200 OK\r\nST: ${target}\r\nUSN: uuid:1\r\nLOCATION: http://192.168.30.5/\r\n\r\n`,
    ),
    from: { address: '192.168.30.5', port: 1900 },
  });

  test('an answer goes to whoever asked, and to nobody else', () => {
    const one = relay();
    expect(one.receive(search(DIAL), 0)).toHaveLength(1);
    expect(one.receive(answer(DIAL), 100).map(({ to }) => to)).toEqual([
      { address: '192.168.1.10', port: 50_000 },
    ]);
    expect(one.receive(answer(DIAL), 7000)).toEqual([]);
  });

  test('what is asked for and may not is not passed; of everything, what may', () => {
    const one = relay();
    expect(one.receive(search('upnp:rootdevice'), 0)).toEqual([]);
    expect(one.receive(search('ssdp:all'), 0)).toHaveLength(1);
    expect(one.receive(answer('upnp:rootdevice'), 1)).toEqual([]);
    expect(one.receive(answer(DIAL), 1)).toHaveLength(1);
  });

  test.each([
    [DIAL, 1],
    ['upnp:rootdevice', 0],
  ])('an announcement of %s: passed %i times', (target, times) => {
    const bytes = ascii(`NOTIFY * HTTP/1.1\r\nNT: ${target}\r\nNTS: ssdp:alive\r\n\r\n`);
    expect(relay().receive({ ...answer(target), bytes }, 0)).toHaveLength(times);
  });

  test('no more searches wait than there is room for', () => {
    const one = relay();
    for (let port = 1; port <= 1000; port += 1) one.receive(search(DIAL, port), 0);
    expect(one.receive(answer(DIAL), 1).length).toBeLessThanOrEqual(64);
  });
});

describe('no storm', () => {
  test('the same is not passed twice within a second', () => {
    const one = relay();
    const question = asks([`${CAST}.local`, TYPE.PTR]);
    expect([0, 10, 999, 1000].map((at) => one.receive(question, at).length)).toEqual([1, 0, 0, 1]);
  });

  test('10,000 different questions in ten seconds become at most 120', () => {
    const one = relay();
    let passed = 0;
    for (let number = 0; number < 10_000; number += 1) {
      passed += one.receive(asks([`i${number}.${CAST}.local`, TYPE.SRV]), number).length;
    }
    // Ten a second, and twenty at the beginning.
    expect(passed).toBeGreaterThanOrEqual(100);
    expect(passed).toBeLessThanOrEqual(120);
  });

  test('two relays that face each other come to rest', () => {
    const [a, b] = [relay(), new Relay([CAST], [])];
    let waiting: readonly Message[] = a.receive(says(...TV), 0);
    let rounds = 0;
    for (; waiting.length > 0 && rounds < 100; rounds += 1) {
      const other = rounds % 2 === 0 ? b : a;
      waiting = waiting.flatMap(({ bytes }) => other.receive({ ...says(), bytes }, rounds));
    }
    expect(rounds).toBeLessThanOrEqual(2);
  });
});

test('whatever comes, it does not fail, and passes only what is about its types', () => {
  const noise = fc.uint8Array({ maxLength: 300 });
  const damaged = fc
    .tuple(fc.nat(says(...TV).bytes.length - 1), fc.integer({ min: 0, max: 255 }))
    .map(([at, value]) => says(...TV).bytes.with(at, value));
  fc.assert(
    fc.property(fc.oneof(noise, damaged), fc.boolean(), (bytes, isClient) => {
      const side = isClient ? 'clients' : 'services';
      const messages = relay().receive({ side, protocol: 'mdns', bytes, from: CLIENT }, 0);
      for (const text of namesIn(messages)) {
        const isMeant =
          text.toLowerCase().includes(CAST) ||
          / (?:1|28)$/.test(text) ||
          text.startsWith('_services.');
        expect(isMeant, text).toBe(true);
      }
    }),
    { seed: 20_261_125, numRuns: 3000 },
  );
});
