import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Transport } from '../../src/model/core.ts';
import { protocols } from '../../src/protocols/index.ts';
import type { Overheard, Protocol } from '../../src/protocols/protocol.ts';
import { FOREIGN } from '../fixtures/exchanges/foreign-composed.ts';
import { bytes, EXCHANGES } from './fixtures.ts';
import { hex } from './hex.ts';

const NOTHING = new Uint8Array(0);
const RUNS = { numRuns: 200, seed: 20_261_125 };

type Listening = Protocol & Required<Pick<Protocol, 'overhear'>>;

const LISTENING: readonly Listening[] = protocols.all.filter(
  (protocol: Protocol): protocol is Listening => protocol.overhear !== undefined,
);

/** What a scan refuses since the other half is another's, and an eavesdropper takes for what it is. */
const TRUE_HALVES: Readonly<Record<string, readonly string[]>> = {
  'http over tcp': [
    'a search of SSDP that a web server answers',
    'a ClientHello that a web server answers in the clear',
  ],
  'tls over tcp': ['a ClientHello that a web server answers in the clear'],
  'dns over udp': ['an answer of DNS to another question'],
  'modbus over tcp': ['a Modbus answer to another question'],
  // In a datagram the same octets are a control message.
  'ntp over udp': ['what begins like a record of TLS and goes on like none'],
};

describe.each(LISTENING)('$id', ({ id, ports, overhear }) => {
  const carriers = [
    ...new Set(ports.map(({ over }) => (over === 'udp' || over === 'dtls' ? 'udp' : 'tcp'))),
  ];

  test.each(carriers)('gives its name to no service over %s that is another', (transport) => {
    const strangers = FOREIGN.filter(({ is }) => is !== id);
    const wrong = strangers.filter(({ client, server }) =>
      halves(bytes(client), bytes(server), transport).some((heard) => claims(heard)),
    );
    expect(wrong.map(({ service }) => service)).toEqual([]);
  });

  test.each(carriers)(
    'takes no impostor over %s for its own but those with a true half',
    (over) => {
      const wrong = EXCHANGES.filter(({ protocol }) => protocol === 'none').filter((exchange) =>
        claims({ ...whole(bytes(exchange.client), bytes(exchange.server)), transport: over }),
      );
      expect(wrong.map(({ name }) => name)).toEqual(TRUE_HALVES[`${id} over ${over}`] ?? []);
    },
  );

  test('never throws, and needs a word to say yes', () => {
    const said = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(...EXCHANGES.flatMap(({ client, server }) => [client, server])).map(bytes),
    );
    fc.assert(
      fc.property(said, said, (client, server) => {
        for (const transport of ['tcp', 'udp'] as const) {
          const verdict = overhear({ ...whole(client, server), transport });
          expect(['yes', 'no', 'more']).toContain(verdict.kind);
        }
      }),
      RUNS,
    );
    for (const transport of carriers) {
      expect(overhear({ ...whole(NOTHING, NOTHING), transport }).kind).not.toBe('yes');
    }
  });

  function claims(heard: Overheard): boolean {
    return overhear(heard).kind === 'yes';
  }
});

function whole(client: Uint8Array, server: Uint8Array): Overheard {
  return { client, server, transport: 'tcp', clientPort: 40_000, serverPort: 8123 };
}

/** Both, and each alone, as it was and the other way round. */
function halves(client: Uint8Array, server: Uint8Array, transport: Transport): Overheard[] {
  return [
    whole(client, server),
    whole(server, client),
    whole(client, NOTHING),
    whole(NOTHING, server),
  ]
    .filter((heard) => heard.client.length + heard.server.length > 0)
    .map((heard) => ({ ...heard, transport }));
}

const QUESTION = '076578616d706c6503636f6d00 0001 0001';
const LINK = '056414c40a0001008fed';
const PUBLISH = `300b 0005 ${hex('a/b/c')} ${hex('21.5')}`;
const FRAME = '01 0001 00000005 003c003c01 ce';
const CONTROL = '16 02 0001 0000 0000 0000 0000';
const INITIAL = `${'a1'.repeat(8)}${'b2'.repeat(8)} 2e 20 23 08 00000001 00000050`;

