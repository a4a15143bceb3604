import type { Address, AddressRange } from '../base/address.ts';
import { contains, parseAddress, parseNetwork } from '../base/address.ts';
import { parseInstant } from '../base/instant-text.ts';
import { closest } from '../base/suggest.ts';
import type { Instant } from '../model/core.ts';
import { said } from './problem.ts';
import type { Literal, Operator } from './syntax.ts';

export type Test<Value> = (value: Value) => boolean;

/** One comparison that is being made a test; `!=` is the opposite of the test for `=`. */
export interface Reading {
  readonly operator: Operator;
  readonly values: readonly Literal[];
  refuse(at: number, why: string): Error;
}

export function textTest({ operator, values }: Reading): Test<string> {
  const wanted = values.map(({ text }) => text.toLowerCase());
  if (operator === '~') {
    const [part = ''] = wanted;
    return (value) => value.toLowerCase().includes(part);
  }
  const set = new Set(wanted);
  return (value) => set.has(value.toLowerCase());
}

export function choiceTest(
  reading: Reading,
  { name, choices }: { readonly name: string; readonly choices: readonly string[] },
): Test<string> {
  const { operator, values } = reading;
  if (operator === '~') return textTest(reading);
  const wanted = values.map((value) => {
    const found = choices.find((choice) => choice.toLowerCase() === value.text.toLowerCase());
    if (found !== undefined) return found;
    const near = closest(value.text, choices);
    const hint =
      near === undefined ? `; it is one of ${choices.join(', ')}` : `, did you mean "${near}"?`;
    throw reading.refuse(value.at, `${said(value.text)} is no ${name}${hint}`);
  });
  if (!isOrder(operator)) {
    const set = new Set(wanted);
    return (value) => set.has(value);
  }
  const holds = ordered(operator, choices.indexOf(wanted[0] ?? ''));
  return (value) => holds(choices.indexOf(value));
}

export function numberTest(reading: Reading): Test<number> {
  const wanted = reading.values.map((value) => {
    if (/^-?\d{1,15}(?:\.\d{1,6})?$/.test(value.text)) return Number(value.text);
    throw reading.refuse(value.at, `${said(value.text)} is no number`);
  });
  return numeric(reading.operator, wanted);
}

export function timeTest(reading: Reading, now: Instant): Test<number> {
  const wanted = reading.values.map((value) => {
    const at = momentOf(value.text, now);
    if (at !== undefined) return at;
    throw reading.refuse(
      value.at,
      `${said(value.text)} is no time: use -30m, -24h, -7d, or a date such as 2026-11-01 or 2026-11-01T12:00Z`,
    );
  });
  return numeric(reading.operator, wanted);
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);

/** `-7d`, `7d`, `now`, `2026-11-01`, `2026-11-01T12:00Z`; undefined for anything else. */
export function momentOf(text: string, now: Instant): Instant | undefined {
  if (text.toLowerCase() === 'now') return now;
  const [, digits, unit = ''] = /^-?(\d{1,6})([smhdw])$/.exec(text.toLowerCase()) ?? [];
  const milliseconds = UNITS.get(unit);
  return milliseconds === undefined ? parseInstant(text) : now - Number(digits) * milliseconds;
}

/** `=` and `in` take networks too; `~` is about the text, as it is written. */
export function addressTest(reading: Reading): Test<string> {
  if (reading.operator === '~') return textTest(reading);
  const ranges = reading.values.map((value) => {
    const range = parseNetwork(value.text.split('%', 1)[0] ?? '');
    if (range !== undefined) return range;
    throw reading.refuse(
      value.at,
      `${said(value.text)} is neither an address nor a network such as 192.168.1.0/24`,
    );
  });
  const four = ranges.filter(({ family }) => family === 4).map(numbersOf);
  const six = ranges.filter(({ family }) => family === 6);
  return (text) => {
    // Nearly all are IPv4, and a number is compared many times faster than a bigint.
    const number = numberOfIpv4(text);
    if (number !== undefined) return four.some(({ from, to }) => from <= number && number <= to);
    if (six.length === 0) return false;
    const address = parseAddress(text);
    return address !== undefined && isWithin(six, address);
  };
}

function isWithin(ranges: readonly AddressRange[], address: Address): boolean {
  return ranges.some((range) => contains(range, address));
}

function numbersOf({ from, to }: AddressRange): { readonly from: number; readonly to: number } {
  return { from: Number(from), to: Number(to) };
}

/** Of an address in the one form that we write; anything else is left to the thorough parser. */
function numberOfIpv4(text: string): number | undefined {
  if (text.length > 15 || text.includes(':')) return undefined;
  let value = 0;
  let part = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x2e) {
      value = value * 256 + part;
      part = 0;
    } else if (code >= 0x30 && code <= 0x39) part = part * 10 + code - 0x30;
    else return undefined;
  }
  return value * 256 + part;
}

export function truthTest(reading: Reading): boolean {
  const [value = { text: '', at: 0 }] = reading.values;
  const word = value.text.toLowerCase();
  if (word === 'yes' || word === 'true') return true;
  if (word === 'no' || word === 'false') return false;
  throw reading.refuse(value.at, `${said(value.text)} is neither yes nor no`);
}

function numeric(operator: Operator, wanted: readonly number[]): Test<number> {
  if (isOrder(operator)) return ordered(operator, wanted[0] ?? 0);
  const set = new Set(wanted);
  return (value) => set.has(value);
}

type Order = '<' | '<=' | '>' | '>=';

function isOrder(operator: Operator): operator is Order {
  return operator.startsWith('<') || operator.startsWith('>');
}

function ordered(operator: Order, wanted: number): Test<number> {
  switch (operator) {
    case '<':
      return (value) => value < wanted;
    case '<=':
      return (value) => value <= wanted;
    case '>':
      return (value) => value > wanted;
    case '>=':
      return (value) => value >= wanted;
  }
}
