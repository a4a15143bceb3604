import type { Address, AddressRange } from '../../base/address.ts';
import { contains, parseAddress } from '../../base/address.ts';
import { hasAddress } from '../../base/address-set.ts';
import type { BoundPolicy, BoundRule } from '../../model/bound-policy.ts';
import type { Instant } from '../../model/core.ts';
import type { ConnectionState } from '../../model/filter-program.ts';
import type { Decision } from '../../model/packet-verdict.ts';
import { Buckets } from './buckets.ts';
import type { Connection, Found, Tuple } from './conntrack.ts';
import {
  Conntrack,
  hasValidFlags,
  inverted,
  isError,
  isUntracked,
  lifetime,
  starts,
} from './conntrack.ts';
import type { Side } from './judge.ts';
import { Judge } from './judge.ts';
import type { Judged } from './match.ts';
import { PORTED, TCP } from './match.ts';
import { destinationNatOf, sourceNatOf } from './translate.ts';

/** A packet as it comes to the router. */
export interface SimulatedPacket extends Tuple {
  readonly at: Instant;
  readonly inInterface: string;
  readonly sourceMac?: string;
  /** Of TCP; a SYN where nothing is said. */
  readonly flags?: number;
  /** What an ICMP error quotes: the packet that went wrong, as it was where it went wrong. */
  readonly about?: Tuple;
}

export interface RouterModel {
  readonly interfaces: readonly {
    readonly name: string;
    /** Its own; the first of a family is what masquerading and redirects use. */
    readonly addresses: readonly Address[];
  }[];
  /** The first that contains the destination; networks of the interfaces belong among them. */
  readonly routes: readonly { readonly to: AddressRange; readonly out: string }[];
}

export interface Outcome {
  readonly state: ConnectionState;
  readonly decision: Decision;
  /** How it goes on, where it passes; without an interface to the router itself. */
  readonly leaves?: Leaving;
}

export interface Leaving extends Tuple {
  readonly outInterface?: string;
  /** Of a pool, one of these becomes the source: which is the kernel's choice. */
  readonly sources?: AddressRange;
}

/** How long an address of a name stays after it was last seen: as the sets of the ruleset keep it. */
const NAME_TIMEOUT = 86_400_000;
/** A packet that passes without being judged: a reply, an error about a connection. */
const BY_STATE = { verdict: 'allow', wouldBlock: false, rules: [] } as const;
const NOWHERE: Decision = {
  verdict: 'drop',
  wouldBlock: false,
  rules: [],
  because: 'Dropped: the router has no route to it.',
};

/** Without a port that could be changed, two connections would have the same replies. */
const CLASH: Decision = {
  verdict: 'drop',
  wouldBlock: false,
  rules: [],
  because: 'Dropped: source NAT has no other address for it, and another connection has this one.',
};

/**
 * A router that keeps a policy: connections, destination and source NAT, limits and the addresses of
 * names, at the time that the packets bring along. Sequence numbers and windows of TCP are not followed.
 */
export class Simulator {
  readonly #policy: BoundPolicy;
  readonly #router: RouterModel;
  readonly #judge: Judge;
  readonly #connections = new Conntrack();
  readonly #buckets = new Buckets();
  /** By name and address: until when. */
  readonly #names = new Map<string, Instant>();
  #now: Instant = 0;

