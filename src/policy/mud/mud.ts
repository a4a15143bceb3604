import type { PortSet } from '../../base/port-set.ts';
import type { Untrusted } from '../../base/untrusted.ts';
import type { Direction, Instant } from '../../model/core.ts';
import type { TlsProfile } from '../../model/tls-profile.ts';

/** A MUD file (RFC 8520) as it was read: what a maker says that its device needs. */
export interface Mud {
  /** RFC 3986, `https`, at most 2048 printable ASCII characters. */
  readonly url: string;
  /** Of `url`: `mud.example.com`, with a port where it has one. */
  readonly authority: string;
  readonly lastUpdate: Instant;
  /** Hours, 1 to 168 (§3.5). */
  readonly cacheValidity: number;
  readonly isSupported: boolean;
  readonly signature?: string;
  readonly systemInfo?: Untrusted;
  readonly manufacturer?: Untrusted;
  readonly model?: Untrusted;
  readonly firmware?: Untrusted;
  readonly software?: Untrusted;
  readonly documentation?: string;
  readonly extensions: readonly string[];
  readonly fromDevice: MudPolicySide;
  readonly toDevice: MudPolicySide;
  /** RFC 9761 §5.3: the device keeps to the TLS profiles of its ACEs. */
  readonly tlsProfiles: boolean;
  /** RFC 9472: where to find its bill of materials and its vulnerabilities. */
  readonly transparency: readonly Transparency[];
}

export interface MudPolicySide {
  readonly acls: readonly MudAcl[];
  /** draft-lear-opsawg-mud-bw-profile: what the device is expected to send or get. */
  readonly rates: readonly MudRate[];
}

export interface MudAcl {
  readonly name: string;
  readonly family: 4 | 6;
  readonly aces: readonly Ace[];
}

export interface MudRate {
  readonly name: string;
  /** Seconds within which it may burst. */
  readonly timeframe: number;
  readonly packetsPerSecond?: number;
  readonly bitsPerSecond?: number;
  /** ACL that it is about; all of its side where there is none. */
  readonly acl?: string;
}

/** RFC 9472 §3: `kind` is the leaf that holds the address. */
export interface Transparency {
  readonly kind: string;
  readonly value: string;
}

/** One entry of an ACL: what it matches, as a conjunction, and what becomes of it. */
export interface Ace {
  readonly name: string;
  /** Offset in the text of the file. */
  readonly at: number;
  readonly path: string;
  readonly family: 4 | 6;
  /** IANA number; undefined is every protocol. */
  readonly protocol?: number;
  /** Which container of layer 4 is there. */
  readonly layer4?: 'tcp' | 'udp' | 'icmp';
  /** Empty is every port. */
  readonly sourcePorts: PortSet;
  readonly destinationPorts: PortSet;
  readonly icmpType?: number;
  /** RFC 8520 §8.7; of TCP only. */
  readonly initiated?: Direction;
  readonly source: AceEnd;
  readonly destination: AceEnd;
  readonly peers: MudPeers;
  /** RFC 9761: for whoever watches the traffic; a packet filter cannot enforce them. */
  readonly tls: readonly TlsProfile[];
  /** Names of nodes that narrow the match and that no packet filter of ours can say. */
  readonly beyond: readonly string[];
  readonly action: 'allow' | 'deny' | 'reject';
  readonly log: boolean;
}

export interface AceEnd {
  /** As it stands in the file, a prefix of the ACE's family. */
  readonly network?: string;
  readonly name?: string;
}

/** RFC 8520 §8: classes of devices. Those that are there all have to match. */
export interface MudPeers {
  readonly manufacturer?: string;
  readonly sameManufacturer: boolean;
  readonly model?: string;
  readonly localNetworks: boolean;
  readonly controller?: string;
  readonly myController: boolean;
}

/** Something that is wrong with a MUD file, or that whoever uses it should know. */
export interface MudDiagnostic {
  /** `error`: the file cannot be used. `warning`: it can, and says less or more than was meant. */
  readonly level: 'error' | 'warning' | 'note';
  /** Stable, one for each thing that can be wrong: `dnsname-direction`. */
  readonly code: string;
  /** From the top of the file: `/ietf-mud:mud/mud-url`. */
  readonly path: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** A sentence; text from the file in it is quoted and cannot move a cursor. */
  readonly message: string;
}

/** RFC 3986 §3.2 of an `https` URL, lower case; undefined for anything else. */
export function authorityOf(url: string): string | undefined {
  const authority = /^https:\/\/([^/?#]{1,260})/i.exec(url)?.[1];
  return authority?.toLowerCase();
}

/** What a MUD file may be at most; the largest of a public collection has some 400 entries. */
export const MOST = { characters: 4_000_000, aces: 10_000, url: 2048 } as const;
