import type { Address } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { isEveryAddress } from '../../base/address-set.ts';
import type { PortSet } from '../../base/port-set.ts';
import type { BoundPolicy, BoundRule } from '../../model/bound-policy.ts';
import type { FilterBox, FilterProgram } from '../../model/filter-program.ts';
import { Cuts } from './cuts.ts';
import { interfaceContains, nameContains, Patterns } from './patterns.ts';
import type { Intervals } from './space.ts';
import { END } from './space.ts';

/**
 * The fields in the order in which diagrams ask them. Zones first, and the source before the
 * destination: rules of devices share what lies below. With the destination before the source, or
 * the ports in front, the same rules take a hundred times the nodes.
 */
export const FIELDS = {
  input: 0,
  output: 1,
  protocol: 2,
  source: 3,
  destination: 4,
  /** Destination port, of ICMP and ICMPv6 the type; of others nothing. */
  port: 5,
  sourcePort: 6,
  /** Whether destination NAT brought it here. */
  translated: 7,
} as const;

export const FIELD_COUNT = 8;

/**
 * What DNS names are: `symbolic` things of their own, which no network contains but *every
 * address*; or the addresses that they were `resolved` to last.
 */
export type NameView = 'symbolic' | 'resolved';

/** IPv6 lies behind IPv4 on one line, names behind both. */
export const IPV6_FROM = 1n << 32n;
export const NAMES_FROM = IPV6_FROM + (1n << 128n);

/** Of protocols and ICMP types: what lies beyond, up to the end of the field, goes with it. */
const LAST_OCTET = 255;
const LAST_PORT = 65_535;

/** Everything that the policies and programs to be compared tell apart, as labels. */
export class Domain {
  readonly view: NameView;
  readonly interfaces: Patterns;
  readonly names: Patterns;
  readonly addresses: Cuts;
  /** Whether some rule asks for the name of a source, which no packet carries. */
  readonly sourcesHaveNames: boolean;
  /** Shared sets are the rule: each is turned into labels once. */
  readonly #known = new WeakMap<object, Intervals>();

  constructor(
    policies: readonly BoundPolicy[],
    view: NameView,
    programs: readonly FilterProgram[] = [],
  ) {
    this.view = view;
    this.sourcesHaveNames = policies.some(asksSourceNames);
    const boxes = programs.flatMap(boxesOfProgram);
    const rules = policies.flatMap(({ guard, egress, ingress }) => [guard, egress, ingress].flat());
    this.interfaces = new Patterns(
      [
        ...policies.flatMap(({ zones }) => zones.flatMap((zone) => zone.interfaces)),
        ...boxes.flatMap(interfacesOfBox),
      ],
      interfaceContains,
    );
    const patterns = policies.flatMap(({ names }) => names.flatMap((name) => name.patterns));
    this.names = new Patterns(view === 'symbolic' ? patterns : [], nameContains);
    const atoms = BigInt(this.names.all.length);
    this.addresses = new Cuts(NAMES_FROM + atoms - 1n, [
      IPV6_FROM,
      ...this.names.all.map((_, atom) => NAMES_FROM + BigInt(atom)),
      ...addressEnds(policies, rules, boxes),
    ]);
  }

  /** Every address is every name as well: whatever it stands for, it is one of them. */
  addressSet(set: AddressSet): Intervals {
    const known = this.#known.get(set);
    if (known !== undefined) return known;
    const intervals = isEveryAddress(set)
      ? [0, END]
      : set.flatMap(({ family, from, to }) => {
          const base = family === 4 ? 0n : IPV6_FROM;
          return [this.addresses.mark(base + from), this.addresses.mark(base + to + 1n)];
        });
    const result = united([intervals]);
    this.#known.set(set, result);
    return result;
  }

  /** Interfaces by name or pattern; what no pattern names comes last, on both sides. */
  inputs(patterns: readonly string[]): Intervals {
    return united(
      patterns.flatMap((each) => this.interfaces.atomsOf(each).map((atom) => [atom, atom + 1])),
    );
  }

