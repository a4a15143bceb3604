import { untrusted } from '../../base/untrusted.ts';
import type { AttributeName, Fact } from '../../model/evidence.ts';
import { attribute } from './facts.ts';
import { field } from './http-head.ts';
import type { Page } from './http-page.ts';
import { BODY_CAP } from './http-page.ts';
import { parseJson } from './json.ts';

/** Characters of a body in which a family's words are looked for. */
const LOOK_AT = 16_384;

/** The Server field in lower case; empty where there is none. */
export function serverOf({ head }: Page): string {
  return (field(head.headers, 'server') ?? '').toLowerCase();
}

export function locationOf({ head }: Page): string {
  return (field(head.headers, 'location') ?? '').toLowerCase();
}

/** Whether the start of the body has one of these words, which are lower case. */
export function mentions({ body }: Page, ...words: readonly string[]): boolean {
  const text = body.slice(0, LOOK_AT).toLowerCase();
  return words.some((word) => text.includes(word));
}

/** Whether the title has one of these words, which are lower case. */
export function isTitled({ title }: Page, ...words: readonly string[]): boolean {
  const text = title.toLowerCase();
  return words.some((word) => text.includes(word));
}

/** The object that a device answered with, or undefined. */
export function jsonOf({ head, body }: Page): unknown {
  return head.status === 200 && body.startsWith('{') ? parseJson(body, BODY_CAP) : undefined;
}

/** Attributes of those that have a value. */
export function attributes(
  values: Readonly<Partial<Record<AttributeName, string | undefined>>>,
): readonly Fact[] {
  return ATTRIBUTES.flatMap((name) => {
    const value = values[name]?.trim() ?? '';
    return value === '' ? [] : [attribute(name, value)];
  });
}

const ATTRIBUTES: readonly AttributeName[] = [
  'vendor',
  'model',
  'hardware',
  'firmware',
  'serial',
  'name',
  'kind',
  'category',
  'os',
];

/** A UUID by which a device can be known again; nothing where it is none. */
export function uuid(text: string | undefined): readonly Fact[] {
  const bare = (text ?? '').trim().replace(/^(?:urn:)?uuid:/i, '');
  const isUuid = /^[0-9a-fA-F-]{32,36}$/.test(bare) || /^[\w.-]{8,64}$/.test(bare);
  return isUuid
    ? [{ kind: 'identifier', scheme: 'uuid', value: untrusted(bare.toLowerCase()) }]
    : [];
}
