import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hmacSha256, md5, sha1, sha256 } from '../../src/base/hash.ts';

describe.each([
  ['md5', md5],
  ['sha1', sha1],
  ['sha256', sha256],
] as const)('%s', (name, digest) => {
  test('gives what the platform gives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(hex(digest(bytes))).toBe(createHash(name).update(bytes).digest('hex'));
      }),
    );
  });

  test.each([0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 70_000])('%i bytes', (length) => {
    const bytes = new Uint8Array(length).fill(0xa5);
    expect(hex(digest(bytes))).toBe(createHash(name).update(bytes).digest('hex'));
  });
});

test('hmacSha256 gives what the platform gives, for keys beyond a block too', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.uint8Array(), (key, bytes) => {
      expect(hex(hmacSha256(key, bytes))).toBe(
        createHmac('sha256', key).update(bytes).digest('hex'),
      );
    }),
  );
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
