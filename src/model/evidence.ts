import type { Untrusted } from '../base/untrusted.ts';
import type { Access, Carrier, Certainty, Instant, Robustness, Transport } from './core.ts';

/** Who says so. `user` outranks all others. */
export type EvidenceSource = 'active' | 'passive' | 'import' | 'user';

/**
 * One thing that was observed or said: immutable, appended to the store, never edited. What is
 * believed (devices, services, ledger) is a fold over it.
 */
export interface Evidence {
  /** Position in the store, counted from 1; 0 until it is stored. */
  readonly id: number;
  readonly at: Instant;
  readonly source: EvidenceSource;
  /** Which scan, file or person: `PTL-S-7F3K`, `nmap:scan.xml`, `user`. */
  readonly observer: string;
  readonly subject: Subject;
  readonly certainty: Certainty;
  readonly fact: Fact;
  readonly proof?: Proof;
}

/** What the evidence is about: an address at that time, with whatever else was seen together with it. */
export interface Subject {
  /** Canonical text (RFC 5952); IPv6 link-local keeps its zone (`fe80::1%eth0`). */
  readonly address: string;
  /** Lower case with colons; present only where it was seen in the same frame or table entry. */
  readonly mac?: string;
  readonly transport?: Transport;
  readonly port?: number;
  /** What carried the protocol; absent means the transport itself. */
  readonly over?: Carrier;
}

/** The bytes on which a statement rests, in hex, capped by the shell at 512 bytes a side. */
export interface Proof {
  readonly request: string;
  readonly response: string;
  /**
   * Negative control: the same question put so that a device which merely answers everything (an
   * echo, a honeypot, a tarpit) gives itself away, and what came of it.
   */
  readonly control?: { readonly request: string; readonly response: string };
}

/** How the presence of an address was seen. */
export type PresenceVia =
  | 'neighbour'
  | 'arp'
  | 'tcp'
  | 'udp'
  | 'icmp'
  | 'mdns'
  | 'ssdp'
  | 'ws-discovery'
  | 'bacnet'
  | 'pn-dcp'
  | 'lease'
  | 'import';

/** What a device is, one attribute at a time. */
export type AttributeName =
  | 'vendor'
  | 'model'
  | 'firmware'
  | 'hardware'
  | 'serial'
  /** What the device or a DHCP or DNS server calls it. */
  | 'name'
  /** Camera, thermostat, broker, plc …: lower case, one of the field's usual words. */
  | 'kind'
  /** One of `Category`. */
  | 'category'
  | 'os'
  /** Where it hangs in the network, as a router or switch says: port, VLAN. */
  | 'attachment';

/** What outlives a new address: two pieces of evidence with one identifier are one device. */
export type IdentifierScheme =
  /** UPnP UDN, ONVIF endpoint, Cast or Home Assistant uuid. */
  | 'uuid'
  /** Host name that the device itself announces by mDNS. */
  | 'mdns'
  /** SHA-256 of the host key or certificate. */
  | 'host-key'
  | 'serial'
  /** DHCP client identifier or DUID. */
  | 'dhcp';

export type Fact =
  | { readonly kind: 'present'; readonly via: PresenceVia }
  /** The port of the subject answered. */
  | { readonly kind: 'open' }
  /**
   * What was asked and is not open, in `formatPorts` form. `closed`: refused. `silent`: no answer,
   * which for UDP is no statement at all. A port in neither was not asked.
   */
  | {
      readonly kind: 'swept';
      readonly transport: Transport;
      readonly closed: string;
      readonly silent: string;
    }
  /** The protocol really spoken on the subject's port; `unknown` as version where it does not say. */
  | { readonly kind: 'speaks'; readonly protocol: string; readonly version: string }
  /** It answered and no protocol claimed the answer. */
  | { readonly kind: 'unrecognised'; readonly signature: Signature }
  | { readonly kind: 'access'; readonly level: Access }
  | { readonly kind: 'attribute'; readonly name: AttributeName; readonly value: Untrusted }
  | {
      readonly kind: 'identifier';
      readonly scheme: IdentifierScheme;
      readonly value: Untrusted;
    }
  /** A particular of the service that is worth showing: HTTP title, CoAP resource, MQTT version … */
  | { readonly kind: 'detail'; readonly name: string; readonly value: Untrusted }
  | { readonly kind: 'tls'; readonly tls: TlsFacts }
  /** Bytes of UDP payload: what one spoofed question would cost a victim (answer ÷ question). */
  | { readonly kind: 'amplification'; readonly sent: number; readonly received: number }
  /** Somewhere (mDNS, SSDP, a portmapper) the device says that it offers this. */
  | {
      readonly kind: 'advertises';
      readonly service: Untrusted;
      readonly transport: Transport;
      readonly port: number;
    }
  | MappingFact
  /** It stopped answering while we asked: we may have done this. */
  | { readonly kind: 'distress'; readonly after: string }
  /** Everything answers alike: a tarpit or a redirect, no list of services. */
  | { readonly kind: 'tarpit'; readonly ports: number }
  | UserWord;

