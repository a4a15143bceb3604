import type { Access, Carrier, Category, Transport } from '../src/model/core.ts';
import type { Answerer, Groups, Talk } from './serve.ts';

/** The three networks of the lab; the sensor has a leg in each. */
export type Zone = 'home' | 'iot' | 'ot';

/** What a service really is: what a scan of the lab is measured against. */
export interface TrueService {
  readonly transport: Transport;
  readonly port: number;
  /** Id of a protocol of the product, or `unknown` where bytes are all that there is to know. */
  readonly protocol: string;
  readonly over: Carrier;
  readonly access?: Access;
}

export interface Truth {
  readonly services: readonly TrueService[];
  /** Part of the vendor's name, as the IEEE registered it for the MAC's prefix. */
  readonly vendor?: string;
  readonly kind: string;
  readonly category: Category;
  /** It must get its own protocol's read request and nothing else. */
  readonly fragile?: boolean;
}

/** The contract of a file in `devices/`. */
export interface LabDevice {
  /** Also the file's name. */
  readonly id: string;
  readonly title: string;
  readonly zone: Zone;
  /** Last part of its address. */
  readonly host: number;
  /** With a prefix of the real vendor, so that the vendor can be looked up. */
  readonly mac: string;
  readonly truth: Truth;
  /** Resolves when everything listens. Its process is ended to stop it. */
  start(host: LabHost): Promise<void>;
}

/** What a device has of the world. Nothing here throws for a port or a tool that is not to be had: it is reported. */
export interface LabHost {
  /** 1: alone in a network namespace. 2: an address of loopback. */
  readonly level: Level;
  readonly address: string;
  readonly mac: string;
  /** Of this device alone. */
  readonly workFolder: string;
  /** Where `log` writes, a JSON object a line: for servers that note something themselves. */
  readonly eventFile: string;
  log(event: LabEvent): void;
  /** A server that answers only what `talk` finds well-formed. */
  tcp(port: number, talk: () => Talk): Promise<void>;
  /** The same inside TLS 1.2 or later, with a certificate of this device's own. */
  tls(port: number, talk: () => Talk): Promise<void>;
  udp(port: number, answer: Answerer, groups?: Groups): Promise<void>;
  /** Hands a raw connection to a server of npm; it is logged like every other. */
  raw(port: number, serve: (socket: import('node:net').Socket) => void): Promise<void>;
  /**
   * Runs a real server until the device ends; resolves to whether its TCP ports listen, or for UDP
   * whether it still runs. Where it does not, its services are reported as skipped.
   */
  server(command: readonly string[], ports: Ports): Promise<boolean>;
  /** The same where a simulator can stand in: resolves to why the server does not listen. */
  attempt(command: readonly string[], ports: Ports): Promise<string | undefined>;
  /** Reports that something simple answers there in place of a real server. */
  standIn(port: number, why: string): void;
  /**
   * Runs a real server for each connection, which is its standard input and output, as inetd does;
   * resolves to why it cannot.
   */
  inetd(port: number, command: readonly string[]): Promise<string | undefined>;
  /** A self-signed key and certificate, made by openssl; nothing where that is missing. */
  certificate(form?: CertificateForm): Promise<Certificate | undefined>;
  /** Leaves the network for so long, as a device does that restarts. */
  vanish(milliseconds: number): void;
}

export type Level = 1 | 2;

export interface Ports {
  readonly tcp?: readonly number[];
  readonly udp?: readonly number[];
}

export interface CertificateForm {
  readonly name?: string;
  /** Of an RSA key; 2048 where nothing is said. */
  readonly bits?: number;
  readonly digest?: 'sha1' | 'sha256';
}

export interface Certificate {
  readonly keyFile: string;
  readonly certificateFile: string;
}

/** A line of a device's log, which tests read: `write`, `printer_bytes` and `plc_died` must not be there. */
export interface LabEvent {
  readonly event:
    | 'connection'
    | 'bytes'
    | 'malformed'
    | 'login'
    | 'write'
    | 'printer_bytes'
    | 'plc_died'
    | 'reset';
  readonly port?: number;
  readonly from?: string;
  readonly count?: number;
  /** First bytes in hex, or why. */
  readonly detail?: string;
}

/** A service that could not be brought up on this machine as it should, and why. */
export interface Skipped {
  readonly transport: Transport;
  readonly port: number;
  readonly why: string;
}
