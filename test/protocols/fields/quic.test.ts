import { createCipheriv, createHmac, hkdfSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { quicFields } from '../../../src/protocols/fields/quic.ts';
import { initialKeys, unveil } from '../../../src/protocols/shared/quic-initial.ts';
import { buildClientHello } from '../../../src/protocols/shared/tls-client-hello.ts';
import { bytes, hex as hexOfText } from '../fixtures.ts';

const DESTINATION = '8394c8f03e515708';
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

/** RFC 9001 §A.3. */
const SERVER_INITIAL = `cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a
  5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3db
  cba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f
  8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc4215840
  7dd074ee`;

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
    const client = datagrams.map((pieces, number) => initial(version, number, pieces));
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
  const client = [initial(1, 0, [[0, 4096]])];
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
  ['a gap in the handshake', () => initial(1, 0, [[10, 4096]])],
  ['a packet of another version', () => bytes('c01a2a3a4a 08 8394c8f03e515708 00 00 4020')],
  ['a length that the datagram does not have', () => initial(1, 0, [[0, 4096]]).subarray(0, 60)],
  ['wrong keys', () => flipped(initial(1, 0, [[0, 4096]]), 8)],
  ['text', () => bytes(hexOfText('GET / HTTP/1.1\r\n\r\n'))],
])('%s tells nothing', (_, datagram) => {
  expect(quicFields({ client: datagram(), server: bytes('') })).toEqual([]);
});

/** An Initial as the platform's cryptography veils it (RFC 9001 §5), with these pieces of the hello. */
function initial(
  version: number,
  number: number,
  pieces: readonly (readonly [from: number, to: number])[],
): Uint8Array {
  const isSecond = version !== 1;
  const label = isSecond ? 'quicv2' : 'quic';
  const salt = isSecond
    ? '0dede3def700a6db819381be6e269dcbf9bd2ed9'
    : '38762cf7f55934b34d179ae6a4c80cadccbb7f0a';
  const secret = expand(extract(DESTINATION, salt), 'client in', 32);
  const [key, iv, hp] = [
    expand(secret, `${label} key`, 16),
    expand(secret, `${label} iv`, 12),
    expand(secret, `${label} hp`, 16),
  ];
  const frames = Buffer.concat(
    pieces.map(([from, to]) => {
      const data = HELLO.subarray(from, to);
      return Buffer.concat([Buffer.from([6]), long(from), long(data.length), data]);
    }),
  );
  const plain = Buffer.concat([
    Buffer.from([1]),
    frames,
    Buffer.alloc(Math.max(0, 1100 - frames.length)),
  ]);
  const head = Buffer.concat([
    Buffer.from([isSecond ? 0xd3 : 0xc3]),
    Buffer.from(version.toString(16).padStart(8, '0'), 'hex'),
    Buffer.from(`08${DESTINATION}0000`, 'hex'),
    long(4 + plain.length + 16),
    Buffer.from([0, 0, 0, number]),
  ]);
  const nonce = Buffer.from(iv);
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ number) >>> 0, 8);
  const cipher = createCipheriv('aes-128-gcm', key, nonce).setAAD(head);
  const packet = Buffer.concat([head, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  const at = head.length - 4;
  const mask = createCipheriv('aes-128-ecb', hp, null).update(packet.subarray(at + 4, at + 20));
  packet[0] = (packet[0] ?? 0) ^ ((mask[0] ?? 0) & 0x0f);
  for (let index = 0; index < 4; index += 1) {
    packet[at + index] = (packet[at + index] ?? 0) ^ (mask[index + 1] ?? 0);
  }
  return Uint8Array.from(packet);
}

/** RFC 9000 §16, in two octets. */
function long(value: number): Buffer {
  return Buffer.from([0x40 | (value >> 8), value & 0xff]);
}

/** HKDF whole, told apart by what the platform offers: extract is expand of the digest's own key. */
function extract(secret: string, salt: string): { readonly secret: string; readonly salt: string } {
  return { secret, salt };
}

function expand(
  from: Buffer | { readonly secret: string; readonly salt: string },
  label: string,
  length: number,
): Buffer {
  const name = `tls13 ${label}`;
  const info = Buffer.concat([
    Buffer.from([0, length, name.length]),
    Buffer.from(name),
    Buffer.from([0]),
  ]);
  if (!Buffer.isBuffer(from)) {
    const [key, salt] = [Buffer.from(from.secret, 'hex'), Buffer.from(from.salt, 'hex')];
    return Buffer.from(hkdfSync('sha256', key, salt, info, length));
  }
  return hkdfExpand(from, info, length);
}

function hkdfExpand(key: Buffer, info: Buffer, length: number): Buffer {
  return createHmac('sha256', key)
    .update(Buffer.concat([info, Buffer.from([1])]))
    .digest()
    .subarray(0, length);
}

function flipped(datagram: Uint8Array, at: number): Uint8Array {
  return datagram.map((octet, index) => (index === at ? octet ^ 0xff : octet));
}

function hex(octets: Uint8Array | undefined): string {
  return Buffer.from(octets ?? []).toString('hex');
}
