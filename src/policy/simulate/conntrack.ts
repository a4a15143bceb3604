import type { Address, AddressRange } from '../../base/address.ts';
import type { Instant } from '../../model/core.ts';
import { ICMP, ICMPV6, TCP, UDP } from './match.ts';

/** One direction of a connection. For ICMP the ports are the identifier, and the type is kept. */
export interface Tuple {
  readonly protocol: number;
  readonly source: Address;
  readonly destination: Address;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly type?: number;
}

export interface Connection {
  /** As its first packet came. */
  readonly original: Tuple;
  /** As its replies come: the inverse of what the first packet became. */
  readonly reply: Tuple;
  readonly translated: boolean;
  /** Of a pool: one of these is the source that it leaves with. */
  readonly sources?: AddressRange;
  /** Limits that it counts for. */
  readonly counted: readonly string[];
  answered: boolean;
  expires: Instant;
}

export interface Found {
  readonly connection: Connection;
  readonly direction: 'original' | 'reply';
}

/** Requests and their replies (RFC 792, RFC 4443, RFC 4620): what conntrack can invert. */
const ICMP_PAIRS: Readonly<Record<number, number>> = {
  8: 0,
  0: 8,
  13: 14,
  14: 13,
  15: 16,
  16: 15,
  17: 18,
  18: 17,
};
const ICMPV6_PAIRS: Readonly<Record<number, number>> = { 128: 129, 129: 128, 139: 140, 140: 139 };
/** Those that start a connection (nf_conntrack_proto_icmp.c, nf_conntrack_proto_icmpv6.c). */
const ICMP_STARTS: readonly number[] = [8, 13, 15, 17];
const ICMPV6_STARTS: readonly number[] = [128, 139];
/** Destination unreachable, source quench, redirect, time exceeded, parameter problem. */
const ICMP_ERRORS: readonly number[] = [3, 4, 5, 11, 12];
/** Multicast listeners and neighbour discovery are not tracked. */
const UNTRACKED: readonly number[] = [130, 131, 132, 133, 134, 135, 136, 143];

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;
const URG = 0x20;
/** What of PSH, ECE and CWR is set does not matter (tcp_valid_flags). */
const VALID_FLAGS: readonly number[] = [
  SYN,
  SYN | URG,
  SYN | ACK,
  RST,
  RST | ACK,
  FIN | ACK,
  FIN | ACK | URG,
  ACK,
  ACK | URG,
];

/** Seconds before and after an answer, the kernel's defaults (nf_conntrack-sysctl.rst). */
const TIMEOUTS: Readonly<Record<number, readonly [number, number]>> = {
  [TCP]: [120, 432_000],
  [UDP]: [30, 120],
  [ICMP]: [30, 30],
  [ICMPV6]: [30, 30],
};
const OTHER_TIMEOUT = [600, 600] as const;

export function isError(protocol: number, type: number): boolean {
  if (protocol === ICMP) return ICMP_ERRORS.includes(type);
  return protocol === ICMPV6 && type < 128;
}

export function isUntracked(protocol: number, type: number): boolean {
  return protocol === ICMPV6 && UNTRACKED.includes(type);
}

export function hasValidFlags(flags: number): boolean {
  return VALID_FLAGS.includes(flags & (FIN | SYN | RST | ACK | URG));
}

/**
 * Whether a packet of no known connection starts one: else it is invalid. An ACK in the middle of a
 * stream does (nf_conntrack_tcp_loose = 1), so what is allowed survives a restart; a SYN-ACK, a FIN
 * and an RST do not (tcp_conntracks, column sNO).
 */
export function starts(tuple: Tuple, flags: number): boolean {
  const { protocol, type = 0, source } = tuple;
  if (protocol === TCP) {
    if (!hasValidFlags(flags) || (flags & (RST | FIN)) !== 0) return false;
    return (flags & SYN) === 0 || (flags & ACK) === 0;
  }
  if (protocol === ICMP) return source.family === 4 && ICMP_STARTS.includes(type);
  return protocol !== ICMPV6 || (source.family === 6 && ICMPV6_STARTS.includes(type));
}

/** Undefined where there can be no reply. */
export function inverted(tuple: Tuple): Tuple | undefined {
  const { protocol, source, destination, sourcePort, destinationPort, type } = tuple;
  const ends = {
    protocol,
    source: destination,
    destination: source,
    sourcePort: destinationPort,
    destinationPort: sourcePort,
  };
  if (protocol !== ICMP && protocol !== ICMPV6) return ends;
  const reply = (protocol === ICMP ? ICMP_PAIRS : ICMPV6_PAIRS)[type ?? -1];
  return reply === undefined ? undefined : { ...ends, type: reply };
}

function keyOf(tuple: Tuple): string {
  const { protocol, source, destination, sourcePort, destinationPort, type = '' } = tuple;
  const ends = `${source.family}/${source.value} ${destination.value}`;
  return `${protocol} ${ends} ${sourcePort} ${destinationPort} ${type}`;
}

/** The connections that a router knows. It holds at most `capacity`; more are not taken in. */
export class Conntrack {
  readonly #capacity: number;
  readonly #byTuple = new Map<string, Found>();
  readonly #byLimit = new Map<string, Set<Connection>>();
  #size = 0;

  constructor(capacity = 262_144) {
    this.#capacity = capacity;
  }

  find(tuple: Tuple, at: Instant): Found | undefined {
    const found = this.#byTuple.get(keyOf(tuple));
    if (found === undefined || found.connection.expires > at) return found;
    this.remove(found.connection);
    return undefined;
  }

  add(connection: Connection, at: Instant): boolean {
    if (this.#size >= this.#capacity) this.#sweep(at);
    if (this.#size >= this.#capacity) return false;
    this.#byTuple.set(keyOf(connection.original), { connection, direction: 'original' });
    this.#byTuple.set(keyOf(connection.reply), { connection, direction: 'reply' });
    for (const limit of connection.counted) {
      const counted = this.#byLimit.get(limit) ?? new Set();
      this.#byLimit.set(limit, counted.add(connection));
    }
    this.#size += 1;
    return true;
  }

  remove(connection: Connection): void {
    this.#size -= this.#byTuple.delete(keyOf(connection.original)) ? 1 : 0;
    this.#byTuple.delete(keyOf(connection.reply));
    for (const limit of connection.counted) {
      const counted = this.#byLimit.get(limit);
      counted?.delete(connection);
      if (counted?.size === 0) this.#byLimit.delete(limit);
    }
  }

  /** Connections that count for a limit, but for the one that is asked for. */
  count(limit: string, at: Instant, besides?: Connection): number {
    let count = 0;
    for (const connection of this.#byLimit.get(limit) ?? []) {
      if (connection.expires > at && connection !== besides) count += 1;
    }
    return count;
  }

  clear(): void {
    this.#byTuple.clear();
    this.#byLimit.clear();
    this.#size = 0;
  }

  #sweep(at: Instant): void {
    for (const { connection } of [...this.#byTuple.values()]) {
      if (connection.expires <= at) this.remove(connection);
    }
  }
}

/** Milliseconds for which a connection is remembered after a packet. */
export function lifetime(protocol: number, answered: boolean): number {
  const [unanswered, live] = TIMEOUTS[protocol] ?? OTHER_TIMEOUT;
  return (answered ? live : unanswered) * 1000;
}
