import type { AddressRange } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { addressSet } from '../../base/address-set.ts';
import { PortolanError } from '../../base/errors.ts';
import type { PortSet } from '../../base/port-set.ts';
import { portSet } from '../../base/port-set.ts';
import type { Domain } from './domain.ts';
import {
  common,
  complement,
  FIELD_COUNT,
  FIELDS,
  IPV6_FROM,
  NAMES_FROM,
  united,
} from './domain.ts';
import { WITH_PORTS, WITH_TYPES } from './lower.ts';
import type { Intervals, NodeId, Region, Space } from './space.ts';
import { END } from './space.ts';

/** An interface that no zone and no rule names. */
export const OTHER_INTERFACE = '*';
export const SELF_INTERFACE = 'self';

/** A set of connections as people and firewalls say it: a conjunction; undefined is *every*. */
export interface Box {
  /** Interfaces, or patterns of them (`br-*`) less what another pattern names more narrowly. */
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  /** IANA numbers. */
  readonly protocols?: readonly number[];
  readonly sources?: AddressSet;
  /** Patterns of DNS names; in addition to the addresses. */
  readonly sourceNames?: readonly string[];
  readonly destinations?: AddressSet;
  readonly destinationNames?: readonly string[];
  readonly destinationPorts?: PortSet;
  readonly types?: readonly number[];
  readonly sourcePorts?: PortSet;
  readonly translated?: boolean;
}

/** A region with one value of leaf all over. */
export interface Cell {
  readonly value: number;
  readonly region: Region;
}

/** More is of use to nobody: neither a person nor a firewall. */
export const MOST_CELLS = 100_000;

/**
 * The disjoint regions of a diagram in the order of the fields, without the leaves that are of no
 * interest; at most `most`. Intervals that lead to the same child make one region, and regions that
 * differ in one field only are put together.
 */
export function cellsOf(
  space: Space,
  root: NodeId,
  isWanted: (value: number) => boolean,
  most = MOST_CELLS,
): { readonly cells: readonly Cell[]; readonly whole: boolean } {
  const found: Cell[] = [];
  const below = new Map<NodeId, readonly Branch[]>();
  for (const cell of walk(space, root, [], isWanted, below)) {
    if (found.length === most) return { cells: merged(found), whole: false };
    found.push(cell);
  }
  return { cells: merged(found), whole: true };
}

type Branch = readonly [child: NodeId, intervals: Intervals];

/** As `cellsOf`, where less than all would be wrong. */
export function everyCell(
  space: Space,
  root: NodeId,
  isWanted: (value: number) => boolean,
): readonly Cell[] {
  const { cells, whole } = cellsOf(space, root, isWanted);
  if (whole) return cells;
  throw new PortolanError(
    'E_POLICY_UNSUPPORTED',
    `The policy falls into more than ${MOST_CELLS.toLocaleString('en')} disjoint parts`,
    { remedy: 'Use a firewall that takes ordered rules: portolan plan --target nftables' },
  );
}

function* walk(
  space: Space,
  id: NodeId,
  path: Region,
  isWanted: (value: number) => boolean,
  below: Map<NodeId, readonly Branch[]>,
): Generator<Cell> {
  if (id < 0) {
    if (isWanted(~id)) yield { value: ~id, region: path };
    return;
  }
  const field = space.field(id);
  const known = below.get(id);
  const branches =
    known ?? [...space.children(id)].map(([child, each]) => [child, united([each])] as const);
  if (known === undefined) below.set(id, branches);
  for (const [child, intervals] of branches) {
    const next = [...path];
    next[field] = intervals;
    yield* walk(space, child, next, isWanted, below);
  }
}

/** Disjoint they stay: two that are alike but for one field are disjoint in that field. */
function merged(cells: readonly Cell[]): readonly Cell[] {
  const names = new Names();
  let current = cells;
  for (;;) {
    const before = current.length;
    for (let field = FIELD_COUNT - 1; field >= 0; field -= 1) {
      current = mergedBy(current, field, names);
    }
    if (current.length === before) return current;
  }
}

function mergedBy(cells: readonly Cell[], field: number, names: Names): readonly Cell[] {
  const groups = new Map<string, Cell>();
  for (const cell of cells) {
    const key = keyOf(cell, field, names);
    const other = groups.get(key);
    groups.set(key, other === undefined ? cell : joined(other, cell, field));
  }
  return [...groups.values()];
}

function keyOf({ value, region }: Cell, field: number, names: Names): string {
  let key = `${value}`;
  for (let each = 0; each < FIELD_COUNT; each += 1) {
    key += each === field ? '|' : `|${names.of(region[each])}`;
  }
  return key;
}

/** A number for each set of intervals: sets of thousands are common, and compared again and again. */
class Names {
  readonly #byArray = new Map<Intervals, number>();
  readonly #byText = new Map<string, number>();

  of(intervals: Intervals | undefined): number {
    if (intervals === undefined) return -1;
    const known = this.#byArray.get(intervals);
    if (known !== undefined) return known;
    const text = intervals.join();
    const number = this.#byText.get(text) ?? this.#byText.size;
    this.#byText.set(text, number);
    this.#byArray.set(intervals, number);
    return number;
  }
}