/** What tells of a mapping. `import`: a list whose origin does not say how it came about. */
export type MappingVia = 'upnp-igd' | 'nat-pmp' | 'pcp' | 'kernel' | 'pinhole' | 'import';

/**
 * A way in from outside to a device inside: a mapping by UPnP IGD, NAT-PMP or PCP, kernel DNAT, an
 * IPv6 pinhole. Absent members are not known; evidence written before they existed has none.
 */
export interface MappingFact {
  readonly kind: 'mapping';
  readonly transport: Transport;
  /** 0: every port. */
  readonly outsidePort: number;
  /** Last port of a range that begins with `outsidePort`. */
  readonly outsideLast?: number;
  /** Empty: the subject's own, since NAT-PMP maps to whoever asks (RFC 6886 §3.3). */
  readonly insideAddress: string;
  /** 0: the outside port is kept. */
  readonly insidePort: number;
  /** Who or what asked, in the words of whoever tells it. */
  readonly by: Untrusted;
  /**
   * `listed`, also where absent: the subject is the router that has it, or the device inside where
   * the router is not known. `asked`: the subject asked for it and was given it. `ended`: the
   * subject had it taken away.
   */
  readonly told?: 'listed' | 'asked' | 'ended';
  readonly via?: MappingVia;
  readonly outsideAddress?: string;
  /** The only outside address or network that may come in. */
  readonly remoteHost?: string;
  readonly description?: Untrusted;
  /** Seconds from the time of the evidence; 0: without end. */
  readonly leaseSeconds?: number;
  /** Number under which the router knows a pinhole. */
  readonly pinhole?: number;
  /** Command, as an argument vector, that takes a rule of the router's kernel away. */
  readonly undo?: readonly Untrusted[];
}

/** What a person says. Each can be taken back by `retract`, and nothing is ever deleted. */
export type UserWord =
  | { readonly kind: 'called'; readonly name: Untrusted }
  | { readonly kind: 'corrected'; readonly name: AttributeName; readonly value: Untrusted }
  | { readonly kind: 'treat-as'; readonly robustness: Robustness }
  /** The device of the subject and the one that has this key are the same, or are not. */
  | { readonly kind: 'same' | 'not-same'; readonly key: string }
  /** A device without an address (Zigbee, BLE, Thread) that the subject speaks for. */
  | { readonly kind: 'child'; readonly id: string; readonly name: Untrusted }
  /** Gives a name to what was unrecognised; whoever answers alike gets it too. */
  | { readonly kind: 'named-protocol'; readonly protocol: string; readonly signature: Signature }
  /** The owner's word on a port: it should be there, or it should not. */
  | {
      readonly kind: 'needed';
      readonly transport: Transport;
      readonly port: number;
      readonly needed: boolean;
    }
  | { readonly kind: 'retract'; readonly evidence: number };

/** What an unknown protocol looks like, so that a second one can be told to be the same. */
export interface Signature {
  /** What was sent before, in hex; empty where the device spoke first. */
  readonly question: string;
  /** First bytes of the answer, at most 32, in hex; `..` where two answers differed. */
  readonly start: string;
  /** How a message's length is told, where it could be found out. */
  readonly framing: 'line' | 'length-u8' | 'length-u16' | 'length-u32' | 'fixed' | 'unknown';
  /** Offset of the length field in bytes; -1 where there is none. */
  readonly lengthAt: number;
  /** Bits a byte (Shannon), of at most the first 1024 bytes: > 7.5 looks encrypted or packed. */
  readonly entropy: number;
  /** Bytes of the answer. */
  readonly length: number;
}

export interface TlsFacts {
  /** Versions that the device accepted, oldest first: `SSLv3`, `TLSv1`, `TLSv1.1`, `TLSv1.2`, `TLSv1.3`, `DTLSv1.0`, `DTLSv1.2`. */
  readonly versions: readonly string[];
  /** OpenSSL's or IANA's name of the suite agreed on. */
  readonly cipher: string;
  readonly alpn?: Untrusted;
  readonly certificate?: CertificateFacts;
  /** The device asked for a certificate of ours. */
  readonly clientCertificate: boolean;
}

export interface CertificateFacts {
  readonly subject: Untrusted;
  readonly issuer: Untrusted;
  readonly names: readonly Untrusted[];
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  readonly selfSigned: boolean;
  /** `rsa`, `ec`, `ed25519` …; bits of the modulus or the curve. */
  readonly key: string;
  readonly bits: number;
  readonly signature: string;
  /** SHA-256 in lower-case hex. */
  readonly fingerprint: string;
  /** RFC 8520 §11: where the maker says what the device needs. */
  readonly mudUrl?: Untrusted;
  /** SHA-256, in lower-case hex, of the name of who signs that description (RFC 8520 §11). */
  readonly mudSigner?: string;
}

/** Evidence before the store gives it its id. */
export type NewEvidence = Omit<Evidence, 'id'>;