  constructor(policy: BoundPolicy, router: RouterModel) {
    this.#policy = policy;
    this.#router = router;
    const known = new Map(policy.names.map(({ id, addresses }) => [id, addresses]));
    this.#judge = new Judge(policy, (id, address) => {
      const until = this.#names.get(`${id} ${address.family}/${address.value}`);
      return until === undefined
        ? hasAddress(known.get(id) ?? [], address)
        : this.#now < until || hasAddress(known.get(id) ?? [], address);
    });
  }

  /** An answer of DNS: the address stands for the name from now on. */
  learn(name: string, address: Address, at: Instant): void {
    this.#names.set(`${name} ${address.family}/${address.value}`, at + NAME_TIMEOUT);
  }

  /** Forgets every connection, and no limit. */
  flush(): void {
    this.#connections.clear();
  }

  packet(packet: SimulatedPacket): Outcome {
    this.#now = packet.at;
    const { protocol, type = 0, flags = 0x02 } = packet;
    if (isUntracked(protocol, type)) return this.#stateless(packet, 'untracked');
    if (isError(protocol, type)) return this.#error(packet);
    if (protocol === TCP && !hasValidFlags(flags)) return this.#stateless(packet, 'invalid');
    const found = this.#connections.find(tupleOf(packet), packet.at);
    if (found !== undefined) return this.#known(packet, found);
    if (!starts(packet, flags)) return this.#stateless(packet, 'invalid');
    return this.#new(packet);
  }

  /** Of no connection, and never translated. */
  #stateless(packet: SimulatedPacket, state: 'untracked' | 'invalid'): Outcome {
    const leaves = this.#routed(tupleOf(packet));
    if (leaves === undefined) return { state, decision: NOWHERE };
    const judged = judgedOf(packet, leaves);
    const decision =
      state === 'invalid'
        ? this.#judge.invalid(judged)
        : this.#judge.judge(judged, (rule, each, side) => this.#admits(rule, each, side));
    return passes(decision) ? { state, decision, leaves } : { state, decision };
  }

  /** It is about the reply that would have come, and must go to whoever sent what went wrong. */
  #error(packet: SimulatedPacket): Outcome {
    const quoted = packet.about && inverted(packet.about);
    const found = quoted && this.#connections.find(quoted, packet.at);
    if (found === undefined || quoted === undefined) return this.#stateless(packet, 'invalid');
    const expected = tupleAt(found).destination;
    if (!isSame(expected, packet.destination)) return this.#stateless(packet, 'invalid');
    const to = otherEnd(found).destination;
    const leaves = this.#routed({ ...tupleOf(packet), destination: to });
    return passedBy('related', 'Passes: an ICMP error about a connection that is known.', leaves);
  }

  #known(packet: SimulatedPacket, found: Found): Outcome {
    const { connection, direction } = found;
    const wasAnswered = connection.answered;
    if (direction === 'original' && !wasAnswered) return this.#again(packet, found);
    connection.answered = true;
    connection.expires = packet.at + lifetime(packet.protocol, true);
    const leaves = this.#routed(otherEnd(found));
    return passedBy('established', 'Passes: part of a connection that is known.', leaves);
  }

  /** Nobody has answered yet: it is judged as new again, and translated as before. */
  #again(packet: SimulatedPacket, found: Found): Outcome {
    const after = otherEnd(found);
    const leaves = this.#routed(after);
    if (leaves === undefined) return { state: 'new', decision: NOWHERE };
    const judged = { ...judgedOf(packet, { ...leaves, source: packet.source }) };
    const isTranslated = found.connection.translated ? { translated: true } : {};
    const decision = this.#judge.judge({ ...judged, ...isTranslated }, (rule, each, side) =>
      this.#admits(rule, each, side, [], found.connection),
    );
    if (!passes(decision)) return { state: 'new', decision };
    found.connection.expires = packet.at + lifetime(packet.protocol, false);
    const { sources } = found.connection;
    return {
      state: 'new',
      decision,
      leaves: sources === undefined ? leaves : { ...leaves, sources },
    };
  }

  #new(packet: SimulatedPacket): Outcome {
    const arrived = this.#destination(packet);
    const leaves = this.#routed(arrived.tuple);
    if (leaves === undefined) return { state: 'new', decision: NOWHERE };
    const counted: string[] = [];
    const judged = { ...judgedOf(packet, leaves), translated: arrived.translated };
    const decision = this.#judge.judge(judged, (rule, each, side) =>
      this.#admits(rule, each, side, counted),
    );
    if (!passes(decision)) return { state: 'new', decision };
    const left = leaves.outInterface === undefined ? leaves : this.#source(judged, leaves);
    const reply = inverted(left);
    if (reply === undefined) return { state: 'new', decision, leaves: left };
    if (
      this.#connections.find(reply, packet.at) !== undefined &&
      !PORTED.includes(packet.protocol)
    ) {
      return { state: 'new', decision: CLASH };
    }
    const connection = {
      original: tupleOf(packet),
      reply,
      translated: arrived.translated,
      ...(left.sources === undefined ? {} : { sources: left.sources }),
      counted,
      answered: false,
      expires: packet.at + lifetime(packet.protocol, false),
    };
    this.#connections.add(connection, packet.at);
    return { state: 'new', decision, leaves: left };
  }

  /** Tokens first, then connections, as the chain of a limit asks. */
  readonly #admits = (
    { id, rate, connections }: BoundRule,
    { source, at = 0 }: Judged,
    side: Side,
    counted: string[] = [],
    itself?: Connection,
  ): boolean => {
    const key = (each: 'rule' | 'source'): string =>
      each === 'rule' ? `${side} ${id}` : `${side} ${id} ${source.family}/${source.value}`;
    if (rate !== undefined && !this.#buckets.admits(key(rate.key), rate, at)) return false;
    if (connections === undefined) return true;
    const limit = key(connections.key);
    counted.push(limit);
    return this.#connections.count(limit, at, itself) < connections.max;
  };

  #destination(packet: SimulatedPacket): { readonly tuple: Tuple; readonly translated: boolean } {
    const { inInterface } = packet;
    const before = tupleOf(packet);
    const nat = destinationNatOf(this.#policy, { ...before, inInterface }, (address) =>
      this.#isLocal(address),
    );
    if (nat === undefined) return { tuple: before, translated: false };
    const own = this.#own(inInterface, packet.source.family);
    const destination = nat.toAddress === undefined ? own : parseAddress(nat.toAddress);
    if (destination === undefined) return { tuple: before, translated: false };
    const destinationPort = nat.toPort ?? before.destinationPort;
    const isMoved = destinationPort !== before.destinationPort;
    const translated = isMoved || !isSame(destination, before.destination);
    return { tuple: { ...before, destination, destinationPort }, translated };
  }

  #source(judged: Judged, leaves: Leaving): Leaving {
    const nat = sourceNatOf(this.#policy, judged);
    if (nat === undefined) return leaves;
    const { from, to } = nat.to ?? {};
    const [first, last] = [from, to].map((text) =>
      text === undefined ? this.#own(leaves.outInterface ?? '', nat.family) : parseAddress(text),
    );
    if (first === undefined || last === undefined) return leaves;
    const sources = { family: first.family, from: first.value, to: last.value };
    return isSame(first, last) ? { ...leaves, source: first } : { ...leaves, sources };
  }

  #routed(tuple: Tuple): Leaving | undefined {
    if (this.#isLocal(tuple.destination)) return tuple;
    const route = this.#router.routes.find(({ to }) => contains(to, tuple.destination));
    return route && { ...tuple, outInterface: route.out };
  }

  #isLocal(address: Address): boolean {
    return this.#router.interfaces.some(({ addresses }) =>
      addresses.some((own) => isSame(own, address)),
    );
  }

  #own(interfaceName: string, family: 4 | 6): Address | undefined {
    const own = this.#router.interfaces.find(({ name }) => name === interfaceName);
    return own?.addresses.find((address) => address.family === family);
  }
}

