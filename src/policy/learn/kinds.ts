import { RecentMap } from '../../base/recent-map.ts';
import type { LearnDevice, LearntFlow, Side } from './proposal.ts';
import type { Beginning } from './tally.ts';
import { Tally } from './tally.ts';

/** Kinds of flows of one device that are kept apart, and those of them that nobody ever answered. */
const KINDS = 2048;
const UNANSWERED = 256;
/** Addresses of one device whose name is remembered; at most twice as many. */
const NAMES = 4096;
/** Systems give callers ports from here on (Linux; RFC 6335 §6 has 49152). */
export const EPHEMERAL = 32_768;
/** Server ports from there on with one peer that are kept apart. */
const PORTS = 8;
/** From so many on they are no service's but whatever was free. */
const MANY = 3;

export type Peer =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'device'; readonly device: LearnDevice }
  | { readonly kind: 'self' }
  | { readonly kind: 'local' | 'public'; readonly address: string };

/** `tcp`, `udp`, an echo (RFC 792, RFC 4443), or the number of another IP protocol. */
export type KindProtocol = 'tcp' | 'udp' | 'icmp' | 'icmpv6' | number;

/** Flows that one rule would allow. */
export interface Kind {
  readonly side: Side;
  readonly peer: Peer;
  readonly protocol: KindProtocol;
  /** Of the server, inclusive; 0 where the protocol has none. */
  readonly from: number;
  readonly to: number;
  /** Ports of which it was made, where it is a range. */
  readonly ports: number;
  readonly tally: Tally;
}

export interface Observation {
  readonly side: Side;
  readonly peer: Peer;
  readonly protocol: KindProtocol;
  readonly port: number;
  readonly flow: LearntFlow;
  readonly beginning: Beginning;
}

type Seen = Omit<Observation, 'flow'>;

interface Counted {
  readonly seen: Seen;
  readonly tally: Tally;
}

/** High server ports of one peer: from the lowest to the highest, of which at most `PORTS` + 1 are kept. */
interface Range {
  from: number;
  to: number;
  readonly ports: Set<number>;
}

/** The kinds of flows of one device: bounded, whatever the device does. */
export class Kinds {
  readonly #answered = new Map<string, Counted>();
  readonly #silent = new Map<string, Counted>();
  /** By side, protocol and peer. */
  readonly #ranges = new Map<string, Range>();
  readonly #names = new RecentMap<string>(NAMES);
  readonly #offset: number;

  constructor(offset: number) {
    this.#offset = offset;
  }

  /** By which name the device had learnt the address. */
  name(address: string, name: string): void {
    const known = this.#names.get(address);
    // The first by the alphabet, so that the order of the flows does not matter.
    if (known === undefined || name < known) this.#names.set(address, name);
  }

  /** @returns whether there was room */
  add({ flow, ...seen }: Observation): boolean {
    const isSilent = seen.beginning === 'silent';
    const kinds = isSilent ? this.#silent : this.#answered;
    const port = isSilent ? seen.port : this.#portOf(seen);
    const key = keyOf(seen, port);
    const kind = kinds.get(key) ?? { seen: { ...seen, port }, tally: new Tally() };
    if (kind.tally.flows === 0) {
      if (kinds.size >= (isSilent ? UNANSWERED : KINDS)) return false;
      kinds.set(key, kind);
    }
    kind.tally.add(flow, seen.beginning, this.#offset);
    return true;
  }

  /**
   * In the order of their keys. What was an address before its name was heard of (a capture begins
   * in the midst of things) is counted to the name; many high ports of one peer become a range.
   */
  all(): readonly Kind[] {
    const joined = new Map<string, Kind>();
    for (const { seen, tally } of this.#answered.values()) {
      const kind = this.#kindOf(seen, tally);
      const key = keyOf(kind, kind.ports === 1 ? kind.from : RANGE);
      const known = joined.get(key);
      joined.set(key, known === undefined ? kind : together(known, kind));
    }
    for (const [key, kind] of this.#unanswered()) if (!joined.has(key)) joined.set(key, kind);
    return [...joined].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, kind]) => kind);
  }

  /** What nobody ever answered: where somebody did, that shows the need. */
  #unanswered(): Map<string, Kind> {
    const joined = new Map<string, Kind>();
    for (const { seen, tally } of this.#silent.values()) {
      const kind = this.#single(seen, tally);
      const key = keyOf(kind, kind.from);
      const known = joined.get(key);
      joined.set(key, known === undefined ? kind : together(known, kind));
    }
    return joined;
  }

  #kindOf(seen: Seen, counted: Tally): Kind {
    const kind = this.#single(seen, counted);
    const { port } = seen;
    const range =
      port === RANGE || port >= EPHEMERAL ? this.#ranges.get(keyOf(seen, RANGE)) : undefined;
    if (range === undefined || range.ports.size < MANY) return kind;
    return { ...kind, from: range.from, to: range.to, ports: range.ports.size };
  }

  #single(seen: Seen, counted: Tally): Kind {
    const tally = new Tally();
    tally.merge(counted);
    const { side, protocol, port } = seen;
    return { side, protocol, peer: this.#named(seen), from: port, to: port, ports: 1, tally };
  }

  #named({ side, peer }: { readonly side: Side; readonly peer: Peer }): Peer {
    if (side === 'to-device' || (peer.kind !== 'public' && peer.kind !== 'local')) return peer;
    const name = this.#names.get(peer.address);
    return name === undefined ? peer : { kind: 'name', name };
  }

  /** The port under which it is kept: its own, or `RANGE` where the peer has used many. */
  #portOf(seen: Seen): number {
    const { port } = seen;
    if (port < EPHEMERAL) return port;
    const key = keyOf(seen, RANGE);
    const range = this.#ranges.get(key);
    if (range === undefined) {
      const first = { from: port, to: port, ports: new Set([port]) };
      if (this.#ranges.size < KINDS) this.#ranges.set(key, first);
      return port;
    }
    range.from = Math.min(range.from, port);
    range.to = Math.max(range.to, port);
    if (range.ports.has(port)) return port;
    if (range.ports.size <= PORTS) range.ports.add(port);
    return range.ports.size <= PORTS ? port : RANGE;
  }
}

/** Stands for the port of a range in keys. */
const RANGE = -1;

/** Two addresses of one name. */
function together(a: Kind, b: Kind): Kind {
  a.tally.merge(b.tally);
  return {
    ...a,
    from: Math.min(a.from, b.from),
    to: Math.max(a.to, b.to),
    ports: Math.max(a.ports, b.ports),
  };
}

function keyOf(
  { side, peer, protocol }: Pick<Seen, 'side' | 'peer' | 'protocol'>,
  port: number,
): string {
  return `${side} ${peerKey(peer)} ${protocol} ${port}`;
}

/** What tells one peer from another. */
export function peerKey(peer: Peer): string {
  switch (peer.kind) {
    case 'name':
      return `name:${peer.name}`;
    case 'device':
      return `device:${peer.device.id}`;
    case 'self':
      return 'self';
    case 'local':
    case 'public':
      return `net:${peer.address}`;
  }
}
