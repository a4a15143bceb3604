import type { Category, Certainty, Direction, Transport } from '../model/core.ts';
import type { FactoryLogin } from '../model/factory-login.ts';

/** What is documented of a device model or family: what it needs, with the source of each line. */
export interface Dossier {
  /** Kebab case; also the file's name: `hue-bridge`. */
  readonly id: string;
  readonly title: string;
  readonly vendor: string;
  readonly category: Category;
  /** Camera, plc, thermostat …, lower case. */
  readonly kind: string;
  /** Other names a person may type: `hue`, `philips-hue`. */
  readonly aliases: readonly string[];
  /** How a device is known to be one; all given parts must fit. Compared without regard to case. */
  readonly matches: readonly DossierMatch[];
  /**
   * Types of DNS-SD that nothing else announces: what announces itself so is taken for one. That they
   * are announced is said, with its source, by the line of `mdns`.
   */
  readonly announces?: readonly string[];
  readonly lines: readonly DossierLine[];
  /** What a person should know: no IP port of its own, keep on one VLAN with …; each with its source. */
  readonly notes: readonly DossierNote[];
  /** How its login is documented to be delivered. Nobody tries it: the owner is told to look. */
  readonly factoryLogin?: FactoryLogin;
}

export interface DossierMatch {
  /** Substring of the believed vendor, of the model, of the kind. */
  readonly vendor?: string;
  readonly model?: string;
  readonly kind?: string;
  /** A protocol that it was proved to speak. */
  readonly speaks?: string;
}

export interface DossierLine {
  readonly direction: Direction;
  readonly transport: Transport;
  /** `443`, `49152-65535`. */
  readonly ports: string;
  /** Protocol id or the field's name for it. */
  readonly protocol: string;
  /** Where to or from: `internet`, `lan`, `gateway`, `*.transport.nest.com`, `phone`, a multicast group. */
  readonly peer: string;
  readonly purpose: string;
  /** `optional`: only for a function that not everybody uses. */
  readonly need: 'required' | 'optional' | 'not-needed';
  readonly certainty: Certainty;
  readonly source: Citation;
}

export interface DossierNote {
  readonly text: string;
  readonly source: Citation;
}

export interface Citation {
  /** Title of the document with chapter or clause; an address where it has one. */
  readonly document: string;
  /** When it was published or read: ISO date, `2025-11-14` or `2025`. */
  readonly date: string;
}
