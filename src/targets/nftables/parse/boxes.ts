import { intersectionOf } from '../../../base/address-set.ts';
import type { PortSet } from '../../../base/port-set.ts';
import { portSet } from '../../../base/port-set.ts';
import type { FilterBox } from '../../../model/filter-program.ts';

type Fields = { -readonly [Key in keyof FilterBox]: FilterBox[Key] };

/** What both ask; undefined where nothing can satisfy both. */
export function bothOf(a: FilterBox, b: FilterBox): FilterBox | undefined {
  const both: Fields = { ...a, ...b };
  const parts = [lists(a, b, both), sets(a, b, both), flags(a, b)];
  if (a.opaque !== undefined && b.opaque !== undefined) both.opaque = `${a.opaque}; ${b.opaque}`;
  return parts.every(Boolean) ? both : undefined;
}

/** Each of one with each of the other. */
export function product(a: readonly FilterBox[], b: readonly FilterBox[]): readonly FilterBox[] {
  return a.flatMap((x) => b.flatMap((y) => bothOf(x, y) ?? []));
}

function lists(a: FilterBox, b: FilterBox, both: Fields): boolean {
  if (a.inputs && b.inputs) both.inputs = commonNames(a.inputs, b.inputs);
  if (a.outputs && b.outputs) both.outputs = commonNames(a.outputs, b.outputs);
  if (a.notInputs && b.notInputs) both.notInputs = [...a.notInputs, ...b.notInputs];
  if (a.notOutputs && b.notOutputs) both.notOutputs = [...a.notOutputs, ...b.notOutputs];
  if (a.sourceMacs && b.sourceMacs) both.sourceMacs = common(a.sourceMacs, b.sourceMacs);
  if (a.notSourceMacs && b.notSourceMacs) {
    both.notSourceMacs = [...a.notSourceMacs, ...b.notSourceMacs];
  }
  return [both.inputs, both.outputs, both.sourceMacs].every((list) => list?.length !== 0);
}

function sets(a: FilterBox, b: FilterBox, both: Fields): boolean {
  put(both, 'sources', met(a.sources, b.sources, intersectionOf));
  put(both, 'destinations', met(a.destinations, b.destinations, intersectionOf));
  put(both, 'sourcePorts', met(a.sourcePorts, b.sourcePorts, commonPorts));
  put(both, 'destinationPorts', met(a.destinationPorts, b.destinationPorts, commonPorts));
  put(both, 'protocols', met(a.protocols, b.protocols, common));
  put(both, 'types', met(a.types, b.types, common));
  put(both, 'states', met(a.states, b.states, common));
  const all = [both.sources, both.destinations, both.sourcePorts, both.destinationPorts];
  return [...all, both.protocols, both.types, both.states].every((set) => set?.length !== 0);
}

function met<Value>(
  x: Value | undefined,
  y: Value | undefined,
  meet: (x: Value, y: Value) => Value,
): Value | undefined {
  return x === undefined || y === undefined ? undefined : meet(x, y);
}

function put<Key extends keyof FilterBox>(both: Fields, key: Key, value: FilterBox[Key]): void {
  if (value !== undefined) both[key] = value;
}

function flags(a: FilterBox, b: FilterBox): boolean {
  return (['translated', 'local'] as const).every(
    (key) => a[key] === undefined || b[key] === undefined || a[key] === b[key],
  );
}

function common<Value>(a: readonly Value[], b: readonly Value[]): readonly Value[] {
  return a.filter((value) => b.includes(value));
}

/** Of patterns, the narrower ones. */
function commonNames(a: readonly string[], b: readonly string[]): readonly string[] {
  const within = (names: readonly string[], others: readonly string[]): readonly string[] =>
    names.filter((name) => others.some((other) => isWithin(name, other)));
  return [...new Set([...within(a, b), ...within(b, a)])];
}

function isWithin(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

export function commonPorts(a: PortSet, b: PortSet): PortSet {
  return portSet(
    a.flatMap((x) =>
      b.flatMap((y) => {
        const [from, to] = [Math.max(x.from, y.from), Math.min(x.to, y.to)];
        return from <= to ? [{ from, to }] : [];
      }),
    ),
  );
}

export function otherPorts(set: PortSet): PortSet {
  const gaps: { from: number; to: number }[] = [];
  let next = 0;
  for (const { from, to } of set) {
    if (from > next) gaps.push({ from: next, to: from - 1 });
    next = to + 1;
  }
  if (next <= 65_535) gaps.push({ from: next, to: 65_535 });
  return gaps;
}
