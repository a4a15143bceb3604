import { shortId } from '../base/id.ts';
import { isGloballyUnique } from '../identify/oui-table.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Binding, Group } from './binding.ts';
import { aloof, contradict, extend } from './binding.ts';
import { keysIn, rankOf, schemeOf, strengthOf } from './keys.ts';
import { Words } from './words.ts';

/**
 * Which evidence is about the same device.
 *
 * A piece of evidence belongs to a binding (an address while one card has it), decided once, when it
 * comes. Bindings that share a key are one device, unless the key turns out to be held by two
 * machines at once: then it identifies neither, and whatever it had joined is taken apart again.
 */
export class Identities {
  readonly #byAddress = new Map<string, Binding[]>();
  readonly #byKey = new Map<string, Set<Binding>>();
  readonly #groups = new Set<Group>();
  /** Keys that two machines had at once. They join nothing any more. */
  readonly #shared = new Set<string>();
  /** Found to be shared and not yet taken apart. */
  readonly #suspects = new Set<string>();
  readonly #words = new Words();
  /** Ids have to be given anew: a group came, went or got another key. */
  #unnamed = false;

  groups(): Iterable<Group> {
    return this.#groups;
  }

  /** The binding that an address has now, or had last. */
  at(address: string): Binding | undefined {
    return this.#byAddress.get(address)?.reduce((best, one) => (one.to >= best.to ? one : best));
  }

  /** Who else claims the card or the address of this binding, in words; empty where nobody does. */
  conflictsOf(binding: Binding): readonly string[] {
    const others = this.#byAddress.get(binding.address) ?? [];
    return [
      ...[...binding.keys.keys()].flatMap((key) => this.#claims(binding, key)),
      ...others
        .filter((other) => contested(binding, other))
        .map(({ mac }) => `address ${binding.address} is answered by ${mac} too`),
    ];
  }

  #claims(binding: Binding, key: string): readonly string[] {
    if (!this.#shared.has(key) || strengthOf(key) !== 'strong') return [];
    const others = [...(this.#byKey.get(key) ?? [])].filter(
      (other) => other.group !== binding.group && other.address !== binding.address,
    );
    return others.length === 0
      ? []
      : [`${nameOfKey(key)} is claimed by ${listed(others.map(({ address }) => address))} too`];
  }

  /** Files a piece of evidence under its binding, and joins or parts what it joins or parts. */
  place(evidence: Evidence): Binding {
    const binding = this.#bindingFor(evidence);
    binding.evidence.push(evidence);
    // A person's word is no sighting.
    if (evidence.source !== 'user') extend(binding, evidence.at);
    this.#note(binding, evidence);
    this.#heed(binding, evidence);
    this.#settle();
    binding.group.version += 1;
    return binding;
  }

  /** The device's id: made from its best key within its first minute, the same for as long as it exists. */
  idOf(group: Group): string {
    if (this.#unnamed) this.#name();
    return group.id;
  }

  #bindingFor(evidence: Evidence): Binding {
    const { address, mac } = evidence.subject;
    const known = this.#byAddress.get(address) ?? [];
    if (mac === undefined) return holderAt(known, evidence.at) ?? this.#create(evidence);
    const same = known.find((binding) => binding.mac === mac);
    if (same !== undefined) return same;
    const nameless = known.find((binding) => binding.mac === undefined);
    // Nothing says that the card seen now is another than the one not seen before.
    if (nameless !== undefined) nameless.mac = mac;
    return nameless ?? this.#create(evidence);
  }

  #create({ subject, at }: Evidence): Binding {
    const group: Group = { bindings: [], version: 0, id: '' };
    const binding: Binding = {
      address: subject.address,
      mac: subject.mac,
      keys: new Map(),
      evidence: [],
      from: at,
      to: at,
      group,
    };
    group.bindings.push(binding);
    this.#groups.add(group);
    this.#unnamed = true;
    const known = this.#byAddress.get(subject.address);
    if (known === undefined) this.#byAddress.set(subject.address, [binding]);
    else known.push(binding);
    return binding;
  }

  /** Keeps what keys the evidence has, and joins by the new ones. */
  #note(binding: Binding, evidence: Evidence): void {
    if (binding.mac !== undefined) this.#hold(binding, `mac:${binding.mac}`, '', evidence);
    const sightings = keysIn(evidence);
    for (const { key, slot } of sightings) this.#hold(binding, key, slot, evidence);
    if (sightings.length > 0 && binding.group.bindings.length > 1) this.#recheck(binding);
  }

