/** One innermost JSON object of a document, as text. */
export interface FlatObject {
  /** Line of its opening brace, from 1. */
  readonly line: number;
  readonly text: string;
}

/** Characters of one object; a lease comes nowhere near. */
const OBJECT_CAP = 4096;

/**
 * The objects of a JSON document that hold no other object, each by itself: one that is damaged
 * costs no other, which `JSON.parse` over the whole would. A string that plays tricks with braces
 * spoils its own object only, since the quotes around what it would pass off are escaped.
 */
export function* flatObjects(text: string): Generator<FlatObject> {
  let open = -1;
  let opened = 1;
  let line = 1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x0a) line += 1;
    if (code === 0x7b) {
      open = at;
      opened = line;
    }
    if (code !== 0x7d || open === -1) continue;
    if (at - open < OBJECT_CAP) yield { line: opened, text: text.slice(open, at + 1) };
    open = -1;
  }
}

/** The fields of an object; undefined where it is none. */
export function fieldsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
