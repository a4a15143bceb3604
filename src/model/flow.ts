import type { Carrier, Certainty, Instant } from './core.ts';
import type { Fact } from './evidence.ts';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
  readonly mac?: string;
}

/** Milliseconds after which a conversation that goes on is told of (RFC 5102 §5.11.3, active time-out). */
export const ACTIVE_TIMEOUT = 60_000;

/** One conversation (RFC 7011 §2, both directions joined): the unit that is monitored. */
export interface Flow {
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  /** Whoever opened it; for UDP whoever spoke first. */
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** It goes on: this is what it was so far, and the whole is told when it ends. */
  readonly active?: true;
  /** TCP without its SYN: it was open before we listened, and who opened it is a guess. */
  readonly midStream?: true;
  readonly transport: 'tcp' | 'udp' | 'icmp' | 'other';
  /** IP protocol number; for what is no IP the EtherType. */
  readonly ipProtocol: number;
  readonly vlan?: number;
  /** From the source, and to it: packets and octets of payload on the wire. */
  readonly sent: Volume;
  readonly received: Volume;
  /** `answered`: the other side took part. `refused`: reset or ICMP. `silent`: nothing came back. */
  readonly outcome: 'answered' | 'refused' | 'silent';
  /** Id of a protocol, or `unknown`. */
  readonly protocol: string;
  readonly version: string;
  readonly over: Carrier | 'none';
  readonly certainty: Certainty;
  /** Server name of TLS or QUIC; name by which the source had asked DNS for the address. */
  readonly sni?: string;
  readonly name?: string;
  /** github.com/corelight/community-id-spec, version 1. */
  readonly communityId: string;
  /** Frames of the capture, the first and the last. */
  readonly frames: readonly [first: number, last: number];
  /** Octets of payload that were lost to the capture or not seen (gaps in TCP). */
  readonly lost: number;
  /** What was learnt of its two ends, and particulars for showing. */
  readonly facts: readonly FlowFact[];
}

export interface Volume {
  readonly packets: number;
  readonly bytes: number;
}

export interface FlowFact {
  /** Of which end it speaks. */
  readonly of: 'source' | 'destination';
  readonly fact: Fact;
}

/** A named value of a protocol, in the field's own words: `tls.sni`, `mqtt.client_id`. */
export interface Field {
  readonly name: string;
  readonly value: string;
}
