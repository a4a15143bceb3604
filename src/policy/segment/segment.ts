import type { Category, Instant, Transport } from '../../model/core.ts';
import type { Flow } from '../../model/flow.ts';
import type { Policy } from '../../model/policy.ts';

/** Templates of zones; an `ot` zone is made for each cell, the others once. */
export type Role =
  | 'trusted'
  | 'infra'
  | 'guest'
  | 'media'
  | 'printer'
  | 'camera'
  | 'iot-local'
  | 'iot-cloud'
  | 'ot'
  | 'quarantine';

export interface SegmentDevice {
  /** Id in the inventory. */
  readonly id: string;
  /** What a policy calls it: a name of ours or of the policy's owner. */
  readonly endpoint: string;
  readonly category: Category | 'unknown';
  /** Camera, hub, plc …, to be compared only; empty where it is not known. */
  readonly kind: string;
  readonly hasVendor: boolean;
  readonly addresses: readonly string[];
  readonly macs: readonly string[];
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  /** What answers on it. */
  readonly open: readonly OpenPort[];
  /** An active scan has looked at it: a port that is not in `open` is taken as not reachable. */
  readonly scanned: boolean;
  /** What it says by mDNS, DNS-SD or SSDP that it offers: `_googlecast._tcp`, `upnp`. */
  readonly advertises: readonly Advertised[];
  /** A finding says that it is taken over, or about to be. */
  readonly isSuspect: boolean;
}

export interface OpenPort {
  readonly transport: Transport;
  readonly port: number;
  readonly protocol: string;
}

export interface Advertised {
  readonly type: string;
  readonly transport: Transport;
  readonly port: number;
}

export interface SegmentFlow extends Omit<Flow, 'facts'> {
  readonly id: number;
}

export interface SegmentInput {
  readonly devices: readonly SegmentDevice[];
  readonly flows: Iterable<SegmentFlow>;
  /** Addresses of the router: it stands in every zone, and is nobody's member. */
  readonly routers: readonly string[];
  /** Networks in use, each with its families together: the IPv4 one first. */
  readonly networks: readonly (readonly string[])[];
  /** Of the flows' own time: what was last seen long before is of less weight. */
  readonly now: Instant;
}

export interface SegmentOptions {
  /** At most so many zones of devices. */
  readonly zones: number;
  /** What one device more in reach weighs against traffic that must cross a border. */
  readonly lambda: number;
  /** `devices`: a rule for each pair of devices instead of one for each pair of zones. */
  readonly rules: 'zones' | 'devices';
  /** The router's interface to the present network, of which the new ones become VLANs. */
  readonly lan: string;
  readonly wan: string;
}

export const DEFAULTS: SegmentOptions = {
  zones: 8,
  lambda: 4,
  rules: 'zones',
  lan: 'br-lan',
  wan: 'wan',
};

/** Not a device: everything outside, and the router itself. */
export const INTERNET = -1;
export const ROUTER = -2;

/** What one end needs of another: conversations of one service, taken together. */
export interface Need {
  /** Index of the device that opens, or `INTERNET`. */
  readonly client: number;
  /** Index of the device that answers, `INTERNET` or `ROUTER`. */
  readonly server: number;
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'icmpv6' | number;
  /** Of the server, inclusive; 0 where the protocol has none. */
  readonly from: number;
  readonly to: number;
  /** Id of a protocol, or `unknown`. */
  readonly application: string;
  readonly flows: number;
  /** Of these, answered. */
  readonly answered: number;
  readonly bytes: number;
  /** Days (UTC) on which it was seen. */
  readonly days: number;
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  /** Between IPv6 link-local addresses, which no router forwards (RFC 4291 §2.5.6). */
  readonly linkLocal: boolean;
  /** Ids of stored flows, at most 8. */
  readonly evidence: readonly number[];
  /** How much people would miss it. */
  readonly weight: number;
}

/** Spoken to everybody on the link. */
export interface GroupUse {
  readonly sender: number;
  readonly address: string;
  readonly port: number;
  readonly flows: number;
  readonly lastSeen: Instant;
}

export interface Placement {
  readonly device: SegmentDevice;
  /** Name of the zone. */
  readonly zone: string;
  /** One sentence of ours. */
  readonly reason: string;
  /** It has to stay on the link that it is on now, and why. */
  readonly stays?: { readonly reason: string; readonly source: string };
  /** Its needs of most weight, at most 3. */
  readonly flows: readonly Need[];
}

export interface PlannedZone {
  readonly name: string;
  readonly role: Role;
  readonly title: string;
  /** Indices of devices. */
  readonly members: readonly number[];
  /** 802.1Q; undefined where it keeps the network that it is in. */
  readonly vlan?: number;
  readonly interface: string;
  readonly networks: readonly string[];
  readonly isNew: boolean;
}

/** What goes from one zone to another, or to the internet. */
export interface Crossing {
  readonly from: string;
  /** Name of a zone, `internet` or `self`. */
  readonly to: string;
  readonly service: string;
  readonly needs: readonly Need[];
  readonly flows: number;
  readonly bytes: number;
  readonly days: number;
  readonly lastSeen: Instant;
  /** Pairs of devices. */
  readonly pairs: number;
}

/**
 * Why traffic that was seen would not pass. `rare`: seen less than three times, so a person decides.
 * `link-local`: no router forwards it. `group`: spoken to everybody, which ends at the border.
 * `quarantine`, `guest`: what these zones are for. `from-internet`: opened from outside.
 */
export type BreakKind = 'rare' | 'link-local' | 'group' | 'quarantine' | 'guest' | 'from-internet';

export interface Break {
  readonly kind: BreakKind;
  readonly from: string;
  readonly to: string;
  readonly service: string;
  readonly client: number;
  readonly server: number;
  readonly flows: number;
  readonly bytes: number;
  readonly days: number;
  readonly lastSeen: Instant;
  readonly weight: number;
  readonly evidence: readonly number[];
}

/** Discovery that has to cross a border for people to find what they may use. */
export interface Relay {
  readonly protocol: 'mdns' | 'ssdp';
  /** Where the services are. */
  readonly from: string;
  /** Where they are looked for. */
  readonly to: string;
  /** `_googlecast._tcp`; for SSDP what it is asked for. */
  readonly types: readonly string[];
  /** Pairs of devices that need it. */
  readonly pairs: number;
}

export interface Readdressed {
  readonly device: string;
  readonly addresses: readonly string[];
  readonly zone: string;
  readonly network: string;
}

export interface Blast {
  /** Devices that one can reach at once: mean over all. */
  readonly directMean: number;
  /** Devices that one can reach by way of others. */
  readonly mean: number;
  readonly max: number;
  /** The same with each device counted by how much depends on it. */
  readonly weightedMean: number;
  /** Pairs of a device and a crown jewel that it reaches by way of others. */
  readonly jewelPaths: number;
}

export interface SegmentPlan {
  /** By id; what is an index elsewhere is one of this list. */
  readonly devices: readonly SegmentDevice[];
  readonly zones: readonly PlannedZone[];
  readonly placements: readonly Placement[];
  readonly crossings: readonly Crossing[];
  readonly breaks: readonly Break[];
  readonly relays: readonly Relay[];
  readonly readdressed: readonly Readdressed[];
  readonly blast: { readonly flat: Blast; readonly zones: Blast; readonly devices: Blast };
  /** Ids of devices on which the others depend most. */
  readonly jewels: readonly string[];
  readonly routers: readonly string[];
  readonly policy: Policy;
  readonly notes: readonly string[];
}
