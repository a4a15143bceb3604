import type { AddressSet } from '../base/address-set.ts';
import type { PortSet } from '../base/port-set.ts';
import type { Instant } from './core.ts';
import type { ConnectionLimit, PolicyAction, RateLimit } from './policy.ts';

/**
 * A policy as it stands now, with every name looked up: what is decided upon, simulated and
 * rendered. Names of people and devices are gone; what is left are our ids, numbers and addresses.
 *
 * How a new connection is judged (everything else passes by its state; `invalid` is dropped where
 * either end is managed):
 *
 * 1. `guard` allows: over.
 * 2. Egress: the first rule of `egress` that matches. None matches: denied where the source belongs
 *    to a managed device or the zone that it comes from denies; else left alone.
 * 3. Ingress: the same with `ingress`, the destination and the zone that it goes to.
 * 4. Denied where one of the two denies (egress's action if both do); else allowed where one allows;
 *    else left alone.
 *
 * What a device in trial is denied for its own side passes, counted and logged. Destination NAT
 * comes before, source NAT after. What the router itself sends is not judged.
 */
export interface BoundPolicy {
  readonly zones: readonly BoundZone[];
  /** Managed ones only: trial, enforcing or quarantine. */
  readonly devices: readonly BoundDevice[];
  readonly names: readonly BoundName[];
  readonly guard: readonly BoundRule[];
  readonly egress: readonly BoundRule[];
  readonly ingress: readonly BoundRule[];
  readonly nat: BoundNat;
  readonly refuse: 'drop' | 'reject';
}

/** `id`: `[a-z][a-z0-9_]{0,30}`, ours, stable for as long as the name is; `name` is for people. */
export interface BoundZone {
  readonly id: string;
  readonly name: string;
  readonly interfaces: readonly string[];
  readonly networks: AddressSet;
  readonly internet: boolean;
  readonly denies: boolean;
}

export interface BoundDevice {
  /** From the id in the inventory: `d7f3k`. */
  readonly id: string;
  readonly device: string;
  readonly addresses: AddressSet;
  /** Empty where none is known: then its addresses are not tied to it. */
  readonly macs: readonly string[];
  readonly trial: boolean;
}

/** A DNS name of a rule: a set that is filled while the rules are in force. */
export interface BoundName {
  readonly id: string;
  /** Lower case, without a trailing dot; `*.` in front stands for every name below. */
  readonly patterns: readonly string[];
  /** What it was last seen to stand for, and when. */
  readonly addresses: AddressSet;
  readonly resolvedAt?: Instant;
}

/** One end of a rule: it matches where the address is in `ranges` or in a set of `names`. */
export interface BoundPeer {
  readonly ranges: AddressSet;
  /** Ids of `BoundName`. */
  readonly names: readonly string[];
  /** Managed devices, by `BoundDevice.id`, whose addresses are in `ranges`. */
  readonly devices: readonly string[];
}

/** Conjunction; undefined is *every*. A port or type is asked only of a protocol that has it. */
export interface BoundMatch {
  /** IANA protocol number. */
  readonly protocol?: number;
  readonly sourcePorts?: PortSet;
  readonly destinationPorts?: PortSet;
  /** ICMP or ICMPv6 types. */
  readonly types?: readonly number[];
}

export interface BoundRule {
  /** Of the rule in the policy, of the forward, or of what we add ourselves (`ptl-…`). */
  readonly id: string;
  /** `BoundZone.id`; only `to` can be `self`, the router. Undefined is any, the router included. */
  readonly fromZone?: string;
  readonly toZone?: string;
  readonly from: BoundPeer;
  readonly to: BoundPeer;
  /** One of them matches. Never empty. */
  readonly matches: readonly BoundMatch[];
  readonly action: PolicyAction;
  readonly rate?: RateLimit;
  readonly connections?: ConnectionLimit;
  readonly log: boolean;
  readonly expires?: Instant;
  /** Only what destination NAT brought here: a forward opens its own port and no other. */
  readonly translated?: boolean;
}

export interface BoundNat {
  readonly destination: readonly DestinationNat[];
  readonly source: readonly SourceNat[];
}

/** First match, before the rules. Of the two families only that of `toAddress` is touched. */
export interface DestinationNat {
  readonly id: string;
  readonly fromZones: readonly string[];
  readonly sources: AddressSet;
  readonly destinations: AddressSet;
  /** The router's own addresses, where `destinations` is not known. */
  readonly local: boolean;
  readonly match: BoundMatch;
  /** Undefined: the router itself (redirect). */
  readonly toAddress?: string;
  /** Undefined: the port stays. */
  readonly toPort?: number;
}

/** First match, after the rules. */
export interface SourceNat {
  readonly id: string;
  readonly family: 4 | 6;
  readonly sources: AddressSet;
  readonly toZone: string;
  /** Only what destination NAT brought here (hairpin). */
  readonly translated: boolean;
  /** Undefined: the address of the interface (masquerade). */
  readonly to?: { readonly from: string; readonly to: string; readonly persistent: boolean };
  /** One address for one address (1:1). */
  readonly oneToOne: boolean;
}
