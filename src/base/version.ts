/** A version as it is compared: numbers and words in their order, without what makes no difference. */
export interface Version {
  readonly tokens: readonly Token[];
}

type Token = string | { readonly digits: string };

/** Characters that are looked at, and parts that are kept: a firmware may call itself anything. */
const LONGEST = 64;
const MOST_TOKENS = 24;

/** Words that stand before a release is ready: `2.0-rc1` is older than `2.0`. */
const BEFORE_RELEASE: readonly string[] = [
  'dev',
  'snapshot',
  'alpha',
  'beta',
  'pre',
  'preview',
  'rc',
];

/**
 * Reads a version: the text from its first digit on, a `v` in front or not. Digits and letters are
 * told apart, whatever stands between them. Undefined where no digit is there.
 *
 * `V4.2.1` → 4 2 1; `8.4p1` → 8 4 p 1; `V5.5.0 build 150513` → 5 5 build 150513. Zeros at the end
 * and before a word make no difference: `4.5` is `4.5.0`.
 */
export function parseVersion(text: string): Version | undefined {
  const searched = text.slice(0, LONGEST).toLowerCase();
  const start = searched.search(/\d/);
  if (start === -1) return undefined;
  const found = searched.slice(start).match(/\d+|[a-z]+/g) ?? [];
  const tokens: Token[] = [];
  for (const part of found.slice(0, MOST_TOKENS)) {
    if (/^\d/.test(part)) tokens.push({ digits: part.replace(/^0+/, '') });
    else {
      dropZeros(tokens);
      tokens.push(part);
    }
  }
  dropZeros(tokens);
  return { tokens };
}

/** At the end, so that `1.0` and `1` are one. */
function dropZeros(tokens: Token[]): void {
  for (
    let last = tokens.at(-1);
    typeof last === 'object' && last.digits === '';
    last = tokens.at(-1)
  ) {
    tokens.pop();
  }
}

/**
 * Negative where `a` is the older. Part by part from the left: a word of a pre-release is older
 * than nothing, nothing older than another word (`8.4` < `8.4p1`), a word older than a number.
 * Numbers by value and without a bound, words by the alphabet. A total order (tested as such).
 */
export function compareVersions(a: Version, b: Version): number {
  const length = Math.max(a.tokens.length, b.tokens.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareTokens(a.tokens[index], b.tokens[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareTokens(a: Token | undefined, b: Token | undefined): number {
  const order = rank(a) - rank(b);
  if (order !== 0) return order;
  if (typeof a === 'string' && typeof b === 'string') return compareWords(a, b);
  if (typeof a === 'object' && typeof b === 'object') return compareDigits(a.digits, b.digits);
  return 0;
}

function rank(token: Token | undefined): number {
  if (token === undefined) return 1;
  if (typeof token === 'object') return 3;
  return BEFORE_RELEASE.includes(token) ? 0 : 2;
}

function compareWords(a: string, b: string): number {
  const order = BEFORE_RELEASE.indexOf(a) - BEFORE_RELEASE.indexOf(b);
  if (order !== 0) return order;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Without leading zeros the longer is the greater. */
function compareDigits(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
