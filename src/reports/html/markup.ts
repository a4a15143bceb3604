import { forHtml } from '../../base/encode.ts';
import type { Untrusted } from '../../base/untrusted.ts';

/** Text that is HTML already; only `html` makes it, so whatever is not it gets encoded. */
export class Markup {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** A template whose every value is encoded but the markup in it; values stand in text or in quotes. */
  static html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
    const parts = strings.map((text, index) =>
      index < values.length ? text + encode(values[index] ?? '') : text,
    );
    return new Markup(parts.join(''));
  }

  toString(): string {
    return this.#text;
  }
}

type Value = Markup | string | number | Untrusted | readonly Markup[];

export const html = Markup.html;

export const NOTHING: Markup = html``;

function encode(value: Value): string {
  if (value instanceof Markup) return value.toString();
  if (typeof value === 'number') return String(value);
  return isList(value) ? value.join('') : forHtml(value);
}

function isList(value: string | Untrusted | readonly Markup[]): value is readonly Markup[] {
  return Array.isArray(value);
}

/** A list of short texts in one line: `a · b`. */
export function inline(items: readonly (string | Untrusted)[]): Markup {
  const shown = items.filter((item) => item !== '');
  return html`${shown.map((item, index) => (index === 0 ? html`${item}` : html` · ${item}`))}`;
}
