import { forJson } from '../base/encode.ts';

/** What a value of a policy is once it is plain data. */
export type Plain =
  | string
  | number
  | boolean
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** Characters that mean nothing to YAML, neither in a block nor between brackets. */
const BARE = /^[A-Za-z0-9_][A-Za-z0-9_.:/*@+-]*$/;
/** What YAML 1.2 reads as a number, and 1.1 as one of base 60. */
const NUMBER = /^(?:0x[0-9a-fA-F]+|0o[0-7]+|[-+]?[\d_]*\.?\d*(?:[eE][-+]?\d+)?|\d+(?::\d+)+)$/;
/** What YAML 1.2, or many a reader of 1.1, takes for something else. */
const WORD = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

/** Bare where every reader takes it for text; else in quotes, with escapes that JSON knows too. */
export function scalar(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const bare = BARE.test(value) && !NUMBER.test(value) && !WORD.test(value);
  return bare && !value.endsWith(':') ? value : forJson(value);
}

/** On one line: `{ kind: name, names: [mq.example.com] }`. */
export function flow(value: Plain): string {
  if (typeof value !== 'object') return scalar(value);
  if (isList(value)) return `[${value.map(flow).join(', ')}]`;
  const pairs = Object.entries(value).map(([key, one]) => `${scalar(key)}: ${flow(one)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

/** `Array.isArray` does not see lists that are read-only. */
export function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}
