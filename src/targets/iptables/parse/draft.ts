import type { AddressSet } from '../../../base/address-set.ts';
import { complementOf, EVERY_ADDRESS, intersectionOf } from '../../../base/address-set.ts';
import type { PortSet } from '../../../base/port-set.ts';
import { portSet } from '../../../base/port-set.ts';
import type { FilterBox } from '../../../model/filter-program.ts';
import { complementOfPorts } from './values.ts';

/** What the conditions of a rule have come to so far. */
export class Draft {
  readonly #family: 4 | 6;
  #boxes: readonly FilterBox[] = [{}];
  readonly #open: string[] = [];

  constructor(family: 4 | 6) {
    this.#family = family;
  }

  get family(): 4 | 6 {
    return this.#family;
  }

  /** One more condition. */
  and(part: FilterBox): void {
    this.either([part]);
  }

  /** One of these has to hold; none of none. */
  either(parts: readonly FilterBox[]): void {
    this.#boxes = this.#boxes.flatMap((box) => parts.flatMap((part) => both(box, part) ?? []));
  }

  /** It asks for something that cannot be decided. */
  unknown(words: string): void {
    this.#open.push(words);
  }

  addresses(end: 'sources' | 'destinations', set: AddressSet, isNot: boolean): void {
    this.and({ [end]: this.#own(isNot ? complementOf(set) : set) });
  }

  ports(end: 'sourcePorts' | 'destinationPorts', set: PortSet, isNot: boolean): void {
    this.and({ [end]: isNot ? complementOfPorts(set) : set });
  }

  /** A table is of one family: that is a condition of each of its rules. */
  boxes(): readonly FilterBox[] {
    const opaque = this.#open.length === 0 ? {} : { opaque: this.#open.join(', ') };
    return this.#boxes.map((box) => {
      const isTold = box.sources !== undefined || box.destinations !== undefined;
      return { ...box, ...(isTold ? {} : { sources: this.#own(EVERY_ADDRESS) }), ...opaque };
    });
  }

  #own(set: AddressSet): AddressSet {
    return set.filter(({ family }) => family === this.#family);
  }
}

/** Undefined where nothing can be both. */
function both(a: FilterBox, b: FilterBox): FilterBox | undefined {
  const sources = addresses(a.sources, b.sources);
  const destinations = addresses(a.destinations, b.destinations);
  const protocols = listed(a.protocols, b.protocols);
  const sourcePorts = ports(a.sourcePorts, b.sourcePorts);
  const destinationPorts = ports(a.destinationPorts, b.destinationPorts);
  const types = listed(a.types, b.types);
  const states = listed(a.states, b.states);
  const inputs = listed(a.inputs, b.inputs);
  const outputs = listed(a.outputs, b.outputs);
  const parts = { sources, destinations, protocols, sourcePorts, destinationPorts, types, states };
  const lists = { inputs, outputs, sourceMacs: listed(a.sourceMacs, b.sourceMacs) };
  const told = Object.entries({ ...parts, ...lists }).filter(([, part]) => part !== undefined);
  if (told.some(([, part]) => part?.length === 0)) return undefined;
  if (isContrary(a.translated, b.translated) || isContrary(a.local, b.local)) return undefined;
  return {
    ...a,
    ...b,
    ...Object.fromEntries(told),
    ...joined('notInputs', a.notInputs, b.notInputs),
    ...joined('notOutputs', a.notOutputs, b.notOutputs),
    ...joined('notSourceMacs', a.notSourceMacs, b.notSourceMacs),
  };
}

function isContrary(a: boolean | undefined, b: boolean | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}

function joined(
  key: string,
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
): Record<string, readonly string[]> {
  return a === undefined && b === undefined ? {} : { [key]: [...(a ?? []), ...(b ?? [])] };
}

function listed<T>(
  a: readonly T[] | undefined,
  b: readonly T[] | undefined,
): readonly T[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.filter((each) => b.includes(each));
}

function addresses(a: AddressSet | undefined, b: AddressSet | undefined): AddressSet | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return intersectionOf(a, b);
}

function ports(a: PortSet | undefined, b: PortSet | undefined): PortSet | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return portSet(
    a.flatMap((x) =>
      b.flatMap((y) => {
        const [from, to] = [Math.max(x.from, y.from), Math.min(x.to, y.to)];
        return from <= to ? [{ from, to }] : [];
      }),
    ),
  );
}
