import type { AddressSet } from '../../base/address-set.ts';
import type { Direction, Instant } from '../../model/core.ts';
import type { Flow } from '../../model/flow.ts';
import type { PolicyAction, PolicyRule } from '../../model/policy.ts';

/** A flow as it is stored; the id is what evidence quotes. */
export interface LearntFlow extends Omit<Flow, 'facts'> {
  readonly id: number;
}

export interface LearnDevice {
  /** Id in the inventory. */
  readonly id: string;
  /** What the policy calls it: a name of ours, never one from the network. */
  readonly endpoint: string;
  readonly addresses: readonly string[];
  readonly macs: readonly string[];
}

export interface LearnContext {
  /** Whom the network knows: they are peers of each other, too. */
  readonly devices: readonly LearnDevice[];
  /** For which rules are proposed, by id; all of them where it is absent. */
  readonly only?: ReadonlySet<string>;
  readonly localNetworks: AddressSet;
  /** Of the router. */
  readonly selfAddresses: readonly string[];
  /** Public addresses that need no name: the site's resolvers and NTP servers. */
  readonly knownAddresses: readonly string[];
  /** Addresses and names of which somebody says that they are malicious. */
  readonly knownBad: ReadonlySet<string>;
  /** Minutes east of UTC: nights and weekends are local. */
  readonly utcOffset: number;
  /** Days after it was last seen at which a learned rule lapses; absent: never. */
  readonly expireAfterDays?: number;
  /** Rules that the policy has already, by id, and what they say: nobody is asked twice. */
  readonly decided?: ReadonlyMap<string, PolicyAction>;
  /** Ids of devices whose rules are in force (trial, enforcing): nothing is added to these unasked. */
  readonly inForce?: ReadonlySet<string>;
}

/** What is proposed to a person: nothing of it is in force. */
export interface Proposal {
  readonly devices: readonly DeviceProposal[];
  /** Flows from which nothing was learned, by why. */
  readonly left: Readonly<Record<Left, number>>;
}

/**
 * `foreign`: neither end is a device. `ambiguous`: several had the address and no MAC tells which.
 * `link`: IPv6 link-local, which no router forwards. `full`: a device has more kinds of flows than
 * are kept apart.
 */
export type Left = 'foreign' | 'ambiguous' | 'link' | 'full' | 'notIp';

export interface DeviceProposal {
  /** Id in the inventory. */
  readonly device: string;
  readonly endpoint: string;
  readonly rules: readonly PolicyRule[];
  readonly questions: readonly Question[];
  /** Spoken to everybody: stays in its segment whatever the rules say, so it is none of them. */
  readonly groups: readonly GroupUse[];
  readonly coverage: Coverage;
  /** Ids of other devices that its rules and questions name: they need an endpoint each. */
  readonly peers: readonly string[];
}

/**
 * Why a person has to decide. `rare`: less than three times, or on one day of several. `ephemeral`:
 * many server ports from 32768 on. `pattern`: names that differ in the first label only. `unopened`:
 * only connections whose beginning was not seen. `one-way`: never answered, as syslog is not.
 * `protocol`: neither TCP, UDP nor an echo. Suspicious are `no-name`: an address for which the
 * device had not asked DNS. `from-internet`: opened from outside. `scan`: part of a search through
 * hosts or ports. `after-scan`: begun after the opener had begun such a search, as what has just been
 * taken over does. `known-bad`: listed. Not suspicious is
 * `widening`: nothing speaks against it, but the device's rules are in force already;
 * `fallback`: it does the one only because the other is refused (`fallback.ts`).
 */
export type Reason =
  | 'rare'
  | 'ephemeral'
  | 'pattern'
  | 'unopened'
  | 'one-way'
  | 'protocol'
  | 'no-name'
  | 'from-internet'
  | 'scan'
  | 'after-scan'
  | 'known-bad'
  | 'widening'
  | 'fallback';

export interface Question {
  /** The same for the same question in every run. */
  readonly id: string;
  readonly device: string;
  readonly reason: Reason;
  /** Never a rule without a person's word, and a word of warning for that person. */
  readonly suspicious: boolean;
  /** One sentence that ends with a question mark. */
  readonly asks: string;
  /** What *yes* adds; *no* adds the same as `deny`, so that it is not asked again. */
  readonly rules: readonly PolicyRule[];
  /** Kinds of flows that it stands for: more than `rules` where there are too many to accept at once. */
  readonly kinds: number;
}

export interface GroupUse {
  readonly address: string;
  readonly transport: Flow['transport'];
  readonly port: number;
  readonly flows: number;
  readonly lastSeen: Instant;
}

export type Confidence = 'low' | 'medium' | 'high';

/** What was seen of a device, and what was not: rules cover only what was seen. */
export interface Coverage {
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  /** Local days on which it was seen. */
  readonly days: number;
  readonly flows: number;
  /** From days, not from packets: a thousand flows of one afternoon are one afternoon. */
  readonly confidence: Confidence;
  readonly gaps: readonly Gap[];
}

export type GapKind = 'days' | 'nights' | 'weekends' | 'boot' | 'update' | 'full';

export interface Gap {
  readonly kind: GapKind;
  /** One sentence. */
  readonly text: string;
}

/** Which end opened the connection, seen from the device. */
export type Side = Direction;
