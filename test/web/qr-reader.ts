/**
 * Reads a QR code as a camera's program would: ISO/IEC 18004:2015, versions 2 to 6, which have one
 * alignment pattern and no version information. What is not what the standard says is an error; that
 * damage is mended is not looked at.
 */

/** Blocks and codewords of data in each, for a version at level M: table 9 of the standard. */
const BLOCKS_M: Readonly<Record<number, readonly [blocks: number, data: number]>> = {
  2: [1, 28],
  3: [1, 44],
  4: [2, 32],
  5: [2, 43],
  6: [4, 27],
};

/** Table 10, by number of the mask: where modules are inverted. */
const MASKS: readonly ((row: number, column: number) => boolean)[] = [
  (i, j) => (i + j) % 2 === 0,
  (i) => i % 2 === 0,
  (_i, j) => j % 3 === 0,
  (i, j) => (i + j) % 3 === 0,
  (i, j) => (Math.floor(i / 2) + Math.floor(j / 3)) % 2 === 0,
  (i, j) => ((i * j) % 2) + ((i * j) % 3) === 0,
  (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0,
  (i, j) => (((i + j) % 2) + ((i * j) % 3)) % 2 === 0,
];

/** Laid over the fifteen bits of the format: 7.9.1. */
const FORMAT_MASK = 0b101_0100_0001_0010;
const LEVEL_M = 0b00;
const BYTE_MODE = 0b0100;

type Modules = readonly (readonly boolean[])[];

/** @returns the text of a symbol at level M, whose rows of modules are given without a quiet zone */
export function readQr(modules: Modules): string {
  const side = modules.length;
  const blocks = BLOCKS_M[(side - 17) / 4];
  if (blocks === undefined) throw new Error(`A symbol of ${side} modules cannot be read here.`);
  const [count, length] = blocks;
  const words = codewords(modules, MASKS[maskOf(modules)] ?? (() => false));
  // They are dealt out in turn to the blocks: 7.6.
  const data = Array.from({ length: count }, (_, block) =>
    Array.from({ length }, (_word, at) => words[at * count + block] ?? 0),
  ).flat();
  return textOf(data);
}

/** The copy around the finder pattern at the top left: 7.9.1, figure 25. */
function maskOf(modules: Modules): number {
  const column = [0, 1, 2, 3, 4, 5, 7, 8].map((at) => modules[at]?.[8]);
  const row = [7, 5, 4, 3, 2, 1, 0].map((at) => modules[8]?.[at]);
  const bits = [...row.toReversed(), ...column.toReversed()];
  const format = bits.reduce((sum, bit) => sum * 2 + Number(bit), 0) ^ FORMAT_MASK;
  if (format >> 13 !== LEVEL_M) throw new Error('The symbol is not of level M.');
  return (format >> 10) & 0b111;
}

/** Eight bits each, in the order of 7.7.3. */
function codewords(modules: Modules, mask: (row: number, column: number) => boolean): number[] {
  const bits = places(modules.length).map(
    ([row, column]) => modules[row]?.[column] !== mask(row, column),
  );
  return Array.from({ length: Math.floor(bits.length / 8) }, (_, at) => bitsAt(bits, at * 8, 8));
}

/** Two columns at a time from the right, upwards and downwards in turn. */
function places(side: number): readonly (readonly [row: number, column: number])[] {
  return Array.from({ length: (side - 1) / 2 }, (_, pair) => {
    const from = side - 1 - 2 * pair;
    // The column of the timing pattern is none of a pair.
    const right = from <= 6 ? from - 1 : from;
    return Array.from({ length: side }, (_step, step) => {
      const row = pair % 2 === 0 ? side - 1 - step : step;
      return [[row, right] as const, [row, right - 1] as const];
    }).flat();
  })
    .flat()
    .filter(([row, column]) => !isPattern(side, row, column));
}

/** Finders with format and separators, timing, alignment: nothing of the text is there. */
function isPattern(side: number, row: number, column: number): boolean {
  const isFinder =
    (row < 9 && column < 9) || (row < 9 && column >= side - 8) || (row >= side - 8 && column < 9);
  const middle = side - 7;
  const isAlignment = Math.abs(row - middle) <= 2 && Math.abs(column - middle) <= 2;
  return isFinder || isAlignment || row === 6 || column === 6;
}

/** One segment of bytes: mode, length, bytes (7.4.5). */
function textOf(data: readonly number[]): string {
  const bits = data.flatMap((word) => [...word.toString(2).padStart(8, '0')].map((b) => b === '1'));
  if (bitsAt(bits, 0, 4) !== BYTE_MODE) throw new Error('The text is not in bytes.');
  const length = bitsAt(bits, 4, 8);
  const bytes = Array.from({ length }, (_, at) => bitsAt(bits, 12 + at * 8, 8));
  return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
}

function bitsAt(bits: readonly boolean[], from: number, count: number): number {
  return bits.slice(from, from + count).reduce((sum, bit) => sum * 2 + Number(bit), 0);
}