  #hold(binding: Binding, key: string, slot: string, { id, at }: Evidence): void {
    const held = binding.keys.get(key);
    if (held !== undefined) {
      extend(held, at);
      return;
    }
    this.#unnamed = true;
    binding.keys.set(key, { key, slot, evidence: id, at, from: at, to: at });
    const holders = this.#byKey.get(key);
    if (holders === undefined) this.#byKey.set(key, new Set([binding]));
    else holders.add(binding);
    if (binding.group.bindings.length > 1 && key.startsWith('mac:')) this.#recheck(binding);
    for (const link of this.#words.linksFor(key)) {
      this.#hold(binding, link, '', { ...WORD, id, at });
    }
    this.#join(binding, key);
  }

  #join(binding: Binding, key: string): void {
    if (this.#shared.has(key) || this.#words.refuses(binding, key)) return;
    for (const other of this.#byKey.get(key) ?? []) {
      if (this.#suspects.has(key)) return;
      if (other.group === binding.group || !this.#mayJoin(binding, other, key)) continue;
      if (this.#fits(binding, other, key)) this.#merge(binding.group, other.group);
      else this.#suspects.add(key);
    }
  }

  /** Whether no person's word stands against it. */
  #mayJoin(binding: Binding, other: Binding, key: string): boolean {
    return (
      other.keys.has(key) &&
      !this.#words.refuses(other, key) &&
      !this.#words.forbids(binding.group, other.group)
    );
  }

  #fits(binding: Binding, other: Binding, key: string): boolean {
    const strength = strengthOf(key);
    if (strength === 'user') return true;
    if (strength === 'weak' && aloof(binding, other)) return false;
    return !binding.group.bindings.some((a) => other.group.bindings.some((b) => contradict(a, b)));
  }

  /** Whether what joined this binding with others of its group still holds, now that more is known. */
  #recheck(binding: Binding): void {
    for (const other of binding.group.bindings) {
      if (other === binding) continue;
      const common = [...binding.keys.keys()].filter((key) => other.keys.has(key));
      if (common.some((key) => strengthOf(key) === 'user')) continue;
      const weakOnly = common.length > 0 && common.every((key) => strengthOf(key) === 'weak');
      if (!contradict(binding, other) && !(weakOnly && aloof(binding, other))) continue;
      for (const key of common) this.#suspects.add(key);
    }
  }

  #merge(a: Group, b: Group): void {
    const [kept, gone] = a.bindings.length >= b.bindings.length ? [a, b] : [b, a];
    for (const binding of gone.bindings) {
      binding.group = kept;
      kept.bindings.push(binding);
    }
    kept.bindings.sort(older);
    kept.version += gone.version + 1;
    this.#groups.delete(gone);
    this.#unnamed = true;
  }

  /** Takes apart whatever a shared key had joined, until nothing more turns out to be shared. */
  #settle(): void {
    while (this.#suspects.size > 0) {
      const affected = new Set<Group>();
      for (const key of this.#suspects) {
        this.#shared.add(key);
        for (const { group } of this.#byKey.get(key) ?? []) affected.add(group);
      }
      this.#suspects.clear();
      this.#regroup(affected);
    }
  }

  #regroup(groups: ReadonlySet<Group>): void {
    const bindings = [...groups].flatMap((group) => group.bindings).sort(older);
    for (const group of groups) this.#groups.delete(group);
    for (const binding of bindings) this.#found(binding);
    for (const binding of bindings) {
      for (const key of binding.keys.keys()) this.#join(binding, key);
    }
  }

  /** Makes a binding a device of its own. */
  #found(binding: Binding): void {
    binding.group = { bindings: [binding], version: 0, id: '' };
    this.#groups.add(binding.group);
    this.#unnamed = true;
  }

  /** What a person says about who is who. */
  #heed(binding: Binding, evidence: Evidence): void {
    const { fact } = evidence;
    if (fact.kind !== 'same' && fact.kind !== 'not-same') return;
    if (fact.kind === 'not-same') {
      this.#words.part(binding, fact.key);
      this.#regroup(new Set([binding.group]));
      return;
    }
    const link = this.#words.link(binding, fact.key, evidence.id);
    this.#hold(binding, link, '', evidence);
    for (const holder of this.#holdersOf(fact.key)) this.#hold(holder, link, '', evidence);
  }

  #holdersOf(key: string): readonly Binding[] {
    if (!key.startsWith('address:')) return [...(this.#byKey.get(key) ?? [])];
    const holder = this.at(key.slice('address:'.length));
    return holder === undefined ? [] : [holder];
  }

  /**
   * Names all at once and in the order of their first evidence, so that an id does not depend on
   * when somebody asked: who was there first keeps the short one where two would have the same.
   */
  #name(): void {
    const taken = new Set<string>();
    const groups = [...this.#groups].sort((a, b) => firstId(a) - firstId(b));
    for (const group of groups) {
      group.id = freeId(group, taken);
      taken.add(group.id);
    }
    this.#unnamed = false;
  }
}

