import type { Address } from '../../base/address.ts';
import type { Judged } from '../simulate/match.ts';
import { ICMP, ICMPV6, PORTED, TCP, UDP } from '../simulate/match.ts';
import { OTHER_INTERFACE } from './boxes.ts';
import type { Domain } from './domain.ts';
import { FIELDS, IPV6_FROM, NAMES_FROM } from './domain.ts';
import type { Patterns } from './patterns.ts';
import type { Intervals, Region } from './space.ts';

/** RFC 5737 and RFC 3849: addresses for examples. */
const EXAMPLE = { 4: 0xc633_6407n, 6: (0x2001_0db8n << 96n) + 7n } as const;
/** RFC 6335 §6: the first of the dynamic ports. */
const DYNAMIC_PORT = 49_152;

/** A connection of a region that a person finds plausible; there is one in each that is not empty. */
export function witnessOf(domain: Domain, region: Region): Judged {
  const protocol = firstOf(region[FIELDS.protocol], [TCP, UDP, ICMP, ICMPV6]);
  const [source, destination] = endsOf(domain, region);
  const input = firstOf(region[FIELDS.input], []);
  const output = firstOf(region[FIELDS.output], [input === 1 ? 1 : 2, 1, 2]);
  const port = firstOf(region[FIELDS.port], protocol === TCP || protocol === UDP ? [443] : [8]);
  const { translated } = FIELDS;
  return {
    inInterface: interfaceAt(domain, input),
    ...(output === 0 ? {} : { outInterface: interfaceAt(domain, output - 1) }),
    source: source.address,
    destination: destination.address,
    protocol,
    ...(PORTED.includes(protocol)
      ? {
          sourcePort: firstOf(region[FIELDS.sourcePort], [DYNAMIC_PORT]),
          destinationPort: port,
        }
      : {}),
    ...(protocol === ICMP || protocol === ICMPV6 ? { type: port } : {}),
    ...(destination.name === undefined ? {} : { name: destination.name }),
    ...(firstOf(region[translated], [0]) === 0 ? {} : { translated: true }),
  };
}

/** The first of the preferred labels that is in a set, else the lowest that is. */
function firstOf(intervals: Intervals | undefined, preferred: readonly number[]): number {
  return preferred.find((label) => has(intervals, label)) ?? intervals?.[0] ?? 0;
}

function has(intervals: Intervals | undefined, label: number): boolean {
  if (intervals === undefined) return true;
  return intervals.some(
    (from, at) => at % 2 === 0 && from <= label && label < (intervals[at + 1] ?? 0),
  );
}

function interfaceAt({ interfaces }: Domain, label: number): string {
  const pattern = interfaces.all[label];
  if (pattern !== undefined && !pattern.endsWith('*')) return pattern;
  return unnamed(interfaces, pattern === undefined ? -1 : label);
}

/** A name that has this pattern for its narrowest, or none. */
function unnamed(interfaces: Patterns, atom: number): string {
  const prefix = interfaces.all[atom]?.slice(0, -1) ?? 'other';
  for (let number = 0; number <= interfaces.all.length; number += 1) {
    const name = `${prefix}${number}`;
    if (interfaces.atomOf(name) === atom) return name;
  }
  return OTHER_INTERFACE;
}

interface Found {
  readonly address: Address;
  readonly name?: string;
}

/** Both of one family: no packet mixes them. */
function endsOf(domain: Domain, region: Region): readonly [Found, Found] {
  for (const family of [4, 6] as const) {
    const source = endOf(domain, region[FIELDS.source], family, 1n);
    const destination = endOf(domain, region[FIELDS.destination], family, 2n);
    if (source !== undefined && destination !== undefined) return [source, destination];
  }
  const none = { address: { family: 4, value: 0n } } as const;
  return [none, none];
}

function endOf(
  domain: Domain,
  intervals: Intervals | undefined,
  family: 4 | 6,
  offset: bigint,
): Found | undefined {
  const base = family === 4 ? 0n : IPV6_FROM;
  const limit = family === 4 ? IPV6_FROM : NAMES_FROM;
  const isIn = (each: bigint): boolean => has(intervals, domain.addresses.labelOf(each));
  const starts = (intervals ?? [0]).filter((_, at) => at % 2 === 0);
  const firsts = starts.map((label) => domain.addresses.valueAt(label) ?? base);
  const candidates = [
    base + EXAMPLE[family],
    ...firsts.flatMap((first) => {
      const from = first < base ? base : first;
      return [from + offset, from];
    }),
  ];
  const value = candidates.find((each) => each >= base && each < limit && isIn(each));
  if (value !== undefined) return { address: { family, value: value - base } };
  const atom = domain.names.all.findIndex((_, each) => isIn(NAMES_FROM + BigInt(each)));
  const name = domain.names.all[atom];
  if (name === undefined) return undefined;
  return { address: { family, value: EXAMPLE[family] }, name: name.replace(/^\*\./, 'any.') };
}
