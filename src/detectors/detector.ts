import type { Signal } from '../model/alert.ts';
import type { Category, Instant, Transport } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { TlsExpectation } from '../model/tls-profile.ts';

/** The contract of a file in this folder: thresholds with their sources, memory, and what it says. */
export interface Detector {
  readonly id: string;
  readonly title: string;
  /** Types of the signals that it gives. */
  readonly types: readonly string[];
  /** Documents and dates that its thresholds come from. */
  readonly sources: readonly string[];
  /** From when on it says something, each in words: `8 ports in vain within a day`. */
  readonly thresholds?: readonly string[];
  /** Whether it must have learned first; without it works from the first minute. */
  readonly learns: boolean;
  /** What is known to look like it and is not: for the page that explains an alert. */
  readonly knownFalse: readonly string[];
  /** Kinds of observations that it looks at; all where it does not say. */
  readonly sees?: readonly Observation['kind'][];
  start(context: DetectorContext): Watch;
}

/** One detector at work: all that it remembers, bounded. */
export interface Watch {
  /** Takes one observation in; says something or nothing. */
  see(observation: Observation): readonly Signal[];
  /** Time went on, at least every 10 s of the data's time: for what is missing rather than there. */
  tick?(now: Instant): readonly Signal[];
  /** Octets of what it holds, estimated, and entries that had to be dropped. */
  readonly size: { readonly octets: number; readonly dropped: number };
}

/** What all detectors know of the network; filled by the monitor before each observation. */
export interface DetectorContext {
  /** Until then everything is learned and what needs learning says nothing. */
  readonly learnUntil: Instant;
  /** Stable key of the device that has the address now: its MAC where known, else the address. */
  deviceOf(address: string, mac?: string): string;
  about(device: string): DeviceProfile;
  isLocal(address: string): boolean;
  /** Whether a person said that it is expected. */
  isExpected(signal: Signal): boolean;
  /** Rules in force (learned, MUD, manual): whether the device may; undefined: no policy. */
  mayOpen?(observation: Observation): boolean | undefined;
  /**
   * Name of the product that announces itself by such a service (`_ipp._tcp`) and is documented to
   * serve the port; undefined: nothing is documented.
   */
  documented?(service: string, transport: Transport, port: number): string | undefined;
  /** What the MUD file that is in use for a device says of its TLS; undefined: there is none. */
  tlsProfileOf?(device: string): readonly TlsExpectation[] | undefined;
}

export interface DeviceProfile {
  readonly device: string;
  readonly firstSeen: Instant;
  /** Until then what it does is learned: it may have come after the others. */
  readonly learnUntil?: Instant;
  readonly category: Category | 'unknown';
  /** `single`: does one thing (lamp, meter). `general`: a person uses it (phone, laptop, television). */
  readonly purpose: 'single' | 'general' | 'unknown';
  readonly infrastructure: boolean;
}
