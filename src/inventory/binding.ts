import type { Instant } from '../model/core.ts';
import type { Evidence } from '../model/evidence.ts';

/** From the first to the last time that something was seen. */
export interface Span {
  from: Instant;
  to: Instant;
}

/** A key as one binding showed it. */
export interface KeyRecord extends Span {
  readonly key: string;
  /** Empty for the MAC and for what a person linked: nothing is told apart by them. */
  readonly slot: string;
  /** Id of the first evidence that had it. */
  readonly evidence: number;
  /** When that was, by its own time. */
  readonly at: Instant;
}

/**
 * One address for as long as one network card has it (a "binding" of RFC 6620): the smallest thing
 * that surely is one device. Devices are groups of these.
 */
export interface Binding extends Span {
  readonly address: string;
  mac: string | undefined;
  readonly keys: Map<string, KeyRecord>;
  readonly evidence: Evidence[];
  group: Group;
}

/** Bindings that are one device, oldest first. */
export interface Group {
  readonly bindings: Binding[];
  /** Changes with every piece of evidence: what was derived from the group before is out of date. */
  version: number;
  /** Empty until it is named. */
  id: string;
}

/** Milliseconds within which two sightings count as "at once": a device takes longer to be set up anew. */
const AT_ONCE = 10 * 60_000;

export function atOnce(a: Span, b: Span): boolean {
  return Math.max(a.from, b.from) - Math.min(a.to, b.to) <= AT_ONCE;
}

export function extend(span: Span, at: Instant): void {
  span.from = Math.min(span.from, at);
  span.to = Math.max(span.to, at);
}

/** A device with two families is the rule; with two addresses of one family, the exception. */
function sameFamily(a: Binding, b: Binding): boolean {
  return a.address.includes(':') === b.address.includes(':');
}

/**
 * Whether two bindings cannot be one machine: at once, at two addresses, they show different values
 * of what a machine has only one of.
 */
export function contradict(a: Binding, b: Binding): boolean {
  if (a.address === b.address || !sameFamily(a, b)) return false;
  for (const record of a.keys.values()) {
    if (record.slot !== '' && differs(record, a, b)) return true;
  }
  return false;
}

function differs(record: KeyRecord, a: Binding, b: Binding): boolean {
  const others = [...b.keys.values()].filter(({ slot }) => slot === record.slot);
  return (
    others.length > 0 &&
    others.every(({ key }) => !a.keys.has(key)) &&
    others.some((other) => atOnce(record, other))
  );
}

/** Whether a weak key that both have is no reason to take them for one: two cards, or two IPv4 addresses at once. */
export function aloof(a: Binding, b: Binding): boolean {
  if (a.mac !== undefined && b.mac !== undefined) return a.mac !== b.mac;
  return a.address !== b.address && sameFamily(a, b) && atOnce(a, b);
}