/** The protocol, a sentence, the transport, what both said in hex, and whether it is taken for it. */
const ROWS = [
  [
    'syslog',
    'a router that puts a number before its time',
    'udp',
    hex('<190>63: %SEC-6-LOG: x'),
    '',
    'yes',
  ],
  ['syslog', 'a priority that there is not', 'udp', hex('<999>63: text text'), '', 'no'],
  ['syslog', 'a line that is answered', 'udp', hex('<190>63: text text'), hex('<190>x'), 'no'],
  ['dnp3', 'a header, and an answer of zeroes', 'tcp', LINK, '00', 'yes'],
  ['dnp3', 'a header with a wrong checksum', 'tcp', '056414c40a0001008fee', '00', 'no'],
  ['xmpp', 'a stanza from the middle', 'tcp', hex("<iq type='get' id='1'>"), '', 'yes'],
  ['xmpp', 'another element', 'tcp', hex("<item type='get'>"), '', 'no'],
  ['smtp', 'a mail from the middle', 'tcp', hex('MAIL FROM:<a@example.com>\r\n'), '', 'yes'],
  [
    'smtp',
    'the same, answered by something else',
    'tcp',
    hex('MAIL FROM:<a@example.com>\r\n'),
    hex('HTTP/1.1 400'),
    'no',
  ],
  [
    'pop3',
    'both sides from the middle',
    'tcp',
    hex('RETR 1\r\n'),
    hex('+OK 120 octets\r\n'),
    'yes',
  ],
  ['pop3', 'an answer of Redis', 'tcp', hex('GET a\r\n'), hex('+OK\r\n'), 'no'],
  [
    'ssh',
    'a client, and a server that says other lines first',
    'tcp',
    hex('SSH-2.0-x\r\n'),
    hex('welcome\nSSH-2.0-y\r\n'),
    'yes',
  ],
  [
    'kerberos',
    'an error alone',
    'udp',
    '7e1b3019a003020105a10302011ea411180f32303236313132353039303030305a',
    '',
    'yes',
  ],
  ['mqtt', 'a message from the middle', 'tcp', PUBLISH, '', 'yes'],
  ['mqtt', 'an answer of a broker alone, which others may say', 'tcp', '20020000', '', 'no'],
  [
    'mqtt',
    'a message with a wildcard in its topic',
    'tcp',
    `300b 0005 ${hex('a/+/c')} ${hex('21.5')}`,
    '',
    'no',
  ],
  [
    'modbus',
    'questions and answers out of step',
    'tcp',
    '00050000000601030000000a',
    '000400000005010302002a',
    'yes',
  ],
  [
    'modbus',
    'an answer whose count does not fit',
    'tcp',
    '00050000000601030000000a',
    '000400000005010303002a',
    'no',
  ],
  ['amqp', 'a frame from the middle', 'tcp', FRAME, '', 'yes'],
  ['amqp', 'a frame without its end', 'tcp', FRAME.replace('ce', 'cf'), '', 'no'],
  ['ntp', 'a control message', 'udp', CONTROL, '', 'yes'],
  ['ntp', 'the same over TCP', 'tcp', CONTROL, '', 'no'],
  ['ntp', 'a list of peers that is asked for', 'udp', `17000301${'00'.repeat(44)}`, '', 'yes'],
  ['quic', 'Google’s version 50', 'udp', `c3 ${hex('Q050')} 08 ${'a1'.repeat(8)}`, '', 'yes'],
  [
    'quic',
    'a version that Google never had',
    'udp',
    `c3 ${hex('Q950')} 08 ${'a1'.repeat(8)}`,
    '',
    'no',
  ],
  [
    'hart-ip',
    'a publication, acknowledged out of step',
    'udp',
    '010100000002000d010000ea60',
    '0100030000030011 82264e0000d2000038',
    'yes',
  ],
  ['ike', 'an exchange whose beginning was not heard', 'udp', INITIAL, '', 'yes'],
  ['ike', 'the same over TCP', 'tcp', INITIAL, '', 'no'],
  [
    'tls',
    'a ClientHello, and a greeting in the clear',
    'tcp',
    `16030100ab010000a70303${'a1'.repeat(32)}00`,
    hex('220 mail\r\n'),
    'yes',
  ],
  [
    'http',
    'an answer to what was no request',
    'tcp',
    'dd000000',
    hex('HTTP/1.1 400 Bad Request\r\n\r\n'),
    'yes',
  ],
  ['http', 'an answer of RTSP', 'tcp', 'dd000000', hex('RTSP/1.0 400 Bad Request\r\n\r\n'), 'no'],
  [
    'dns',
    'an operation that nobody assigned',
    'udp',
    `0001 4900 0001 0000 0000 0000 ${QUESTION}`,
    `0001 c800 0001 0000 0000 0000 ${QUESTION}`,
    'yes',
  ],
  [
    'dns',
    'the same under another id',
    'udp',
    `0001 4900 0001 0000 0000 0000 ${QUESTION}`,
    `0002 c800 0001 0000 0000 0000 ${QUESTION}`,
    'no',
  ],
  ['nat-pmp', 'a mapping that nobody answers', 'udp', '0001 0000 1f90 1f90 00000e10', '', 'yes'],
  ['nat-pmp', 'two zeroes to another port', 'udp', '0000', '', 'no'],
  [
    'melsec',
    'the tool’s frame alone',
    'tcp',
    `57000000001111070000ffff03000000000000 1400 ${'1c'.repeat(20)}`,
    '',
    'yes',
  ],
  [
    'melsec',
    'a documented frame alone',
    'tcp',
    '500000ffff03000c00100001040000640000a80a00',
    '',
    'no',
  ],
  [
    'mms',
    'a PDU beside a transport that breaks the rules',
    'tcp',
    '0300000c02f080a0030201010300',
    '0300000500d080',
    'yes',
  ],
  ['someip', 'a notification', 'udp', '12340001 0000000c 00000001 01010200 00000000', '', 'yes'],
] as const;

test.each(ROWS)('%s: %s', (id, _, transport, client, server, expected) => {
  const heard = { ...whole(bytes(client), bytes(server)), transport };
  expect(protocols.get(id)?.overhear?.(heard).kind).toBe(expected);
});

test('nat-pmp: two zeroes to the gateway’s port are its shortest question', () => {
  const heard = { ...whole(bytes('0000'), NOTHING), transport: 'udp', serverPort: 5351 } as const;
  expect(protocols.get('nat-pmp')?.overhear?.(heard).kind).toBe('yes');
});
