import { createHmac } from 'node:crypto';

/**
 * The code that an authenticator shows, computed here in another way than the product does: digits of
 * the whole number rather than of four bytes of a buffer.
 */
export function codeAt(secret: string, now: number): string {
  const bits = [...secret]
    .map((letter) =>
      'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
    )
    .join('');
  const key = (bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2));
  const counter = Math.floor(now / 30_000)
    .toString(16)
    .padStart(16, '0');
  const digest = createHmac('sha1', Buffer.from(key))
    .update(Buffer.from(counter, 'hex'))
    .digest('hex');
  const offset = Number.parseInt(digest.slice(-1), 16) * 2;
  const value = BigInt(`0x${digest.slice(offset, offset + 8)}`) & 0x7fffffffn;
  return (value % 1_000_000n).toString().padStart(6, '0');
}
