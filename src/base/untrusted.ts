declare const UNTRUSTED: unique symbol;

/**
 * Text that came from the network: a banner, a host name, a model. At run time a string, for the
 * compiler not one, so that it cannot slip into a path, a command, a ruleset or a query.
 *
 * It leaves by `reveal` (to compare and to match), or through the one encoder of a sink
 * (`encode.ts`). It is capped at birth: nobody downstream has to ask how long it is.
 */
export interface Untrusted {
  readonly [UNTRUSTED]: 'text from the network';
}

/** Characters of a name, model or similar (DNS allows 255 octets). */
const NAME_CAP = 255;
/** Characters of a banner or page. */
export const BANNER_CAP = 8192;

export function untrusted(text: string, cap: number = NAME_CAP): Untrusted {
  const capped: unknown = text.slice(0, cap);
  // biome-ignore lint/nursery/noUnsafeTypeAssertion: the one place where the brand is given
  return capped as Untrusted;
}

/** The plain text, for comparing and matching only: never for output, paths, commands or rules. */
export function reveal(value: Untrusted): string {
  return String(value);
}

/** C0, DEL, C1, bidirectional controls, line separators, zero-width and byte-order marks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Makes every control visible as `\xNN` or `\uNNNN`, so that text can neither move a cursor nor forge a line. */
export function visible(text: string): string {
  return text.replace(CONTROL, (character) => {
    const code = character.charCodeAt(0);
    const hex = code.toString(16);
    return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
  });
}

/** For a sentence of ours: quoted, controls visible, cut to what a line can carry. */
export function quote(value: Untrusted, cap = 80): string {
  const text = visible(reveal(value));
  return `"${text.length > cap ? `${text.slice(0, cap - 1)}…` : text}"`;
}
