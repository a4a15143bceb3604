import type { AddressSet } from '../base/address-set.ts';
import type { PortSet } from '../base/port-set.ts';

/**
 * What the client of a TLS connection says of itself in its first message, as far as a profile speaks
 * of it. Numbers are IANA's; what means nothing (GREASE, RFC 8701) and what is a signal and no suite
 * (RFC 5746 §3.3, RFC 7507) is left out.
 */
export interface TlsOffer {
  /** As on the wire: 0x0303 is TLS 1.2. */
  readonly versions: readonly number[];
  readonly cipherSuites: readonly number[];
  readonly extensions: readonly number[];
  readonly groups: readonly number[];
  readonly signatureAlgorithms: readonly number[];
  readonly certificateAlgorithms: readonly number[];
  readonly keyExchangeModes: readonly number[];
  readonly compressions: readonly number[];
  readonly applicationProtocols: readonly string[];
}

/** RFC 9761 §5.2: what a client offers at most. An empty list says nothing. */
export interface TlsProfile {
  readonly name: string;
  readonly tlsVersions: readonly string[];
  readonly dtlsVersions: readonly string[];
  readonly cipherSuites: readonly number[];
  readonly extensions: readonly number[];
  readonly groups: readonly number[];
  readonly signatureAlgorithms: readonly number[];
  /** `signature-algorithm-cert` */
  readonly certificateAlgorithms: readonly number[];
  /** `psk-key-exchange-mode` */
  readonly keyExchangeModes: readonly number[];
  /** `cert-compression-algorithm` */
  readonly compressions: readonly number[];
  readonly applicationProtocols: readonly string[];
}

/** One thing that a device may do as a client, by its MUD file, and how it speaks TLS or DTLS there. */
export interface TlsExpectation {
  /** Of the addresses that it is about. */
  readonly family: 4 | 6;
  /** Either, where there is none. */
  readonly transport?: 'tcp' | 'udp';
  /** Empty is every port. */
  readonly sourcePorts: PortSet;
  readonly ports: PortSet;
  /** Where it says so: lower case. */
  readonly name?: string;
  readonly addresses?: AddressSet;
  /** A class of devices: who is in it is not known here. */
  readonly isClass: boolean;
  /** One of them must fit; none: anything does. */
  readonly profiles: readonly TlsProfile[];
}
