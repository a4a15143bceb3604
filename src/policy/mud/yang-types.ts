import { parseIpv4, parseIpv6 } from '../../base/address.ts';
import { parseInstant } from '../../base/instant-text.ts';
import type { Instant } from '../../model/core.ts';
import type { JsonNode } from './json-tree.ts';

/**
 * A type of a leaf in the JSON encoding of YANG (RFC 7951 §6): what is wrong with a value, as the
 * end of a sentence; undefined where nothing is.
 */
export type YangType = (node: JsonNode) => string | undefined;

function ofText(check: (text: string) => string | undefined): YangType {
  return (node) => {
    if (node.kind !== 'scalar' || typeof node.value !== 'string')
      return 'has to be a text in quotes';
    return check(node.value);
  };
}

function matching(pattern: RegExp, why: string): YangType {
  return ofText((text) => (pattern.test(text) ? undefined : why));
}

/** RFC 7950 §9.4: no C0 control but tab and line ends, no half of a pair, no noncharacter. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it looks for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]/u;

export function string(from = 0, to = 1_000_000): YangType {
  return ofText((text) => {
    if (FORBIDDEN.test(text)) return 'has a character that YANG does not allow in a text';
    const length = [...text].length;
    return length < from || length > to ? `has to have ${from} to ${to} characters` : undefined;
  });
}

export function integer(from: number, to: number): YangType {
  return (node) => {
    const value = node.kind === 'scalar' ? node.value : undefined;
    const fits =
      typeof value === 'number' && Number.isInteger(value) && from <= value && value <= to;
    return fits ? undefined : `has to be a whole number from ${from} to ${to}, without quotes`;
  };
}

export const uint8 = integer(0, 255);
export const uint16 = integer(0, 65_535);
export const uint32 = integer(0, 4_294_967_295);
/** RFC 7951 §6.1: 64 bits are written as a text. */
export const uint64 = matching(/^\d{1,19}$/, 'has to be a number in quotes');
export const port = uint16;

export const boolean: YangType = (node) =>
  node.kind === 'scalar' && typeof node.value === 'boolean' ? undefined : 'has to be true or false';

/** RFC 7951 §6.9. */
export const empty: YangType = (node) => {
  const [item, ...more] = node.kind === 'array' ? node.items : [];
  const isNull = item?.kind === 'scalar' && item.value === null && more.length === 0;
  return isNull ? undefined : 'has no value and has to be written [null]';
};

export function oneOf(...words: readonly string[]): YangType {
  return ofText((text) =>
    words.includes(text) ? undefined : `has to be one of ${words.join(', ')}`,
  );
}

/** A name of a module's own, with or without the module (RFC 7951 §6.8). */
export function identity(module: string, ...names: readonly string[]): YangType {
  return ofText((text) => {
    const bare = text.startsWith(`${module}:`) ? text.slice(module.length + 1) : text;
    return names.includes(bare) ? undefined : `has to be one of ${names.join(', ')}`;
  });
}

export function bits(...names: readonly string[]): YangType {
  return ofText((text) => {
    const words = text.split(' ').filter((word) => word !== '');
    const fits =
      words.every((word) => names.includes(word)) && new Set(words).size === words.length;
    return fits ? undefined : `has to be some of ${names.join(', ')}`;
  });
}

/** RFC 3986 §2: what else a URI could hold has to be percent-encoded. */
export const uri = matching(
  /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]{1,2048}$/,
  'has to be a URI of at most 2048 characters (RFC 3986)',
);

/** RFC 6991 `date-and-time`, to the millisecond; undefined for anything else. */
export function momentOf(text: string): Instant | undefined {
  const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,20})?(?:Z|[+-]\d{2}:\d{2})$/;
  return form.test(text) ? parseInstant(text.replace(/(\.\d{3})\d+/, '$1')) : undefined;
}

export const dateAndTime = ofText((text) =>
  momentOf(text) === undefined ? 'has to be a moment such as 2026-11-25T10:00:00Z' : undefined,
);

const LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/;

/** RFC 6991 `host`: an address or a name; it has no wildcards. */
export const host = ofText((text) => {
  if (parseIpv4(text) !== undefined || parseIpv6(text.split('%', 1)[0] ?? '') !== undefined) {
    return undefined;
  }
  const labels = text.replace(/\.$/, '').split('.');
  const isName = text.length <= 253 && labels.every((label) => LABEL.test(label));
  return isName || text === '.' ? undefined : 'has to be a DNS name, without wildcards (RFC 6991)';
});

function prefix(parse: (text: string) => unknown, most: number, example: string): YangType {
  return ofText((text) => {
    const [address = '', length = '', ...more] = text.split('/');
    const fits =
      parse(address) !== undefined &&
      /^(?:0|[1-9]\d{0,2})$/.test(length) &&
      Number(length) <= most &&
      more.length === 0;
    return fits ? undefined : `has to be a prefix such as ${example}`;
  });
}

export const ipv4Prefix = prefix(parseIpv4, 32, '192.0.2.0/24');
export const ipv6Prefix = prefix(parseIpv6, 128, '2001:db8::/32');
export const macAddress = matching(
  /^[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}$/,
  'has to be a MAC address',
);
export const binary = matching(/^[A-Za-z0-9+/\s]*={0,2}\s*$/, 'has to be in base64');
export const anything: YangType = () => undefined;