  /** The router itself lies before the interfaces. */
  outputs(patterns: readonly string[]): Intervals {
    return this.inputs(patterns).map((label) => label + 1);
  }

  inputLabel(name: string): number {
    const atom = this.interfaces.atomOf(name);
    return atom < 0 ? this.interfaces.all.length : atom;
  }

  outputLabel(name: string | undefined): number {
    return name === undefined ? 0 : this.inputLabel(name) + 1;
  }

  addressLabel({ family, value }: Address, name?: string): number {
    const atom = name === undefined ? -1 : this.names.atomOf(name.toLowerCase().replace(/\.$/, ''));
    if (atom >= 0) return this.addresses.labelOf(NAMES_FROM + BigInt(atom));
    return this.addresses.labelOf(family === 4 ? value : IPV6_FROM + value);
  }

  /** Every name that one of the patterns stands for. */
  nameSet(patterns: readonly string[]): Intervals {
    const atoms = patterns.flatMap((pattern) => this.names.atomsOf(pattern));
    return united(
      atoms.map((atom) => {
        const from = NAMES_FROM + BigInt(atom);
        return [this.addresses.mark(from), this.addresses.mark(from + 1n)];
      }),
    );
  }
}

/** Ports are their own labels. */
export function portIntervals(set: PortSet): Intervals {
  return set.flatMap(({ from, to }) => [from, to >= LAST_PORT ? END : to + 1]);
}

/** Protocols and types are their own labels. */
export function octetIntervals(numbers: readonly number[]): Intervals {
  return united(numbers.map((each) => [each, each >= LAST_OCTET ? END : each + 1]));
}

/** The router itself. */
export const SELF: Intervals = [0, 1];
/** Through the router. */
export const FORWARDED: Intervals = [1, END];

/** Sorts and joins. */
export function united(parts: readonly Intervals[]): Intervals {
  const pairs: [number, number][] = [];
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) pairs.push([part[at] ?? 0, part[at + 1] ?? END]);
  }
  pairs.sort((a, b) => a[0] - b[0]);
  const joined: number[] = [];
  for (const [from, end] of pairs) {
    const last = joined.at(-1);
    if (last === undefined || from > last) joined.push(from, end);
    else if (end > last) joined[joined.length - 1] = end;
  }
  return joined;
}

export function complement(intervals: Intervals): Intervals {
  const ends = intervals[0] === 0 ? intervals.slice(1) : [0, ...intervals];
  return ends.at(-1) === END ? ends.slice(0, -1) : [...ends, END];
}

export function common(a: Intervals | undefined, b: Intervals | undefined): Intervals | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return complement(united([complement(a), complement(b)]));
}

export function asksSourceNames({ guard, egress, ingress }: BoundPolicy): boolean {
  return [guard, egress, ingress].some((rules) => rules.some(({ from }) => from.names.length > 0));
}

function boxesOfProgram({ chains }: FilterProgram): readonly FilterBox[] {
  return [...chains.values()].flatMap((rules) => rules.flatMap(({ boxes }) => boxes));
}

function interfacesOfBox(box: FilterBox): readonly string[] {
  return [box.inputs, box.notInputs, box.outputs, box.notOutputs].flatMap((each) => each ?? []);
}

function addressEnds(
  policies: readonly BoundPolicy[],
  rules: readonly BoundRule[],
  boxes: readonly FilterBox[],
): readonly bigint[] {
  const sets = new Set<AddressSet>([
    ...rules.flatMap(({ from, to }) => [from.ranges, to.ranges]),
    ...policies.flatMap(({ devices }) => devices.map(({ addresses }) => addresses)),
    ...policies.flatMap(({ zones }) => zones.map(({ networks }) => networks)),
    ...policies.flatMap(({ names }) => names.map(({ addresses }) => addresses)),
    ...boxes.flatMap(({ sources = [], destinations = [] }) => [sources, destinations]),
  ]);
  return [...sets].flatMap((set) =>
    set.flatMap(({ family, from, to }) =>
      family === 4 ? [from, to + 1n] : [IPV6_FROM + from, IPV6_FROM + to + 1n],
    ),
  );
}