function joined(a: Cell, b: Cell, field: number): Cell {
  const region = [...a.region];
  const set = united([a.region[field] ?? [0, END], b.region[field] ?? [0, END]]);
  region[field] = set[0] === 0 && set[1] === END ? undefined : set;
  return { value: a.value, region };
}

/** One box for each kind of protocol, where it asks for ports: a type is no port. */
export function boxesOfRegion(domain: Domain, region: Region): readonly Box[] {
  const protocol = region[FIELDS.protocol];
  const port = region[FIELDS.port];
  const sourcePort = region[FIELDS.sourcePort];
  const base = commonParts(domain, region);
  if (port === undefined && sourcePort === undefined) {
    return [{ ...base, ...optional('protocols', protocol && octets(protocol)) }];
  }
  const ported = common(protocol, WITH_PORTS) ?? [];
  const typed = common(protocol, WITH_TYPES) ?? [];
  const rest = common(protocol, complement(united([WITH_PORTS, WITH_TYPES]))) ?? [];
  const ports = {
    ...optional('destinationPorts', port && portsOf(port)),
    ...optional('sourcePorts', sourcePort && portsOf(sourcePort)),
  };
  const types = optional('types', port && octets(port));
  return [
    { protocols: octets(ported), ...base, ...ports },
    { protocols: octets(typed), ...base, ...types },
    { protocols: octets(rest), ...base },
  ].filter(({ protocols }) => protocols.length > 0);
}

function commonParts(domain: Domain, region: Region): Box {
  const input = region[FIELDS.input];
  const output = region[FIELDS.output];
  const source = region[FIELDS.source];
  const destination = region[FIELDS.destination];
  const translated = region[FIELDS.translated];
  return {
    ...optional('inputs', input && interfacesOf(domain, input)),
    ...optional('outputs', output && outputsOf(domain, output)),
    ...optional('sources', source && addressesOf(domain, source)),
    ...optional('sourceNames', source && namesOf(domain, source)),
    ...optional('destinations', destination && addressesOf(domain, destination)),
    ...optional('destinationNames', destination && namesOf(domain, destination)),
    ...optional('translated', translated && translated[0] !== 0),
  };
}

function optional<Key extends keyof Box>(
  key: Key,
  value: Box[Key] | undefined,
): Pick<Box, Key> | object {
  const isEmptyName = key.endsWith('Names') && Array.isArray(value) && value.length === 0;
  return value === undefined || isEmptyName ? {} : { [key]: value };
}

export function interfacesOf({ interfaces }: Domain, intervals: Intervals): readonly string[] {
  return labelsBelow(intervals, interfaces.all.length + 1).map(
    (label) => interfaces.all[label] ?? OTHER_INTERFACE,
  );
}

function outputsOf(domain: Domain, intervals: Intervals): readonly string[] {
  return labelsBelow(intervals, domain.interfaces.all.length + 2).map((label) =>
    label === 0 ? SELF_INTERFACE : (domain.interfaces.all[label - 1] ?? OTHER_INTERFACE),
  );
}

function labelsBelow(intervals: Intervals, limit: number): readonly number[] {
  const labels: number[] = [];
  for (let at = 0; at < intervals.length; at += 2) {
    const end = Math.min(intervals[at + 1] ?? END, limit);
    for (let label = intervals[at] ?? 0; label < end; label += 1) labels.push(label);
  }
  return labels;
}

function octets(intervals: Intervals): readonly number[] {
  return labelsBelow(intervals, 256);
}

function portsOf(intervals: Intervals): PortSet {
  return portSet(
    pairsOf(intervals).map(([from, end]) => ({ from, to: Math.min(end - 1, 65_535) })),
  );
}

function pairsOf(intervals: Intervals): readonly (readonly [number, number])[] {
  return Array.from({ length: intervals.length / 2 }, (_, index) => [
    intervals[index * 2] ?? 0,
    intervals[index * 2 + 1] ?? END,
  ]);
}

/** The addresses of both families that lie in intervals of labels. */
export function addressesOf({ addresses }: Domain, intervals: Intervals): AddressSet {
  const ranges = pairsOf(intervals).flatMap(([from, end]): readonly AddressRange[] => {
    const first = addresses.valueAt(from) ?? 0n;
    const last = (addresses.valueAt(end) ?? NAMES_FROM) - 1n;
    const v4 = { family: 4, from: first, to: last < IPV6_FROM ? last : IPV6_FROM - 1n } as const;
    const v6 = {
      family: 6,
      from: first > IPV6_FROM ? first - IPV6_FROM : 0n,
      to: (last < NAMES_FROM ? last : NAMES_FROM - 1n) - IPV6_FROM,
    } as const;
    return [v4, v6].filter((range) => range.from <= range.to);
  });
  return addressSet(ranges);
}

function namesOf({ addresses, names }: Domain, intervals: Intervals): readonly string[] {
  if (intervals[0] === 0 && intervals[1] === END) return [];
  return names.all.filter((_, atom) => {
    const label = addresses.labelOf(NAMES_FROM + BigInt(atom));
    return pairsOf(intervals).some(([from, end]) => from <= label && label < end);
  });
}
