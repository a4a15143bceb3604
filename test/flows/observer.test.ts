import { expect, test } from 'vitest';
import type { Observation } from '../../src/model/observation.ts';
import type { Said } from './talk.ts';
import { ACK, play, RST, SYN } from './talk.ts';

const CLIENT = '192.168.1.20:40000';

test.each<[string, readonly Said[], readonly string[]]>([
  [
    'a SYN that is refused',
    [
      { from: CLIENT, to: '192.168.1.9:23', flags: SYN, sequence: 1, tcp: '' },
      { from: '192.168.1.9:23', to: CLIENT, flags: RST | ACK, acknowledgement: 2, tcp: '' },
    ],
    ['opened 192.168.1.20 192.168.1.9:23', 'answered refused', 'closed refused'],
  ],
  [
    'the sequence number is the destination',
    [{ from: CLIENT, to: '5.6.7.8:23', flags: SYN, sequence: 0x05060708, tcp: '' }],
    ['opened 192.168.1.20 5.6.7.8:23 stateless', 'closed silent'],
  ],
  [
    'a login that MQTT refuses',
    exchange(1883, [
      ['client', '\x10\x1b\0\x04MQTT\x04\xc2\0\x3c\0\x05probe\0\x01a\0\x05wrong'],
      ['server', '\x20\x02\0\x05'],
    ]),
    ['opened 192.168.1.20 192.168.1.9:1883', 'answered', 'login mqtt refused clear'],
  ],
  [
    'guesses by HTTP, refused and right',
    exchange(8080, [
      ['client', 'GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTpi\r\n\r\n'],
      ['server', 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n'],
    ]),
    [
      'opened 192.168.1.20 192.168.1.9:8080',
      'answered',
      'login http tried clear',
      'login http refused clear',
    ],
  ],
  [
    'a question without credentials is no login',
    exchange(80, [
      ['client', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
      ['server', 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n\r\n'],
    ]),
    ['opened 192.168.1.20 192.168.1.9:80', 'answered'],
  ],
  [
    'Telnet says what came of it',
    exchange(2323, [
      ['server', '\xff\xfd\x18login: '],
      ['client', 'root\r\n'],
      ['server', 'Password: '],
      ['client', 'xc3511\r\n'],
      ['server', '\r\nLogin incorrect\r\nlogin: '],
    ]),
    [
      'opened 192.168.1.20 192.168.1.9:2323',
      'answered',
      'login telnet tried clear',
      'login telnet refused clear',
    ],
  ],
  [
    'FTP lets in',
    exchange(21, [
      ['server', '220 ready\r\n'],
      ['client', 'USER a\r\n'],
      ['server', '331 password\r\n'],
      ['client', 'PASS b\r\n'],
      ['server', '230 welcome\r\n'],
    ]),
    [
      'opened 192.168.1.20 192.168.1.9:21',
      'answered',
      'login ftp tried clear',
      'login ftp accepted clear',
    ],
  ],
  [
    'a coil is written, and one is read',
    exchange(502, [
      ['client', '\0\x01\0\0\0\x06\x01\x01\0\0\0\x01'],
      ['server', '\0\x01\0\0\0\x04\x01\x01\x01\0'],
      ['client', '\0\x02\0\0\0\x06\x01\x05\0\x03\xff\0'],
    ]),
    ['opened 192.168.1.20 192.168.1.9:502', 'answered', 'operation modbus write coil 3'],
  ],
  [
    'a controller is stopped',
    exchange(102, [
      ['client', '\x03\0\0\x21\x02\xf0\x80\x32\x01\0\0\0\x01\0\x10\0\0\x29\0\0\0\0\0\x09P_PROGRAM'],
    ]),
    ['opened 192.168.1.20 192.168.1.9:102', 'operation s7comm stop P_PROGRAM'],
  ],
  [
    'BACnet writes a property, asked by the end that has the higher address',
    [
      {
        from: '192.168.1.20:47808',
        to: '192.168.1.9:47808',
        udp: latin('\x81\x0a\0\x0f\x01\x04\0\x05\x01\x0f\x0c\0\x80\0\x05'),
      },
    ],
    ['opened 192.168.1.20 192.168.1.9:47808', 'operation bacnet write object 2:5'],
  ],
  [
    'BACnet reads a property, which is nothing',
    [
      {
        from: '192.168.1.20:47808',
        to: '192.168.1.9:47808',
        udp: latin('\x81\x0a\0\x11\x01\x04\0\x05\x01\x0c\x0c\0\x80\0\x05\x19\x55'),
      },
    ],
    ['opened 192.168.1.20 192.168.1.9:47808', 'closed silent'],
  ],
  [
    'EtherNet/IP stops a controller, in what is sent on',
    exchange(44818, [
      [
        'client',
        `\x6f\0\x1c\0\x01\0\0\0${'\0'.repeat(16)}${'\0'.repeat(6)}\x02\0\0\0\0\0\xb2\0\x0c\0\x52\x02\x20\x06\x24\x01\x05\xf7\x02\0\x07\0`,
      ],
    ]),
    ['opened 192.168.1.20 192.168.1.9:44818', 'operation enip stop class 0'],
  ],
  [
    'EtherNet/IP sets an attribute',
    exchange(44818, [
      [
        'client',
        `\x6f\0\x1a\0\x01\0\0\0${'\0'.repeat(16)}${'\0'.repeat(6)}\x02\0\0\0\0\0\xb2\0\x0a\0\x10\x03\x20\x04\x24\x01\x30\x03\x01\0`,
      ],
    ]),
    ['opened 192.168.1.20 192.168.1.9:44818', 'operation enip write class 4'],
  ],
  [
    'OPC UA writes a node, and is asked to browse before',
    exchange(4840, [
      ['client', `MSGF\x1c\0\0\0${'\x01\0\0\0'.repeat(4)}\x01\0\x0f\x02`],
      ['server', `MSGF\x1c\0\0\0${'\x01\0\0\0'.repeat(4)}\x01\0\x12\x02`],
      ['client', `MSGF\x1c\0\0\0${'\x01\0\0\0'.repeat(4)}\x01\0\xa1\x02`],
    ]),
    ['opened 192.168.1.20 192.168.1.9:4840', 'answered', 'operation opcua write node'],
  ],
])('%s', (_, said, expected) => {
  const words = observe(said)
    .map(wordsOf)
    .filter((text) => text !== '');
  expect(words.slice(0, expected.length)).toEqual(expected);
});

test('what a long flow moves is told while it lasts, and all of it in the end', () => {
  const said: Said[] = Array.from({ length: 100 }, (_, index) => ({
    at: index,
    from: CLIENT,
    to: '192.0.2.7:9000',
    udp: 'x'.repeat(10),
  }));
  const seen = observe(said).flatMap((one) =>
    one.kind === 'progress' || one.kind === 'closed' ? [one] : [],
  );
  const told = seen
    .filter(({ kind }) => kind === 'progress')
    .map(({ at }) => at - (seen[0]?.at ?? 0));
  expect(told.map((at) => Math.round(at / 30_000))).toEqual([0, 2]);
  expect(seen.reduce((sum, { sent }) => sum + sent.bytes, 0)).toBe(1_000);
  expect(seen.reduce((sum, { sent }) => sum + sent.packets, 0)).toBe(100);
});

test.each<[string, readonly number[], number]>([
  ['a question and its answer are told with their end', [0, 1], 0],
  ['so are three packets, after which nothing comes', [0, 1, 2], 0],
  ['a packet every half minute is told every minute', [0, 30, 60, 90, 120, 150, 180], 3],
  ['many at once are told at once', Array.from({ length: 80 }, (_, index) => index / 20), 1],
])('%s', (_, seconds, told) => {
  const said: Said[] = seconds.map((at) => ({
    ...{ at, from: CLIENT, to: '192.0.2.7:9000', udp: 'x' },
  }));
  // Something else goes on, so that time does.
  for (let at = 0; at < 200; at += 1) {
    said.push({ at, from: '192.0.2.99:5000', to: '192.0.2.98:5000', udp: 'y' });
  }
  const seen = observe(said.toSorted((one, other) => (one.at ?? 0) - (other.at ?? 0))).flatMap(
    (one) => (one.kind === 'progress' ? [one.source.address] : []),
  );
  expect(seen.filter((address) => !address.endsWith('.99'))).toHaveLength(told);
});

test('flows and evidence are the same whether somebody listens or not', () => {
  const said = exchange(21, [
    ['server', '220 ready\r\n'],
    ['client', 'USER a\r\n'],
  ]);
  const { flows, evidence } = play(said);
  const heard = play(said, { onObservation: () => {} });
  expect(heard.flows).toEqual(flows);
  expect(heard.evidence).toEqual(evidence);
});

function observe(said: readonly Said[]): readonly Observation[] {
  const observations: Observation[] = [];
  play(said, { onObservation: (one) => observations.push(one) });
  return observations;
}

/** What a test compares of it. */
function wordsOf(one: Observation): string {
  switch (one.kind) {
    case 'opened': {
      const { source, destination, stateless } = one;
      const marks = stateless ? ' stateless' : '';
      return `opened ${source.address} ${destination.address}:${destination.port}${marks}`;
    }
    case 'answered':
      return one.refused ? 'answered refused' : 'answered';
    case 'login':
      return `login ${one.protocol} ${one.outcome}${one.clear ? ' clear' : ''}`;
    case 'operation':
      return `operation ${one.protocol} ${one.effect} ${one.object}`;
    case 'closed':
      return `closed ${one.record.outcome}`;
    default:
      return '';
  }
}

function latin(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** A connection of TCP whose two sides say these things by turns. */
function exchange(
  port: number,
  messages: readonly (readonly ['client' | 'server', string])[],
): readonly Said[] {
  const server = `192.168.1.9:${port}`;
  const said: Said[] = [{ from: CLIENT, to: server, flags: SYN, sequence: 0, tcp: '' }];
  const next = { client: 1, server: 1 };
  if (messages[0]?.[0] === 'server' || messages.length > 1) {
    said.push({
      from: server,
      to: CLIENT,
      flags: SYN | ACK,
      sequence: 0,
      acknowledgement: 1,
      tcp: '',
    });
  }
  for (const [side, text] of messages) {
    const tcp = latin(text);
    const [from, to] = side === 'client' ? [CLIENT, server] : [server, CLIENT];
    const other = side === 'client' ? next.server : next.client;
    said.push({ from, to, flags: ACK, sequence: next[side], acknowledgement: other, tcp });
    next[side] += tcp.length;
  }
  return said;
}
