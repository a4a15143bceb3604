/** Objects and lists within each other: no device that is read here nests deeper. */
const DEPTH_CAP = 32;

/**
 * What a device sent as JSON, or undefined where it is none; text beyond `cap` characters or nested
 * beyond `DEPTH_CAP` is refused before it is parsed.
 */
export function parseJson(text: string, cap = 16_384): unknown {
  if (text.length > cap || depthOf(text) > DEPTH_CAP) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A stranger's bytes are no error of ours.
  }
}

/** The own member of an object, or undefined; `__proto__` and its like are nobody's own. */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

/** A member that is text with something in it. */
export function textMember(value: unknown, name: string): string | undefined {
  const member = memberOf(value, name);
  return typeof member === 'string' && member.trim() !== '' ? member : undefined;
}

/** A member that is true or false. */
export function booleanMember(value: unknown, name: string): boolean | undefined {
  const member = memberOf(value, name);
  return typeof member === 'boolean' ? member : undefined;
}

const NESTS: ReadonlyMap<string | undefined, number> = new Map([
  ['{', 1],
  ['[', 1],
  ['}', -1],
  [']', -1],
]);

/** Deepest nesting of brackets outside of strings. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') at = stringEnd(text, at);
    depth += NESTS.get(text[at]) ?? 0;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Where the string that begins here has its closing quote, or the end of the text. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
