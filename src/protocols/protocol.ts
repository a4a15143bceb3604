import type { Carrier, Certainty, Transport } from '../model/core.ts';
import type { Fact } from '../model/evidence.ts';
import type { Field } from '../model/flow.ts';

/** The contract of a file in this folder. Everything in it is pure: bytes in, statements out. */
export interface Protocol {
  /** The field's own short name, lower case; also the file's name. */
  readonly id: string;
  readonly title: string;
  /** Where it is usually found: a hint that orders the work, never a proof. */
  readonly ports: readonly UsualPort[];
  /** The documents that this file was written from. */
  readonly sources: readonly string[];
  /** How many bytes of each side `recognise` may look at. */
  readonly depth: number;
  /**
   * Devices that speak this tend to die of anything else (controllers, printers): they get this
   * protocol's own read request and nothing more.
   */
  readonly fragile?: boolean;
  /**
   * Its servers are microcontrollers with a handful of sockets: once it is proved, the port is not
   * asked another protocol's greeting as a negative control.
   */
  readonly touchy?: boolean;
  recognise(first: FirstBytes): Recognition;
  /**
   * For a conversation that was only overheard: what its middle shows, or one side of it, or a
   * message that breaks the rules on a port that can hardly be another's. Asked only after every
   * member refused; a scan never asks it, since there a wrong name is worse than none.
   */
  overhear?(heard: Overheard): Recognition;
  /** What no IP carries: its EtherTypes (LLDP 0x88cc); CDP and the like by their SNAP number. */
  readonly etherTypes?: readonly number[];
  /**
   * The named values in what each side sent, in the order in which they stand. Asked only after
   * `recognise` said yes; over TCP once, with as much of the stream as is kept (64 KiB a side), over
   * UDP for each datagram alone or with its answer. The same value may come twice.
   */
  fields?(first: FirstBytes): readonly Field[];
  /** Of `fields` those that say something of a device, where to read them all takes long. */
  deviceFields?(first: FirstBytes): readonly Field[];
  /**
   * Over TCP: whether nothing that `fields` could read comes after this, as where it is encrypted from
   * here on. Without it as much is awaited as is kept.
   */
  isRead?(first: FirstBytes): boolean;
  /**
   * Over UDP: of how many datagrams of each side a greeting is put together (QUIC, DTLS). `fields` is
   * then given the first so many of a flow at once, as `datagrams`, and not each alone.
   */
  readonly greeting?: number;
  /** Over UDP, of what no datagram proves alone (RTP): asked where nobody else has proof. */
  readonly series?: Series;
  readonly probe?: Probe;
  readonly search?: Search;
}

/** How a protocol is known by several datagrams of one side. */
export interface Series {
  /** How many octets of each datagram it looks at. */
  readonly octets: number;
  /** Whether a datagram with this first octet can be one of them: one that cannot ends the series. */
  begins(octet: number): boolean;
  /** What the beginnings of datagrams show together, in the order in which they were seen. */
  follow(heads: readonly Uint8Array[]): Recognition;
}

export interface UsualPort {
  readonly port: number;
  readonly over: Carrier;
  /** The service name that IANA registered, where it did. */
  readonly iana?: string;
}

/** The first bytes that each side sent, empty for a side not heard. */
export interface FirstBytes {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  /** What carries them, where that is known: `other` for what is no IP. */
  readonly transport?: Transport | 'other';
  /** Ports of a flow: only where one wire format is shared by two protocols may they decide. */
  readonly clientPort?: number;
  readonly serverPort?: number;
  /** Over UDP, for `fields` of a protocol with a `greeting`: its datagrams, the first ones included. */
  readonly datagrams?: {
    readonly client: readonly Uint8Array[];
    readonly server: readonly Uint8Array[];
  };
}

/** The same of a flow, whose transport and ports are seen with it. Over UDP one datagram a side. */
export interface Overheard extends FirstBytes {
  readonly transport: Transport;
  readonly clientPort: number;
  readonly serverPort: number;
}

export type Recognition =
  | { readonly kind: 'yes'; readonly certainty: Certainty; readonly facts: readonly Fact[] }
  | { readonly kind: 'no' }
  | { readonly kind: 'more' };

export const NO: Recognition = { kind: 'no' };
export const WAIT: Recognition = { kind: 'more' };

export interface Probe {
  /**
   * `listens`: sends nothing until the device has spoken. `handshake`: the device is greeted and
   * left. `reads`: it is also asked about itself. Nothing here ever writes.
   */
  readonly impact: 'listens' | 'handshake' | 'reads';
  /** On what it can be asked; the shell opens TLS and hands the plain stream over. */
  readonly over: readonly Carrier[];
  /** Returns what was learnt: no facts when the answer was not this protocol's. */
  dialogue(peer: Peer): Dialogue;
}

/** Whom a dialogue talks to. */
export interface Peer {
  readonly address: string;
  readonly port: number;
  readonly over: Carrier;
  /** 32 random bytes for transaction ids and nonces: the core draws no random numbers itself. */
  readonly nonce: Uint8Array;
}

/**
 * A conversation without a socket: it yields what to send, is resumed with what came back (no
 * bytes when the device stayed silent) and returns what it learnt. The shell owns the socket, the
 * timeout and the cap on bytes; a test owns a list of answers.
 */
export type Dialogue = Generator<Ask, readonly Fact[], Uint8Array>;

export interface Ask {
  /** Empty to listen only. Over UDP and DTLS one datagram. */
  readonly send: Uint8Array;
  /** Whether `received` holds the whole answer; over UDP the datagrams received, joined. */
  complete(received: Uint8Array): boolean;
  /** Over TCP: hang up and connect again before sending, since the last answer ended the session. */
  readonly reconnect?: boolean;
}

/** A question to everybody on the link, answered by whoever speaks the protocol. */
export interface Search {
  readonly transport: Extract<Transport, 'udp'>;
  readonly port: number;
  /** Multicast groups, or `broadcast` for the link's directed broadcast address. */
  readonly groups: readonly string[];
  questions(nonce: Uint8Array): readonly Uint8Array[];
  /** What one datagram says about whoever sent it; nothing where it is not this protocol's. */
  read(datagram: Uint8Array, sender: SearchSender): readonly Sighting[];
  /**
   * Questions that an answer raises (DNS-SD: service types → their instances). The shell puts each
   * one once, to everybody as before, and bounds how many.
   */
  raises?(datagram: Uint8Array): readonly Uint8Array[];
}

export interface SearchSender {
  readonly address: string;
  readonly port: number;
}

/** Facts about an address, or about one of its ports, learnt from a search. */
export interface Sighting {
  readonly address: string;
  readonly transport?: Transport;
  readonly port?: number;
  readonly facts: readonly Fact[];
  /** A description to read over HTTP from the same address (SSDP LOCATION, ONVIF XAddrs), checked by the shell against the scope. */
  readonly description?: string;
}

/** Whether the encrypted form of a protocol exists: looked up, never written twice. */
export function encryptedForm(protocol: Protocol): UsualPort | undefined {
  return protocol.ports.find(({ over }) => over === 'tls' || over === 'dtls');
}
