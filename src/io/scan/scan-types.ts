import type { AddressRange } from '../../base/address.ts';
import type { PortSet } from '../../base/port-set.ts';
import type { Robustness, Transport } from '../../model/core.ts';
import type { NewEvidence } from '../../model/evidence.ts';
import type { Pace } from '../../model/scan.ts';

/** Where packets may go. Everything that sends asks `allows` first, names and redirects included. */
export interface Scope {
  readonly ranges: readonly AddressRange[];
  readonly exclude: readonly AddressRange[];
  /** Reason that the user gave for ranges beyond the machine's own private networks. */
  readonly authorisation?: string;
  allows(address: string): boolean;
}

export interface ScanPlan {
  /** `PTL-S-…`; the observer of all its evidence. */
  readonly id: string;
  readonly targets: readonly AddressRange[];
  readonly scope: Scope;
  readonly tcp: PortSet;
  readonly udp: PortSet;
  readonly pace: Pace;
  /** Scan every target address, whether or not discovery saw it (`-Pn`). */
  readonly assumeUp: boolean;
  /** Only find devices (`-sn`). */
  readonly discoverOnly: boolean;
  /** Ask the protocols that answered about identity and access (`reads`), not only greet them. */
  readonly read: boolean;
  /** What was done before, from the store. */
  readonly resume?: string;
  /** Interfaces that a link-local target named after `%`: it is asked there alone. */
  readonly zones?: readonly string[];
}

/** What is already believed of an address before the first packet: it decides how it is treated. */
export interface Known {
  readonly mac?: string;
  readonly robustness: Robustness;
  readonly reason: string;
  /** Category `printer` and `industrial` narrow what may be sent. */
  readonly category: string;
  /** Signatures that the user named, tried on whatever is unrecognised. */
}

/** The scan's only way out: the caller stores, shows and decides. */
export interface ScanSink {
  evidence(evidence: readonly NewEvidence[]): void;
  progress(progress: ScanProgress): void;
  /** One sentence for the user; it also goes into the record. */
  note(text: string): void;
  /** Called at least every second and at the end; `--resume` gets the last one back. */
  checkpoint(progress: string): void;
  /** Asked before a device is touched and again after each piece of evidence about it. */
  known(address: string): Known;
  /** Why an address is not to be touched at all, where it is not: a device in distress is left alone. */
  leaveAlone?(address: string): string | undefined;
  /** Protocols that the device advertises for a port (mDNS, SSDP), by id. */
  hints?(address: string, port: number, transport: Transport): readonly string[];
}

export interface ScanProgress {
  readonly phase: 'discover' | 'ports' | 'identify' | 'done';
  /** Units of work: probes done and planned; the plan may grow. */
  readonly done: number;
  readonly total: number;
  readonly devices: number;
  readonly services: number;
  /** Address that is being asked now. */
  readonly current: string;
}