function tupleOf(packet: SimulatedPacket): Tuple {
  const { protocol, source, destination, sourcePort, destinationPort, type } = packet;
  const base = { protocol, source, destination, sourcePort, destinationPort };
  return type === undefined ? base : { ...base, type };
}

function judgedOf(packet: SimulatedPacket, leaves: Leaving): Judged {
  const { at, inInterface, sourceMac, source } = packet;
  const { outInterface, destination, destinationPort } = leaves;
  const { protocol, sourcePort, type } = packet;
  return {
    at,
    inInterface,
    ...(outInterface === undefined ? {} : { outInterface }),
    ...(sourceMac === undefined ? {} : { sourceMac }),
    source,
    destination,
    protocol,
    sourcePort,
    destinationPort,
    ...(type === undefined ? {} : { type }),
  };
}

function tupleAt({ connection, direction }: Found): Tuple {
  return direction === 'original' ? connection.original : connection.reply;
}

/** What a packet of this direction becomes: the inverse of what comes the other way. */
function otherEnd({ connection, direction }: Found): Tuple {
  const other = direction === 'original' ? connection.reply : connection.original;
  return inverted(other) ?? other;
}

function passes({ verdict }: Decision): boolean {
  return verdict === 'allow' || verdict === 'leave';
}

function passedBy(
  state: 'established' | 'related',
  because: string,
  leaves: Leaving | undefined,
): Outcome {
  if (leaves === undefined) return { state, decision: NOWHERE };
  return { state, decision: { ...BY_STATE, because }, leaves };
}

function isSame(a: Address, b: Address): boolean {
  return a.family === b.family && a.value === b.value;
}
