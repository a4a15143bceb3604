import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Signature } from '../../../src/model/evidence.ts';
import {
  characterise,
  entropyOf,
  matchesSignature,
  mergeSignatures,
} from '../../../src/protocols/shared/characterise.ts';
import { crc32 } from '../../../src/protocols/shared/crc.ts';
import { bytes, EXCHANGES } from '../fixtures.ts';

const QUESTION = bytes('474554202f20485454502f312e310d0a0d0a');

/** Protocols that nobody has named, each as three devices answer: their ids, times and names differ. */
const UNKNOWN: Readonly<Record<string, readonly Uint8Array[]>> = {
  'frames with a prefix, a length of 32 bits and a checksum': [
    tagged(1, '{"dps":{"1":true}}'),
    tagged(2, '{"dps":{"1":false,"9":0}}'),
    tagged(7, '{"dps":{"1":true,"20":"white"}}'),
  ],
  'a magic number and a length of 16 bits': [
    framed16('CUST', 'a4:11:62:01', 12),
    framed16('CUST', 'a4:11:62:02:33', 250),
    framed16('CUST', 'a4:11:62:03:4455', 7),
  ],
  'a length of one byte': [
    framed8(0xa5, 'temp=21.5'),
    framed8(0xa5, 'temp=19.75;hum=4'),
    framed8(0xa5, 'temp=8'),
  ],
  'messages of one size': [
    bytes('fe01a900 00000001 0a0b 7f00 12345678'),
    bytes('fe01a900 00000002 0a0b 7f00 9abcdef0'),
    bytes('fe01a900 00000003 0a0b 7f00 55aa1122'),
  ],
  'lines of text': [
    Buffer.from('WELCOME acme-7 17\r\n'),
    Buffer.from('WELCOME acme-7 204 busy\r\n'),
    Buffer.from('WELCOME acme-7 9\r\n'),
  ],
  'text without a line end': [
    Buffer.from('<status id="17"><state>on</state></status>'),
    Buffer.from('<status id="18"><state>off</state></status>'),
    Buffer.from('<status id="44"><state>on</state></status>'),
  ],
  'a length in little-endian order behind a version': [
    little('ZX', 'kitchen'),
    little('ZX', 'living room'),
    little('ZX', 'attic'),
  ],
};

const NAMES = Object.keys(UNKNOWN);

function tagged(sequence: number, text: string): Uint8Array {
  const body = Buffer.from(`\0\0\0\0${text}`, 'latin1');
  const head = Buffer.alloc(16);
  head.writeUInt32BE(0x0000a1b2, 0);
  head.writeUInt32BE(sequence, 4);
  head.writeUInt32BE(10, 8);
  head.writeUInt32BE(body.length + 8, 12);
  const tail = Buffer.alloc(8);
  tail.writeUInt32BE(crc32(Buffer.concat([head, body])), 0);
  tail.writeUInt32BE(0x0000b2a1, 4);
  return Buffer.concat([head, body, tail]);
}

function framed16(magic: string, text: string, time: number): Uint8Array {
  const body = Buffer.from(`\x02${String.fromCharCode(time)}${text}`, 'latin1');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  return Buffer.concat([Buffer.from(magic), length, body]);
}

function framed8(start: number, text: string): Uint8Array {
  return Buffer.concat([
    Buffer.from([start, 0x5a, text.length + 2, 0x81, 0x10]),
    Buffer.from(text),
  ]);
}

