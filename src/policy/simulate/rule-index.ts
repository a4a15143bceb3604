import type { Address, AddressRange } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { intersectionOf } from '../../base/address-set.ts';
import type { BoundPeer, BoundRule } from '../../model/bound-policy.ts';

/**
 * The rules of one side, found by the address at their own end: of ten thousand rules of devices a
 * connection meets the ten of its device, and those that name no single address.
 */
export class RuleIndex {
  /** By address: places in `#rules`, ascending. */
  readonly #exact = new Map<string, number[]>();
  readonly #wide: number[] = [];
  readonly #rules: readonly BoundRule[];
  readonly #end: (rule: BoundRule) => BoundPeer;

  constructor(rules: readonly BoundRule[], end: (rule: BoundRule) => BoundPeer) {
    this.#rules = rules;
    this.#end = end;
    for (const [place, rule] of rules.entries()) {
      const { ranges, names } = end(rule);
      if (names.length > 0 || !ranges.every(isSingle)) this.#wide.push(place);
      else for (const range of ranges) this.#add(keyOf(range), place);
    }
  }

  /** In the order of the policy: whatever may match a connection of this address. */
  *of({ family, value }: Address): Generator<BoundRule> {
    const exact = this.#exact.get(keyOf({ family, from: value })) ?? [];
    let [i, j] = [0, 0];
    while (i < exact.length || j < this.#wide.length) {
      const [a = Infinity, b = Infinity] = [exact[i], this.#wide[j]];
      const rule = this.#rules[Math.min(a, b)];
      if (a < b) i += 1;
      else j += 1;
      if (rule !== undefined) yield rule;
    }
  }

  /** In the order of the policy: whatever may match one of these addresses. */
  ofSet(set: AddressSet): readonly BoundRule[] {
    if (!set.every(isSingle)) return this.#rules.filter((rule) => touches(this.#end(rule), set));
    const exact = set.flatMap((range) => this.#exact.get(keyOf(range)) ?? []);
    const wide = this.#wide.filter((place) => {
      const rule = this.#rules[place];
      return rule !== undefined && touches(this.#end(rule), set);
    });
    const places = [...new Set([...exact, ...wide])].sort((a, b) => a - b);
    return places.flatMap((place) => this.#rules[place] ?? []);
  }

  #add(key: string, place: number): void {
    const places = this.#exact.get(key);
    if (places === undefined) this.#exact.set(key, [place]);
    else if (places.at(-1) !== place) places.push(place);
  }
}

function touches({ ranges, names }: BoundPeer, set: AddressSet): boolean {
  return names.length > 0 || intersectionOf(ranges, set).length > 0;
}

function isSingle({ from, to }: AddressRange): boolean {
  return from === to;
}

function keyOf({ family, from }: Pick<AddressRange, 'family' | 'from'>): string {
  return `${family}/${from}`;
}
