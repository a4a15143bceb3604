import { formatAddress } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { networksOf } from '../../base/address-set.ts';
import type { BoundName, BoundPolicy } from '../../model/bound-policy.ts';
import { digest, nameSet } from './names.ts';

export type Family = 4 | 6;

/** How many entries a set of the kernel takes where nothing is said. */
const USUAL_SIZE = 65_536;
/** Seconds an address of a name stays after it was last seen in an answer: longer than caches do. */
const TIMEOUT = 86_400;

/**
 * The sets of one ruleset. One of addresses is named after what is in it and never changes: whoever
 * refers to it, the rules before or those after, means the same. So sets can be made first, rules be
 * replaced then, and what nobody refers to any more be removed last, and no packet passes between
 * that neither would let through.
 */
export class IpSets {
  readonly #texts = new Map<string, string>();

  /** Words that match one end of a packet; the set is of one family. */
  match(set: AddressSet, end: 'src' | 'dst'): string {
    const networks = set.flatMap(networksOf);
    const [only, ...more] = networks;
    const option = end === 'src' ? '-s' : '-d';
    if (only !== undefined && more.length === 0) return `${option} ${only}`;
    return `-m set --match-set ${this.#share(set, networks)} ${end}`;
  }

  /** Neither of several addresses: a rule can deny one, and a set any number. */
  notMatch(networks: readonly string[], family: Family, end: 'src' | 'dst'): string {
    const [only, ...more] = networks;
    const option = end === 'src' ? '-s' : '-d';
    if (only !== undefined && more.length === 0) return `! ${option} ${only}`;
    return `-m set ! --match-set ${this.#make('a', 'hash:net', family, networks)} ${end}`;
  }

  /** None of several interfaces. */
  notInterfaces(names: readonly string[], family: Family, end: 'src' | 'dst'): string {
    const every = family === 4 ? '0.0.0.0/0' : '::/0';
    const members = names.map((name) => `${every},${name}`);
    const set = this.#make('i', 'hash:net,iface', family, members);
    return `-m set ! --match-set ${set} ${end},${end}`;
  }

  nameMatch(name: string, family: Family, end: 'src' | 'dst'): string {
    return `-m set --match-set ${nameSet(name, family)} ${end}`;
  }

  names({ names }: BoundPolicy): void {
    for (const name of names) {
      for (const family of [4, 6] as const) this.#name(name, family);
    }
  }

  /** Of `ipset restore`. */
  text(): string {
    return [...this.#texts.values()].join('');
  }

  #name({ id, addresses }: BoundName, family: Family): void {
    const name = nameSet(id, family);
    const members = addresses
      .filter((range) => range.family === family)
      .flatMap(({ from, to }) =>
        Array.from({ length: Number(to - from) + 1 }, (_, offset) =>
          formatAddress({ family, value: from + BigInt(offset) }),
        ),
      );
    const head = `create ${name} hash:ip family ${inet(family)} timeout ${TIMEOUT} -exist\n`;
    this.#texts.set(name, `${head}${added(name, members)}`);
  }

  #share(set: AddressSet, networks: readonly string[]): string {
    return this.#make('a', 'hash:net', set[0]?.family === 6 ? 6 : 4, networks.flatMap(halved));
  }

  #make(kind: 'a' | 'i', type: string, family: Family, members: readonly string[]): string {
    const name = `ptl-${kind}${family}-${digest(members.join(' '), 8)}`;
    if (!this.#texts.has(name)) {
      const size = Math.max(USUAL_SIZE, members.length * 2);
      const head = `create ${name} ${type} family ${inet(family)} maxelem ${size} -exist\n`;
      this.#texts.set(name, `${head}${added(name, members)}`);
    }
    return name;
  }
}

function inet(family: Family): string {
  return family === 4 ? 'inet' : 'inet6';
}

/** hash:net holds no prefix of length 0 (ipset(8)). */
function halved(network: string): readonly string[] {
  if (network === '0.0.0.0/0') return ['0.0.0.0/1', '128.0.0.0/1'];
  return network === '::/0' ? ['::/1', '8000::/1'] : [network];
}

function added(name: string, members: readonly string[]): string {
  return members.map((member) => `add ${name} ${member} -exist\n`).join('');
}
