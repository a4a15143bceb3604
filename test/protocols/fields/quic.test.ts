import { expect, test } from 'vitest';
import { quicFields } from '../../../src/protocols/fields/quic.ts';
import { initialKeys, unveil } from '../../../src/protocols/shared/quic-initial.ts';
import { buildClientHello } from '../../../src/protocols/shared/tls-client-hello.ts';
import { bytes, hex as hexOfText } from '../fixtures.ts';
import { DESTINATION, initialOf, SERVER_INITIAL } from '../quic-packets.ts';

const NONCE = Uint8Array.from({ length: 32 }, (_, index) => index);

test.each([
  [
    'version 1, client (RFC 9001 §A.1)',
    1,
    'client',
    '1f369613dd76d5467730efcbe3b1a22d',
    'fa044b2f42a3fd3b46fb255c',
    '9f50449e04a0e810283a1e9933adedd2',
  ],
  [
    'version 1, server (RFC 9001 §A.1)',
    1,
    'server',
    'cf3a5331653c364c88f0f379b6067e37',
    '0ac1493ca1905853b0bba03e',
    'c206b8d9b9f0f37644430b490eeaa314',
  ],
  [
    'version 2, client (RFC 9369 §A.1)',
    0x6b3343cf,
    'client',
    '8b1a0bc121284290a29e0971b5cd045d',
    '91f73e2351d8fa91660e909f',
    '45b95e15235d6f45a6b19cbcb0294ba9',
  ],
] as const)('keys of %s', (_, version, side, key, iv, hp) => {
  const keys = initialKeys(version, bytes(DESTINATION), side);
  expect({ key: hex(keys?.key), iv: hex(keys?.iv), hp: hex(keys?.hp) }).toEqual({ key, iv, hp });
});

test("the server's first packet of RFC 9001 §A.3", () => {
  const keys = initialKeys(1, bytes(DESTINATION), 'server');
  if (keys === undefined) throw new Error('no keys');
  expect(hex(unveil(bytes(SERVER_INITIAL), 18, keys))).toBe(
    '02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc5430b9a045a1200130100002e00330024001d00209d3c940d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a002b00020304',
  );
});

const HELLO = buildClientHello({
  version: 'TLSv1.3',
  nonce: NONCE,
  serverName: 'hub.example',
}).subarray(5);

test.each([
  ['one packet', [[[0, 4096]]]],
  [
    'one packet, in pieces that are out of order',
    [
      [
        [200, 4096],
        [0, 100],
        [100, 200],
      ],
    ],
  ],
  ['two datagrams', [[[0, 150]], [[150, 4096]]]],
  ['four datagrams, the last piece first', [[[300, 4096]], [[0, 100]], [[100, 250]], [[250, 300]]]],
] as const)('a ClientHello in %s', (_, datagrams) => {
  for (const version of [1, 0x6b3343cf]) {
    const client = datagrams.map((pieces, number) => initialOf(HELLO, { version, number, pieces }));
    const [first = bytes('')] = client;
    const fields = quicFields({
      client: first,
      server: bytes(''),
      datagrams: { client, server: [] },
    });
    expect(fields).toContainEqual({ name: 'tls.sni', value: 'hub.example' });
    expect(fields.find(({ name }) => name === 'tls.ja4')?.value).toMatch(/^q13d/);
  }
});

test('both sides of one exchange, the server with the keys of the id that the client chose', () => {
  const client = [initialOf(HELLO)];
  const [first = bytes('')] = client;
  const server = [bytes(SERVER_INITIAL)];
  const names = quicFields({
    client: first,
    server: bytes(SERVER_INITIAL),
    datagrams: { client, server },
  });
  expect(names).toContainEqual({ name: 'tls.cipher_id', value: '0x1301' });
  expect(names).toContainEqual({ name: 'tls.version', value: '0x0304' });
});

test.each([
  ['a gap in the handshake', () => initialOf(HELLO, { pieces: [[10, 4096]] })],
  ['a packet of another version', () => bytes('c01a2a3a4a 08 8394c8f03e515708 00 00 4020')],
  ['a length that the datagram does not have', () => initialOf(HELLO).subarray(0, 60)],
  ['wrong keys', () => flipped(initialOf(HELLO), 8)],
  ['text', () => bytes(hexOfText('GET / HTTP/1.1\r\n\r\n'))],
])('%s tells nothing', (_, datagram) => {
  expect(quicFields({ client: datagram(), server: bytes('') })).toEqual([]);
});

function flipped(datagram: Uint8Array, at: number): Uint8Array {
  return datagram.map((octet, index) => (index === at ? octet ^ 0xff : octet));
}

function hex(octets: Uint8Array | undefined): string {
  return Buffer.from(octets ?? []).toString('hex');
}
