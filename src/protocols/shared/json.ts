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

/** Deepest nesting of brackets outside of strings. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') quoted = !quoted;
    else if (quoted) at += letter === '\\' ? 1 : 0;
    else if (letter === '{' || letter === '[') deepest = Math.max(deepest, ++depth);
    else if (letter === '}' || letter === ']') depth -= 1;
  }
  return deepest;
}
