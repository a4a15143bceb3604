import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importers } from '../../src/importers/index.ts';
import { SAMPLES } from './samples.ts';

const OPTIONS = { at: 1_795_600_000_000, observer: 'test' };
/** Files of the folder that are no importers. */
const COMMON = [
  ...['capture', 'capture-reader', 'pcap', 'pcapng', 'pcapng-blocks', 'records'],
  ...['importer', 'index', 'lease', 'text-lines', 'flat-objects'],
  ...['mapping', 'nft-json'],
];

test('the list names every file of the folder', () => {
  const files = readdirSync(join(import.meta.dirname, '../../src/importers'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replace(/\.ts$/, ''))
    .filter((name) => !COMMON.includes(name));
  expect(files.sort()).toEqual(importers.all.map(({ id }) => id).sort());
});

describe.each(Object.entries(SAMPLES))('a document for %s', (id, samples) => {
  test.each(Object.entries(samples))('is recognised by it and by no other: %s', (_, sample) => {
    const start = Buffer.from(sample).subarray(0, 4096);
    const claimed = importers.all.filter((importer) => importer.recognise(start));
    expect(claimed.map((importer) => importer.id)).toEqual([id]);
  });

  test.each(Object.entries(samples))('is read without a problem: %s', (_, sample) => {
    const imported = importers.get(id)?.read(Buffer.from(sample), OPTIONS);
    expect(imported?.problems).toEqual([]);
    expect(imported?.evidence.length).toBeGreaterThan(0);
  });

  test('damage never throws, and every problem names a line that exists', () => {
    const importer = importers.get(id);
    fc.assert(
      fc.property(damaged(Object.values(samples)), (document) => {
        importer?.recognise(document.subarray(0, 4096));
        const { problems, evidence } = importer?.read(document, OPTIONS) ?? {
          problems: [],
          evidence: [],
        };
        const lines = document.toString('latin1').split('\n').length;
        expect(problems.every(({ line, why }) => line >= 1 && line <= lines && why !== '')).toBe(
          true,
        );
        expect(evidence.every(({ source, at }) => source === 'import' && Number.isFinite(at))).toBe(
          true,
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe.each(importers.all.map((importer) => [importer.id, importer] as const))(
  '%s',
  (_, importer) => {
    test('claims neither nothing nor noise', () => {
      expect(importer.recognise(new Uint8Array(0))).toBe(false);
      fc.assert(
        fc.property(fc.uint8Array({ minLength: 1, maxLength: 4096 }), (noise) => {
          expect(importer.recognise(noise)).toBe(false);
        }),
      );
    });

    test('reads anything without throwing', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 2048 }), (noise) => {
          importer.read(noise, OPTIONS);
        }),
      );
    });

    test('reports a megabyte without a line end, and little else', () => {
      const { evidence, problems } = importer.read(Buffer.alloc(1 << 20, 0x7b), OPTIONS);
      expect(evidence).toEqual([]);
      expect(problems.length).toBeLessThan(1100);
    });
  },
);

/** One of the samples with bytes changed, left out or doubled. */
function damaged(samples: readonly string[]): fc.Arbitrary<Buffer> {
  const change = fc.record({
    at: fc.nat(4096),
    drop: fc.nat(40),
    put: fc.uint8Array({ maxLength: 8 }),
  });
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([sample, changes]) =>
      changes.reduce((document, { at, drop, put }) => {
        const from = at % (document.length + 1);
        const parts = [document.subarray(0, from), put, document.subarray(from + drop)];
        return Buffer.concat(parts);
      }, Buffer.from(sample)),
    );
}
