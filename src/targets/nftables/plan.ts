import type { AddressSet } from '../../base/address-set.ts';
import type { BoundDevice, BoundPeer, BoundPolicy, BoundRule } from '../../model/bound-policy.ts';
import { ownAddresses } from '../../policy/simulate/owners.ts';
import { RuleIndex } from '../../policy/simulate/rule-index.ts';
import { NamedSets } from './sets.ts';

export type Side = 'egress' | 'ingress';

/** A managed device with the addresses that are its alone. */
export interface Owner {
  readonly device: BoundDevice;
  readonly addresses: AddressSet;
}

/** What all parts of one ruleset share while it is written. */
export class Plan {
  readonly policy: BoundPolicy;
  readonly owners: readonly Owner[];
  readonly sets = new NamedSets();
  readonly #indexes: Readonly<Record<Side, RuleIndex>>;
  readonly #owned: ReadonlySet<string>;

  constructor(policy: BoundPolicy) {
    this.policy = policy;
    const own = ownAddresses(policy.devices);
    this.owners = policy.devices.map((device, place) => ({ device, addresses: own[place] ?? [] }));
    this.#indexes = {
      egress: new RuleIndex(policy.egress, ({ from }) => from),
      ingress: new RuleIndex(policy.ingress, ({ to }) => to),
    };
    this.#owned = new Set(
      own.flat().flatMap(({ family, from, to }) => (from === to ? [`${family}/${from}`] : [])),
    );
  }

  /** The rules that may concern a device, in order. */
  rulesOf(side: Side, { addresses }: Owner): readonly BoundRule[] {
    return this.#indexes[side].ofSet(addresses);
  }

  /** The rules that may concern anybody else, in order. */
  commonRules(side: Side): readonly BoundRule[] {
    return this.policy[side].filter((rule) => !this.#isOwned(endOf(side, rule)));
  }

  #isOwned({ ranges, names }: BoundPeer): boolean {
    return (
      names.length === 0 &&
      ranges.every(({ family, from, to }) => from === to && this.#owned.has(`${family}/${from}`))
    );
  }
}

export function endOf(side: Side, rule: BoundRule): BoundPeer {
  return side === 'egress' ? rule.from : rule.to;
}

/** Chains by name; nft finds a chain wherever in the table it stands. */
export class Chains {
  readonly #lines = new Map<string, readonly string[]>();

  add(name: string, lines: readonly string[]): string {
    if (!this.#lines.has(name)) this.#lines.set(name, lines);
    return name;
  }

  has(name: string): boolean {
    return this.#lines.has(name);
  }

  isEmpty(name: string): boolean {
    return this.#lines.get(name)?.length === 0;
  }

  declarations(): readonly string[] {
    return Array.from(
      this.#lines,
      ([name, lines]) => `\tchain ${name} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`,
    );
  }
}
