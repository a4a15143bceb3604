import type { AddressRange } from '../base/address.ts';
import { formatAddress, parseAddress, parseNetwork } from '../base/address.ts';
import type { AddressSet } from '../base/address-set.ts';
import { addressSet, hasAddress } from '../base/address-set.ts';
import { RecentMap } from '../base/recent-map.ts';
import type { BoundName, BoundPolicy } from '../model/bound-policy.ts';
import type { Instant } from '../model/core.ts';
import { parseDnsName } from './references.ts';

const SECOND = 1000;
/** Seconds that an address stays at least: devices keep answers longer than their time to live. */
const FLOOR = 3600;
/** Seconds on top, for what is under way when the time is over. */
const GRACE = 300;
/** RFC 2181 §8: a time to live is at most 2^31 - 1; a week is more than anybody means. */
const CEILING = 7 * 86_400;
/** Addresses that one name may stand for at a time. */
const ADDRESSES = 50;
/** Addresses whose names are remembered, and names of one address. */
const SHARED_CAPACITY = 16_384;
const SHARED_NAMES = 16;

/** An answer that a device got, as it was seen on the wire. */
export interface DnsAnswer {
  readonly at: Instant;
  /** Address of whoever had asked. */
  readonly client: string;
  /** The name that was asked for: what it is an alias of is between the server and itself. */
  readonly name: string;
  readonly addresses: readonly { readonly address: string; readonly ttl: number }[];
}

/**
 * What is to be done to the set of a `BoundName`. `add`: it is not there. `refresh`: its time starts
 * anew; a kernel whose sets do not do that when an element is added again needs it deleted and added
 * in one transaction. `remove`: it may have run out there already, which is no error.
 */
export interface NameOperation {
  readonly kind: 'add' | 'refresh' | 'remove';
  /** `BoundName.id`. */
  readonly name: string;
  readonly address: string;
  readonly family: 4 | 6;
  /** Time-out of the element; 0 for `remove`. */
  readonly seconds: number;
}

/**
 * What a person should know. `full`: more addresses than a name may have, the one that was to go
 * first went. `shared`: whoever may reach the name reaches these names too. `inside`: the answer
 * leads into the network itself, which a name outside must not (DNS rebinding), and was not taken.
 */
export interface NameReport {
  readonly kind: 'full' | 'shared' | 'inside';
  readonly name: string;
  readonly address: string;
  readonly others: readonly string[];
}

export interface NameEffects {
  readonly operations: readonly NameOperation[];
  readonly reports: readonly NameReport[];
}

export interface NameOptions {
  /** The network's own addresses, beside those that are private anyway. */
  readonly inside?: AddressSet;
  /** Addresses that one name may have. */
  readonly limit?: number;
}

interface Element {
  readonly family: 4 | 6;
  expires: Instant;
}

/** Names of networks that have no others (RFC 6762, RFC 8375; ICANN's `internal`; usual on routers). */
const PRIVATE_NAMES = ['local', 'home.arpa', 'internal', 'lan', 'home'];

/** Where no name outside leads: private, link-local, loopback, multicast (IANA special registries). */
const INSIDE: AddressSet = addressSet(
  [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '224.0.0.0/3',
    '::/127',
    'fc00::/7',
    'fe80::/10',
    'ff00::/8',
  ]
    .map((text) => parseNetwork(text))
    .filter((range) => range !== undefined),
);

/**
 * Keeps the sets of a policy's names as devices learn addresses. An answer counts only where a rule
 * with that name speaks of the device that got it, so that nobody opens a way for another by asking.
 *
 * Whoever runs it applies the operations in order, and calls `tick` at least once in the `GRACE`.
 */
export class NameSets {
  /** Sets by exact name, those with a pattern, and whose answers count for each. */
  #exact = new Map<string, readonly BoundName[]>();
  #below: readonly BoundName[] = [];
  #clients = new Map<string, AddressSet>();
  readonly #inside: AddressSet;
  readonly #limit: number;
  /** By `BoundName.id`, then by address. */
  readonly #elements = new Map<string, Map<string, Element>>();
  readonly #namesOf = new RecentMap<ReadonlySet<string>>(SHARED_CAPACITY);
  readonly #reported = new RecentMap<true>(SHARED_CAPACITY);
  #isLive: (address: string) => boolean = () => false;

