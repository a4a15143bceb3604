import { createCipheriv, createHmac, hkdfSync } from 'node:crypto';

/** The id that the client of RFC 9001 §A chose. */
export const DESTINATION = '8394c8f03e515708';

/** RFC 9001 §A.3: what the server answered to that client. */
export const SERVER_INITIAL = `cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a
  5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3db
  cba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f
  8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc4215840
  7dd074ee`;

export interface Shape {
  readonly version?: number;
  /** Of the packet. */
  readonly number?: number;
  readonly pieces?: readonly (readonly [from: number, to: number])[];
  /** Octets of the datagram, at least. */
  readonly size?: number;
}

/** An Initial as the platform's cryptography veils it (RFC 9001 §5), with these pieces of the hello. */
export function initialOf(
  hello: Uint8Array,
  { version = 1, number = 0, pieces = [[0, 4096]], size = 1200 }: Shape = {},
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
      const data = hello.subarray(from, to);
      return Buffer.concat([Buffer.from([6]), long(from), long(data.length), data]);
    }),
  );
  const plain = Buffer.concat([
    Buffer.from([1]),
    frames,
    Buffer.alloc(Math.max(0, size - 38 - frames.length)),
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
