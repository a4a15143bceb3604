import type { Carrier, Certainty, Instant, Transport } from './core.ts';
import type { Endpoint, Flow, Volume } from './flow.ts';
import type { TlsOffer } from './tls-profile.ts';

/**
 * What happens on the network, one thing at a time and in the order of its packets: what detectors
 * are fed with. The same packets give the same observations, live or from a file.
 *
 * `at` is the time of the packet that showed it, in milliseconds.
 */
export type Observation =
  | Opened
  | Answered
  | Recognised
  | Progress
  | Closed
  | Announced
  | Binding
  | DhcpMessage
  | RouterAdvertisement
  | NameLookup
  | Login
  | Operation
  | Handshake
  | MappingRequest;

/** Which flow it belongs to; the number is given again only after `closed`. */
interface OfFlow {
  readonly at: Instant;
  readonly flow: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** IANA protocol number. */
  readonly ipProtocol: number;
  /** Of the capture, where it has numbers. */
  readonly frame?: number;
}

/** Its first packet. `midway`: its beginning was not seen, so who opened it is not known. */
export interface Opened extends OfFlow {
  readonly kind: 'opened';
  readonly midway: boolean;
  /** To a multicast or broadcast address, or the answer to a question asked there. */
  readonly group: boolean;
  /** Payload octets of that packet. */
  readonly octets: number;
  /** DNS name by which the source had asked for the destination; undefined: it had not. */
  readonly name?: string;
  /** The TCP sequence number is the destination address, as Mirai's scanner has it. */
  readonly stateless: boolean;
  /** Of ICMP: the type of its first message. */
  readonly icmpType?: number;
}

/** The other side took part, or refused (RST, ICMP). */
export interface Answered extends OfFlow {
  readonly kind: 'answered';
  readonly refused: boolean;
}

/** What is spoken, once it is known. */
export interface Recognised extends OfFlow {
  readonly kind: 'recognised';
  readonly protocol: string;
  readonly version: string;
  readonly over: Carrier | 'none';
  readonly certainty: Certainty;
  readonly sni?: string;
}

/**
 * What went each way since the last of it: first after 10 s, then every minute of a flow that is alive,
 * at once where it is much.
 */
export interface Progress extends OfFlow {
  readonly kind: 'progress';
  readonly sent: Volume;
  readonly received: Volume;
  readonly name?: string;
  /** Id of a protocol, or `unknown`. */
  readonly protocol: string;
}

export interface Closed {
  readonly kind: 'closed';
  readonly at: Instant;
  readonly flow: number;
  /** Its community id may be missing: it costs more than all else. */
  readonly record: Flow;
  /** What was not told by `progress` yet. */
  readonly sent: Volume;
  readonly received: Volume;
}

/**
 * A device tells everybody that it serves a port (DNS-SD, RFC 6763; SSDP; WS-Discovery). Only what it
 * says of itself, and once of each port and service: again it is told only after a restart.
 */
export interface Announced {
  readonly kind: 'announced';
  readonly at: Instant;
  readonly frame?: number;
  readonly device: Omit<Endpoint, 'port'>;
  readonly transport: Transport;
  readonly port: number;
  /** In the device's words: `_ipp._tcp`, `upnp`, `onvif`. */
  readonly service: string;
}

/** A MAC address says that an address is its own (ARP, RFC 826; neighbour advertisement, RFC 4861). */
export interface Binding {
  readonly kind: 'binding';
  readonly at: Instant;
  readonly frame?: number;
  readonly mac: string;
  readonly address: string;
  /** `asked`: answers a question. `asking`: the sender part of a request. */
  readonly via: 'asked' | 'unasked' | 'asking';
  /** Of a request: whom it looks for. */
  readonly target?: string;
}

export interface DhcpMessage {
  readonly kind: 'dhcp';
  readonly at: Instant;
  readonly frame?: number;
  readonly family: 4 | 6;
  /** `discover`, `offer`, `request`, `ack` …, RFC 2132 §9.6 or RFC 8415 §7.3 in lower case. */
  readonly message: string;
  readonly clientMac: string;
  readonly serverMac?: string;
  readonly server?: string;
  readonly address?: string;
  readonly router?: string;
  readonly resolvers: readonly string[];
  readonly hostName?: string;
  /** Parameter request list (option 55), `1,3,6,15`: alike for one firmware. */
  readonly fingerprint?: string;
}

/** RFC 4861 §4.2. */
export interface RouterAdvertisement {
  readonly kind: 'router-advertisement';
  readonly at: Instant;
  readonly frame?: number;
  readonly mac: string;
  readonly address: string;
  readonly prefixes: readonly string[];
  readonly lifetime: number;
}

/** One question and what came of it (or, with `rcode` undefined, the question alone). */
export interface NameLookup {
  readonly kind: 'lookup';
  readonly at: Instant;
  readonly frame?: number;
  readonly client: Endpoint;
  readonly resolver: Endpoint;
  readonly name: string;
  readonly type: number;
  readonly rcode?: number;
  readonly addresses: readonly string[];
  /** Octets of the message. */
  readonly octets: number;
}

/** How an attempt to log in went, by the protocol's own words. No secret is in it. */
export interface Login {
  readonly kind: 'login';
  readonly at: Instant;
  readonly frame?: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly protocol: string;
  readonly outcome: 'tried' | 'refused' | 'accepted';
  /** Credentials went over the wire in the clear. */
  readonly clear: boolean;
}

/** What a client asked of a controller or bus device. */
export interface Operation {
  readonly kind: 'operation';
  readonly at: Instant;
  readonly frame?: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly protocol: string;
  /** In the protocol's words: `write single coil`, `plc stop`. */
  readonly name: string;
  readonly effect: 'read' | 'write' | 'stop' | 'program' | 'other';
  /** What it touches: `coil 12`, `DB1.DBX0.0`. */
  readonly object: string;
}

/** What both sides agreed on (TLS, DTLS). */
export interface Handshake {
  readonly kind: 'handshake';
  readonly at: Instant;
  readonly frame?: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** TCP where it does not say. */
  readonly transport?: 'tcp' | 'udp';
  /** `TLSv1.2`, `DTLSv1.2`. */
  readonly version: string;
  readonly cipher: string;
  readonly sni?: string;
  readonly ja3?: string;
  /** Undefined: the client's first message was not whole. */
  readonly offer?: TlsOffer;
  readonly certificate?: {
    readonly fingerprint: string;
    readonly issuer: string;
    readonly subject: string;
    readonly selfSigned: boolean;
    readonly notBefore: Instant;
    readonly notAfter: Instant;
    readonly bits: number;
  };
}

/** Somebody asks a router to open a port (UPnP IGD, NAT-PMP, PCP). */
export interface MappingRequest {
  readonly kind: 'mapping';
  readonly at: Instant;
  readonly frame?: number;
  readonly client: Endpoint;
  readonly router: Endpoint;
  readonly via: 'upnp-igd' | 'nat-pmp' | 'pcp';
  readonly transport: 'tcp' | 'udp';
  readonly outsidePort: number;
  readonly insideAddress: string;
  readonly insidePort: number;
}