  constructor(policy: BoundPolicy, at: Instant, options: NameOptions = {}) {
    const { inside = [], limit = ADDRESSES } = options;
    this.#inside = addressSet([...INSIDE, ...inside]);
    this.#limit = limit;
    this.#fill(policy, at);
  }

  answer(answer: DnsAnswer): NameEffects {
    const name = parseDnsName(answer.name);
    const client = parseAddress(answer.client);
    if (name === undefined || client === undefined) return NOTHING;
    const sets = [...(this.#exact.get(name) ?? []), ...this.#below].filter(
      ({ id, patterns }) =>
        matchesName(patterns, name) && hasAddress(this.#clients.get(id) ?? [], client),
    );
    const effects = answer.addresses.flatMap(({ address, ttl }) =>
      this.#address(answer.at, name, address, ttl, sets),
    );
    return merged(effects);
  }

  /**
   * Lets addresses go whose time is over.
   *
   * @param isLive whether a connection with the address is under way: then it stays
   */
  tick(at: Instant, isLive: (address: string) => boolean): NameEffects {
    this.#isLive = isLive;
    const operations: NameOperation[] = [];
    for (const [name, elements] of this.#elements) {
      for (const [address, element] of elements) {
        // Before the kernel's own time-out, so that a live one never is without.
        if (element.expires - at > GRACE * SECOND) continue;
        if (isLive(address)) {
          element.expires = at + (FLOOR + GRACE) * SECOND;
          operations.push(operation('refresh', name, address, element, FLOOR + GRACE));
        } else if (element.expires <= at) {
          elements.delete(address);
          operations.push(operation('remove', name, address, element, 0));
        }
      }
    }
    return { operations, reports: [] };
  }

  /** Another policy is in force; its sets are new and empty but for what it was bound with. */
  rebind(policy: BoundPolicy, at: Instant): NameEffects {
    const before = new Map(this.#elements);
    this.#elements.clear();
    this.#fill(policy, at);
    const operations: NameOperation[] = [];
    for (const { id } of policy.names) {
      const kept = before.get(id) ?? new Map<string, Element>();
      for (const [address, element] of kept) {
        const seconds = Math.ceil((element.expires - at) / SECOND);
        if (seconds <= 0) continue;
        this.#elements.get(id)?.set(address, element);
        operations.push(operation('add', id, address, element, seconds));
      }
    }
    return { operations, reports: [] };
  }

  /** Addresses of one name now. */
  addresses(name: string): readonly string[] {
    return [...(this.#elements.get(name)?.keys() ?? [])];
  }

  /** What a name was bound with is in its set from the start, and goes when nobody uses it. */
  #fill(policy: BoundPolicy, at: Instant): void {
    const isBelow = ({ patterns }: BoundName): boolean =>
      patterns.some((one) => one.startsWith('*.'));
    this.#below = policy.names.filter(isBelow);
    this.#exact = exactly(policy.names.filter((name) => !isBelow(name)));
    this.#clients = clientsOf(policy);
    const expires = at + (FLOOR + GRACE) * SECOND;
    for (const { id, addresses } of policy.names) {
      const elements = new Map<string, Element>();
      for (const { family, from, to } of addresses) {
        for (let value = from; value <= to && elements.size < this.#limit; value += 1n) {
          elements.set(formatAddress({ family, value }), { family, expires });
        }
      }
      this.#elements.set(id, elements);
    }
  }

  #address(
    at: Instant,
    name: string,
    text: string,
    ttl: number,
    sets: readonly BoundName[],
  ): readonly NameEffects[] {
    const parsed = parseAddress(text);
    if (parsed === undefined) return [];
    const address = formatAddress(parsed);
    const others = this.#shareOf(address, name);
    if (hasAddress(this.#inside, parsed) && !isPrivateName(name)) {
      return sets.map(({ id }) => this.#report('inside', id, address, []));
    }
    return sets.map(({ id, patterns }) => {
      const foreign = others.filter((other) => !matchesName(patterns, other));
      const shared = foreign.length === 0 ? NOTHING : this.#report('shared', id, address, foreign);
      return merged([this.#put(at, id, address, parsed.family, ttl), shared]);
    });
  }

  #put(at: Instant, id: string, address: string, family: 4 | 6, ttl: number): NameEffects {
    const elements = this.#elements.get(id) ?? new Map<string, Element>();
    this.#elements.set(id, elements);
    const seconds = Math.min(Math.max(ttl, FLOOR), CEILING) + GRACE;
    const expires = at + seconds * SECOND;
    const known = elements.get(address);
    if (known !== undefined) {
      // A shorter time to live takes nothing back.
      if (expires <= known.expires) return NOTHING;
      known.expires = expires;
      return only(operation('refresh', id, address, known, seconds));
    }
    const room = elements.size < this.#limit ? NOTHING : this.#makeRoom(id, elements, address);
    const element = { family, expires };
    elements.set(address, element);
    return merged([room, only(operation('add', id, address, element, seconds))]);
  }

  /** The one that would go first, of those that nobody uses if there are any. */
  #makeRoom(id: string, elements: Map<string, Element>, wanted: string): NameEffects {
    const bySoonest = [...elements].sort(([, a], [, b]) => a.expires - b.expires);
    const [address, element] = bySoonest.find(([one]) => !this.#isLive(one)) ??
      bySoonest[0] ?? [undefined, undefined];
    if (address === undefined || element === undefined) return NOTHING;
    elements.delete(address);
    const report = this.#report('full', id, wanted, []);
    return merged([only(operation('remove', id, address, element, 0)), report]);
  }

  /** Other names that were seen to stand for the address. */
  #shareOf(address: string, name: string): readonly string[] {
    const known = this.#namesOf.get(address) ?? new Set<string>();
    const names = known.size < SHARED_NAMES ? new Set([...known, name]) : known;
    this.#namesOf.set(address, names);
    return [...names].filter((other) => other !== name).sort();
  }

  /** Once: an answer comes every few minutes. */
  #report(
    kind: NameReport['kind'],
    name: string,
    address: string,
    others: readonly string[],
  ): NameEffects {
    const key = `${kind} ${name} ${kind === 'full' ? '' : address} ${others.length}`;
    if (this.#reported.get(key) === true) return NOTHING;
    this.#reported.set(key, true);
    return { operations: [], reports: [{ kind, name, address, others }] };
  }
}

const NOTHING: NameEffects = { operations: [], reports: [] };

function only(one: NameOperation): NameEffects {
  return { operations: [one], reports: [] };
}

function merged(effects: readonly NameEffects[]): NameEffects {
  return {
    operations: effects.flatMap(({ operations }) => operations),
    reports: effects.flatMap(({ reports }) => reports),
  };
}

function operation(
  kind: NameOperation['kind'],
  name: string,
  address: string,
  { family }: Pick<Element, 'family'>,
  seconds: number,
): NameOperation {
  return { kind, name, address, family, seconds };
}

function exactly(names: readonly BoundName[]): Map<string, readonly BoundName[]> {
  const byName = new Map<string, BoundName[]>();
  for (const name of names) {
    for (const pattern of name.patterns) {
      byName.set(pattern, [...(byName.get(pattern) ?? []), name]);
    }
  }
  return byName;
}

/** Whose rules speak of each name: the device's end is an address, the other end is the name. */
function clientsOf({ egress, ingress }: BoundPolicy): Map<string, AddressSet> {
  const ranges = new Map<string, AddressRange[]>();
  const note = (names: readonly string[], clients: AddressSet): void => {
    for (const name of names) {
      const known = ranges.get(name);
      if (known === undefined) ranges.set(name, [...clients]);
      else known.push(...clients);
    }
  };
  for (const { from, to } of [...egress, ...ingress]) {
    note(to.names, from.ranges);
    note(from.names, to.ranges);
  }
  return new Map([...ranges].map(([name, all]) => [name, addressSet(all)]));
}

/** `*.` in front stands for every name below. */
export function matchesName(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) =>
    pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : name === pattern,
  );
}

function isPrivateName(name: string): boolean {
  return PRIVATE_NAMES.some((suffix) => name.endsWith(`.${suffix}`));
}
