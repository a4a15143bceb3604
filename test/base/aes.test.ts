import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { counterMode, encryptBlock, expandKey } from '../../src/base/aes.ts';

const KEY = fc.uint8Array({ minLength: 16, maxLength: 16 });

test('a block comes out as the platform encrypts it', () => {
  fc.assert(
    fc.property(KEY, KEY, (key, block) => {
      const cipher = createCipheriv('aes-128-ecb', key, null);
      expect(hex(encryptBlock(expandKey(key), block))).toBe(cipher.update(block, undefined, 'hex'));
    }),
  );
});

test('text comes out as the platform encrypts it in GCM', () => {
  const nonces = fc.uint8Array({ minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(KEY, nonces, fc.uint8Array({ maxLength: 100 }), (key, nonce, text) => {
      const cipher = createCipheriv('aes-128-gcm', key, nonce);
      const expected = Buffer.concat([cipher.update(text), cipher.final()]);
      expect(hex(counterMode(expandKey(key), nonce, text))).toBe(expected.toString('hex'));
    }),
  );
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
