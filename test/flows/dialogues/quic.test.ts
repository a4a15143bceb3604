import { expect, test } from 'vitest';
import type { Handshake, Observation } from '../../../src/model/observation.ts';
import { bytes } from '../../protocols/fixtures.ts';
import { initialOf, SERVER_INITIAL } from '../../protocols/quic-packets.ts';
import type { Said } from '../talk.ts';
import { play } from '../talk.ts';

const [CLIENT, SERVER] = ['192.168.1.20:40000', '198.51.100.7:443'];
/** What every client of QUIC sends, and what software differs in. */
const HELLO = message(
  [
    extension('0000', '000e 00 000b 6875622e6578616d706c65'),
    extension('000a', '0004 001d 0017'),
    extension('0010', '0003 02 6833'),
    extension('002b', '02 0304'),
    extension('0039', '0101 40'),
  ].join(''),
);
const ANSWER = bytes(SERVER_INITIAL);
/** RFC 9000 §17.2.5: no Initial, and nothing of TLS in it. */
const RETRY = bytes(`f0 00000001 00 08 f067a5502a4262b5 ${'ab'.repeat(32)}`);

test.each<[string, readonly (readonly ['client' | 'server', Uint8Array])[], object | undefined]>([
  [
    'is told as TLS 1.3 with what the client offers, but for what says only that it is QUIC',
    [
      ['client', initialOf(HELLO)],
      ['server', ANSWER],
    ],
    {
      version: 'TLSv1.3',
      cipher: 'TLS_AES_128_GCM_SHA256',
      transport: 'udp',
      sni: 'hub.example',
      offer: {
        ...{ versions: [0x0304], cipherSuites: [0x1301], extensions: [0, 10, 16, 43] },
        ...{ groups: [29, 23], applicationProtocols: ['h3'] },
      },
    },
  ],
  [
    'is put together of several datagrams',
    [
      ['client', initialOf(HELLO, { pieces: [[0, 60]] })],
      ['client', initialOf(HELLO, { number: 1, pieces: [[60, 4096]] })],
      ['server', ANSWER],
    ],
    { sni: 'hub.example', offer: { groups: [29, 23] } },
  ],
  [
    'is told without an offer where a piece of the hello was not seen',
    [
      ['client', initialOf(HELLO, { pieces: [[60, 4096]] })],
      ['server', ANSWER],
    ],
    { version: 'TLSv1.3', offer: undefined },
  ],
  [
    'comes after a Retry all the same',
    [
      ['client', initialOf(HELLO)],
      ['server', RETRY],
      ['client', initialOf(HELLO, { number: 1 })],
      ['server', ANSWER],
    ],
    { version: 'TLSv1.3' },
  ],
  ['without an answer is none', [['client', initialOf(HELLO)]], undefined],
  [
    'is not awaited for ever',
    [['client', initialOf(HELLO)], ...Array(6).fill(['server', RETRY]), ['server', ANSWER]],
    undefined,
  ],
  [
    'does not begin with a datagram that is too short for one (RFC 9000 §14.1)',
    [
      ['client', initialOf(HELLO, { size: 900 })],
      ['server', ANSWER],
    ],
    undefined,
  ],
])('a handshake of QUIC %s', (_, said, expected) => {
  const told = overheard(said);
  expect(told).toHaveLength(expected === undefined ? 0 : 1);
  if (expected !== undefined) {
    expect({ ...told[0], offer: told[0]?.offer }).toMatchObject(expected);
  }
});

function overheard(
  said: readonly (readonly ['client' | 'server', Uint8Array])[],
): readonly Handshake[] {
  const told: Observation[] = [];
  const packets = said.map(
    ([side, udp]): Said =>
      side === 'client' ? { from: CLIENT, to: SERVER, udp } : { from: SERVER, to: CLIENT, udp },
  );
  play(packets, { onObservation: (one) => told.push(one) });
  return told.filter((one) => one.kind === 'handshake');
}

/** A ClientHello without a record around it. */
function message(lists: string): Uint8Array {
  const body = `0303 ${'ab'.repeat(32)} 00 ${sized('1301')} 0100 ${sized(lists)}`;
  const plain = body.replaceAll(' ', '');
  return bytes(`01 ${(plain.length / 2).toString(16).padStart(6, '0')} ${plain}`);
}

function extension(type: string, body: string): string {
  return type + sized(body);
}

/** Behind its length in two octets. */
function sized(text: string): string {
  const plain = text.replaceAll(' ', '');
  return (plain.length / 2).toString(16).padStart(4, '0') + plain;
}