function little(magic: string, text: string): Uint8Array {
  const head = Buffer.from(`${magic}\x01\x07____`, 'latin1');
  head.writeUInt32LE(text.length + 8, 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

function of(name: string, ...which: readonly number[]): Signature {
  const answers = UNKNOWN[name] ?? [];
  return characterise(
    QUESTION,
    which.map((index) => answers[index] ?? new Uint8Array(0)),
  );
}

describe('framing', () => {
  test.each([
    ['frames with a prefix, a length of 32 bits and a checksum', 'length-u32', 12],
    ['a magic number and a length of 16 bits', 'length-u16', 4],
    ['a length of one byte', 'length-u8', 2],
    ['messages of one size', 'fixed', -1],
    ['lines of text', 'line', -1],
    ['text without a line end', 'unknown', -1],
    ['a length in little-endian order behind a version', 'length-u32', 4],
  ])('%s', (name, framing, lengthAt) => {
    expect(of(name, 0, 1, 2)).toMatchObject({ framing, lengthAt });
  });

  test('of one answer alone, where the length counts the whole or what follows it', () => {
    const [first] = NAMES;
    expect(of(first ?? '', 0)).toMatchObject({ framing: 'length-u32', lengthAt: 12 });
  });
});

describe('entropy', () => {
  test.each([
    ['nothing', '', 0],
    ['one byte repeated', '00'.repeat(64), 0],
    ['two bytes in turn', '00ff'.repeat(64), 1],
    [
      'each byte once',
      Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0')).join(''),
      8,
    ],
  ])('of %s', (_, digits, bits) => {
    expect(entropyOf(bytes(digits))).toBe(bits);
  });
});

describe.each(NAMES)('%s', (name) => {
  test('a name given to one device names the second', () => {
    expect(matchesSignature(of(name, 0), of(name, 1))).toBe(true);
    expect(matchesSignature(of(name, 1), of(name, 0))).toBe(true);
  });

  test('two captures make a signature that names the third', () => {
    const merged = mergeSignatures(of(name, 0), of(name, 1));
    expect(merged.start).toContain('..');
    expect(matchesSignature(merged, of(name, 2))).toBe(true);
  });

  test.each(NAMES.filter((other) => other !== name))('is not taken for: %s', (other) => {
    for (const index of [0, 1, 2]) {
      expect(matchesSignature(of(name, 0), of(other, index))).toBe(false);
      expect(matchesSignature(mergeSignatures(of(name, 0), of(name, 1)), of(other, index))).toBe(
        false,
      );
    }
  });

  test('is not taken for any protocol that is known', () => {
    const merged = mergeSignatures(of(name, 0), of(name, 1));
    const taken = EXCHANGES.filter(({ server }) => server !== '').filter(({ server }) => {
      // The same question, so that the answer alone decides.
      const known = characterise(QUESTION, [bytes(server)]);
      return matchesSignature(of(name, 0), known) || matchesSignature(merged, known);
    });
    expect(taken.map((exchange) => exchange.name)).toEqual([]);
  });
});

describe('a signature', () => {
  test('is of the kind of question to which it was the answer', () => {
    const [name = ''] = NAMES;
    const answer = UNKNOWN[name]?.[0] ?? new Uint8Array(0);
    const unasked = characterise(new Uint8Array(0), [answer]);
    expect(matchesSignature(unasked, unasked)).toBe(true);
    expect(matchesSignature(unasked, of(name, 0))).toBe(false);
  });

  test('takes one device that was asked by another address for the same', () => {
    const answer = Buffer.from('WELCOME acme-7 17\r\n');
    const [one, two] = [
      'GET / HTTP/1.1\r\nHost: 192.0.2.7',
      'GET / HTTP/1.1\r\nHost: 192.0.2.200',
    ].map((text) => characterise(Buffer.from(text), [answer]));
    expect(one && two && matchesSignature(one, two)).toBe(true);
  });

  test.each([
    ['nothing', ''],
    ['zeros', '00'.repeat(32)],
    ['ones', 'ff'.repeat(32)],
    ['three bytes', '4f4b21'],
  ])('of %s tells nothing, so it matches nothing, itself included', (_, digits) => {
    const empty = characterise(QUESTION, [bytes(digits)]);
    expect(matchesSignature(empty, empty)).toBe(false);
  });

  test('stays within its bounds, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.uint8Array({ maxLength: 2000 }), { maxLength: 4 }),
        (sent, answers) => {
          const signature = characterise(sent, answers);
          expect(signature.start.length).toBeLessThanOrEqual(64);
          expect(signature.question.length).toBeLessThanOrEqual(128);
          expect(signature.entropy).toBeGreaterThanOrEqual(0);
          expect(signature.entropy).toBeLessThanOrEqual(8);
          expect(signature.start).toMatch(/^(?:[0-9a-f]{2}|\.\.)*$/);
          expect(mergeSignatures(signature, signature).start).toBe(signature.start);
        },
      ),
    );
  });
});
