import type { Untrusted } from './untrusted.ts';
import { reveal, visible } from './untrusted.ts';

/**
 * The one encoder of each sink. Every sink encodes everything that it prints, ours and theirs
 * alike, so that no caller has to know where a text came from.
 */
type Text = string | Untrusted;

function plain(text: Text): string {
  return typeof text === 'string' ? text : reveal(text);
}

/** Terminal and log: no escape sequence, no carriage return, no bidirectional trick; one line. */
export function forTerminal(text: Text): string {
  return visible(plain(text));
}

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** HTML text and quoted attribute values. Never for a URL, a script or a style. */
export function forHtml(text: Text): string {
  return visible(plain(text)).replace(/[&<>"'`]/g, (character) => HTML[character] ?? '');
}

/** XML 1.0 text and attribute values; characters that XML forbids are made visible. */
export function forXml(text: Text): string {
  return forHtml(text).replace(/[\ud800-\udfff\ufffe\uffff]/g, '\ufffd');
}

/**
 * One CSV field (RFC 4180). A leading `= + - @`, tab or return starts a formula in spreadsheets, and
 * so do the full-width forms of the signs in some languages (OWASP, CSV injection): such a field
 * gets a leading apostrophe. Controls are made visible: a
 * CSV is also printed, and one record is one line.
 */
export function forCsv(text: Text): string {
  const value = plain(text);
  const safe = visible(FORMULA.test(value) ? `'${value}` : value);
  return `"${safe.replaceAll('"', '""')}"`;
}

const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/**
 * Text inside Markdown (CommonMark): every punctuation that could start markup is escaped, and what
 * GitHub would make a link of itself (GFM 6.9: `http://`, `www.`) is broken up.
 */
export function forMarkdown(text: Text): string {
  return visible(plain(text))
    .replace(/[\\`*_{}[\]()<>#+!|~&$]/g, (character) =>
      character === '<' ? '&lt;' : character === '&' ? '&amp;' : `\\${character}`,
    )
    .replaceAll('://', '\\://')
    .replace(/www\./gi, (match) => `${match.slice(0, -1)}\\.`);
}

/**
 * JSON in which no character moves a terminal's cursor or turns a line around (RFC 8259 §7 lets any
 * character be escaped): what is piped to a file is also printed.
 */
export function forJson(value: unknown, indent?: number): string {
  const text: unknown = JSON.stringify(value, undefined, indent);
  return typeof text === 'string' ? text.replace(UNSEEN, escapeUnit) : 'null';
}

/** DEL, C1, zero-width, bidirectional controls, separators, byte-order mark; JSON escapes C0 itself. */
const UNSEEN = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