function firstId({ bindings }: Group): number {
  return bindings[0]?.evidence[0]?.id ?? 0;
}

function freeId(group: Group, taken: ReadonlySet<string>): string {
  const key = foundingKey(group);
  const first = group.bindings[0];
  // Two devices have one founding key where a MAC was cloned or a person parted them.
  for (const text of [key, `${key} at ${first?.address}`, `${key} of ${firstId(group)}`]) {
    for (let length = 4; length <= 6; length += 1) {
      const id = shortId('D', text, length);
      if (!taken.has(id)) return id;
    }
  }
  return shortId('D', `${key} of ${firstId(group)}`, 12);
}

/** What a link that was made by a person's word has in common with evidence. */
const WORD: Omit<Evidence, 'id' | 'at'> = {
  source: 'user',
  observer: 'user',
  subject: { address: '' },
  certainty: 'proved',
  fact: { kind: 'present', via: 'import' },
};

/** Milliseconds after the first sighting within which a better key still names the device. */
const FOUNDING = 60_000;

/**
 * Not simply the first key: in a first scan the address comes before the MAC or after it, as the
 * packets fall, and two runs should call a device the same.
 */
function foundingKey({ bindings }: Group): string {
  const start = bindings[0]?.evidence[0]?.at ?? 0;
  const keys = bindings.flatMap(({ keys: held, address, evidence }) => [
    ...held.values(),
    { key: addressKey(address), at: evidence[0]?.at ?? 0, slot: '' },
  ]);
  const [best] = keys
    .filter(({ key, at }) => rankOf(key) !== -1 && Math.abs(at - start) <= FOUNDING)
    .sort((a, b) => rankOf(a.key) - rankOf(b.key) || a.at - b.at || (a.key < b.key ? -1 : 1));
  return best?.key ?? '';
}

/** A device without an address of its own is filed under a pseudo-address `child:…`, its key as it is. */
export function addressKey(address: string): string {
  return address.startsWith('child:') ? address : `address:${address}`;
}

/** Who had the address at that time: of those already there, the one seen last. */
function holderAt(known: readonly Binding[], at: number): Binding | undefined {
  const there = known.filter(({ from }) => from <= at);
  return (there.length > 0 ? there : known.slice(0, 1)).reduce<Binding | undefined>(
    (best, one) => (best === undefined || one.to >= best.to ? one : best),
    undefined,
  );
}

/** By the store's order, which no later import changes. */
function older(a: Binding, b: Binding): number {
  return (a.evidence[0]?.id ?? 0) - (b.evidence[0]?.id ?? 0);
}

/**
 * Two cards that answer for one address by turns: one of them for somebody else's. A lease that
 * changed hands is no conflict, nor is a private address that was changed.
 */
function contested(a: Binding, b: Binding): boolean {
  return (
    a.group !== b.group &&
    a.mac !== undefined &&
    b.mac !== undefined &&
    isGloballyUnique(a.mac) &&
    isGloballyUnique(b.mac) &&
    a.from < b.to &&
    b.from < a.to
  );
}

/** `MAC 00:11:…`; of other keys, whose text is the device's, the scheme only. */
function nameOfKey(key: string): string {
  return key.startsWith('mac:') ? `MAC ${key.slice(4)}` : `its ${schemeOf(key)}`;
}

function listed(addresses: readonly string[]): string {
  const unique = [...new Set(addresses)].sort();
  const more = unique.length > 3 ? ` and ${unique.length - 3} more` : '';
  return `${unique.slice(0, 3).join(', ')}${more}`;
}
