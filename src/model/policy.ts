import type { PortSet } from '../base/port-set.ts';
import type { Instant } from './core.ts';

/**
 * What may happen on a site, as a person writes it and as we propose it: who may send the *first*
 * packet of a connection to whom. Replies and ICMP errors about them pass by state. Rules are
 * ordered, the first that matches decides, after the guard.
 *
 * A packet is judged twice: as what leaves its source (egress) and as what reaches its destination
 * (ingress). It passes where neither denies it. Where no rule matches, a managed device (state
 * trial, enforcing or quarantine) and a zone with `default: deny` deny; all others give no verdict
 * of ours: the packet is left to whatever else rules there.
 */
export interface Policy {
  readonly version: 1;
  readonly zones: Readonly<Record<string, Zone>>;
  readonly endpoints: Readonly<Record<string, PolicyEndpoint>>;
  readonly services: Readonly<Record<string, readonly ServiceMatch[]>>;
  readonly rules: readonly PolicyRule[];
  /** What becomes of a packet that is denied because no rule allows it. */
  readonly refuse: 'drop' | 'reject';
  readonly nat: Nat;
  readonly guard: Guard;
  readonly tests: readonly PolicyTest[];
}

/** Networks behind interfaces of the router. The router itself is `self` and needs no zone. */
export interface Zone {
  readonly interfaces: readonly string[];
  readonly networks: readonly string[];
  /** What is not one of the other zones: the way out. */
  readonly internet: boolean;
  /** `deny`: whoever is in it and is in no rule, a newcomer too, may do nothing. */
  readonly default: 'leave' | 'deny';
}

/**
 * observing → learned (rules are proposed) → trial (what would be blocked is logged and counted,
 * and passes) → enforcing. `quarantine`: only what `guard` and its own rules allow, from the start.
 */
export type DeviceState = 'observing' | 'learned' | 'trial' | 'enforcing' | 'quarantine';

export type PolicyEndpoint =
  | {
      readonly kind: 'device';
      /** Id in the inventory, where its addresses come from: `PTL-D-7F3K`. */
      readonly device: string;
      /** Used in addition, or for what is in no inventory. */
      readonly addresses: readonly string[];
      readonly state: DeviceState;
    }
  | { readonly kind: 'net'; readonly networks: readonly string[] }
  /** DNS names; `*.example.com` stands for every name below it. */
  | { readonly kind: 'name'; readonly names: readonly string[] }
  /** Names of other endpoints. */
  | { readonly kind: 'group'; readonly members: readonly string[] }
  /** RFC 8520 §3: whoever fits, recompiled when devices come and go. */
  | { readonly kind: 'mud'; readonly selector: MudSelector; readonly value: string };

export type MudSelector = 'manufacturer' | 'model' | 'controller' | 'my-controller';

/** Protocols by IANA number; `any` is every IP protocol. Empty port sets mean every port. */
export interface ServiceMatch {
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'icmpv6' | 'any' | number;
  readonly destinationPorts: PortSet;
  readonly sourcePorts: PortSet;
  /** ICMP types; empty means every type. */
  readonly types: readonly number[];
}

export type PolicyAction = 'allow' | 'deny' | 'reject';

export interface PolicyRule {
  /** Unique, `[a-z][a-z0-9_-]{0,39}`: the only name of it that reaches a ruleset. */
  readonly id: string;
  /** `any`, `self`, an endpoint's name, `zone:NAME`, `net:192.0.2.0/24`, `name:mq.example.com`. */
  readonly from: string;
  readonly to: string;
  readonly fromZone?: string;
  readonly toZone?: string;
  /** Of IP, where the rule is about one only: an ACL of MUD is, and a DNS name has no family. */
  readonly family?: 4 | 6;
  /** `any`, a service's name, or in full: `tcp/8883`, `udp/53,5353`, `icmp/8`. */
  readonly service: string;
  readonly action: PolicyAction;
  /** For which of the two judgements it counts; a MUD file of one device speaks for that one only. */
  readonly side: 'both' | 'egress' | 'ingress';
  /** Of new connections; what is more is dropped. No part of the set algebra. */
  readonly rate?: RateLimit;
  readonly connections?: ConnectionLimit;
  readonly log: boolean;
  /** From then on it is as if it were not there. */
  readonly expires?: Instant;
  readonly origin: RuleOrigin;
  readonly note?: string;
}

export interface RateLimit {
  readonly packets: number;
  readonly per: 'second' | 'minute' | 'hour';
  readonly burst: number;
  readonly key: 'rule' | 'source';
}

export interface ConnectionLimit {
  readonly max: number;
  readonly key: 'rule' | 'source';
}

/** Where a rule comes from, and what was seen of it. */
export interface RuleOrigin {
  readonly kind: 'manual' | 'learned' | 'mud' | 'template' | 'dossier';
  /** MUD URL, dossier, zone template. */
  readonly ref?: string;
  readonly firstSeen?: Instant;
  readonly lastSeen?: Instant;
  readonly flows?: number;
  readonly bytes?: number;
  /** Days on which it was seen. */
  readonly days?: number;
  /** Ids of stored flows that show it, at most 8. */
  readonly evidence?: readonly number[];
}

export interface Nat {
  readonly masquerade: readonly Masquerade[];
  readonly forwards: readonly PortForward[];
  readonly oneToOne: readonly OneToOne[];
  readonly pools: readonly Pool[];
  readonly redirects: readonly Redirect[];
}

export interface Masquerade {
  readonly from: string;
  readonly out: string;
  readonly family: 'ipv4' | 'ipv6' | 'both';
}

/** From outside to one port inside; `hairpin`: by the outside address from inside as well. */
export interface PortForward {
  readonly id: string;
  readonly in: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly to: string;
  readonly toPort: number;
  /** Who may use it: as `from` of a rule. */
  readonly allowFrom: string;
  readonly hairpin: boolean;
  /** The router's own address outside; needed for `hairpin`. */
  readonly external?: string;
}

export interface OneToOne {
  readonly id: string;
  readonly in: string;
  readonly external: string;
  readonly internal: string;
  /** Services that may be reached from outside. */
  readonly allow: readonly string[];
}

export interface Pool {
  readonly from: string;
  readonly out: string;
  /** `198.51.100.10-198.51.100.19` or a network. */
  readonly addresses: string;
  readonly persistent: boolean;
}

/** DNS or NTP of a zone to the router itself, whatever server the device has in mind. */
export interface Redirect {
  readonly id: string;
  readonly from: string;
  readonly service: string;
  readonly toPort: number;
  readonly except: readonly string[];
}

/** Compiled first, cannot be shadowed: whoever looks after the router is never locked out. */
export interface Guard {
  /** As `from` of a rule. */
  readonly admins: readonly string[];
  readonly services: readonly string[];
}

export interface PolicyTest {
  readonly from: string;
  readonly to: string;
  readonly service: string;
  readonly expect: 'allow' | 'deny';
  readonly note?: string;
}
