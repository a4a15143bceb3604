import type {
  Access,
  Answer,
  Carrier,
  Category,
  Certainty,
  Direction,
  Instant,
  Severity,
  Threat,
  Transport,
} from '../core.ts';
import type { EvidenceSource } from '../evidence.ts';
import type { Cell, Verdict } from '../ledger.ts';
import type { ServiceState } from '../service.ts';
import type { Named } from './common.ts';

/** An item of `GET devices`. */
export interface DeviceItem {
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  readonly model: string;
  readonly firmware: string;
  readonly kind: string;
  readonly category: Category | 'unknown';
  readonly zone: string;
  readonly address: string;
  readonly addresses: readonly string[];
  readonly macs: readonly string[];
  /** The worst of its findings and open alerts; `none` where there is none. */
  readonly risk: Severity | 'none';
  readonly findings: number;
  readonly alerts: number;
  readonly services: readonly ServiceChip[];
  /** Open ports that nobody was seen to use. */
  readonly unused: number;
  /** Ports that the ledger says are needed, and all that it has an opinion on. */
  readonly needed: number;
  readonly known: number;
  readonly policy: PolicyState;
  /** A finding of it is a way in from the internet. */
  readonly reachable: boolean;
  readonly fragile: boolean;
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  /** Id of the device that speaks for it. */
  readonly behind?: string;
}

export interface ServiceChip {
  readonly transport: Transport;
  readonly port: number;
  readonly protocol: string;
  readonly verdict: Verdict;
}

/** How far the policy is with a device. */
export type PolicyState = 'none' | 'observing' | 'learned' | 'trial' | 'enforcing' | 'quarantine';

/** `GET devices/{id}`: the page of a device. */
export interface DeviceView extends DeviceItem {
  /** One sentence: is it safe to keep, what is to be done. */
  readonly verdict: string;
  readonly attributes: readonly AttributeView[];
  readonly keys: readonly string[];
  readonly robustness: string;
  readonly robustnessReason: string;
  readonly conflicts: readonly string[];
  readonly rows: readonly LedgerItem[];
  readonly serviceList: readonly ServiceItem[];
  readonly findingList: readonly FindingItem[];
  readonly alertList: readonly Named[];
  readonly children: readonly Named[];
  readonly history: readonly ChangeEvent[];
  /** What the dossier of its model says, with its source. */
  readonly dossier?: { readonly title: string; readonly citation: string };
}

export interface AttributeView {
  readonly name: string;
  readonly value: string;
  readonly certainty: Certainty;
  readonly source: EvidenceSource;
  /** A person said so: nothing overrules it until it is taken back. */
  readonly locked: boolean;
  readonly evidence: readonly number[];
}

/** `PATCH devices/{id}`, with `If-Match`. Everything may be taken back by giving null. */
export interface DeviceEdit {
  readonly name?: string | null;
  readonly category?: Category | null;
  readonly vendor?: string | null;
  readonly model?: string | null;
  readonly treatAs?: 'fragile' | 'robust' | null;
}

export interface ServiceItem {
  readonly device: Named;
  readonly transport: Transport;
  readonly port: number;
  readonly state: ServiceState;
  readonly protocol: string;
  readonly version: string;
  readonly over: Carrier;
  readonly access: Access | 'unknown';
  readonly certainty: Certainty;
  readonly encrypted: boolean;
  readonly sources: readonly EvidenceSource[];
  readonly details: readonly { readonly name: string; readonly value: string }[];
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  readonly verdict: Verdict;
}

/** An item of `GET ledger`: one port of one device, four answers. */
export interface LedgerItem {
  readonly device: Named;
  readonly direction: Direction;
  readonly transport: Transport;
  readonly port: number;
  readonly protocol: string;
  readonly open: Cell;
  readonly used: Cell;
  readonly needed: Cell;
  readonly allowed: Cell;
  readonly verdict: Verdict;
  readonly advice: string;
}

/** `GET matrix`: devices × services, the same filter language as `GET devices`. */
export interface MatrixView {
  readonly columns: readonly MatrixColumn[];
  readonly rows: readonly MatrixRow[];
  /** Devices that the filter leaves; `rows` are those from `offset` on, at most `limit`. */
  readonly total: number;
}

export interface MatrixColumn {
  readonly transport: Transport;
  readonly port: number;
  /** What is usually there, and how many devices have it. */
  readonly usual: string;
  readonly devices: number;
}

export interface MatrixRow {
  readonly device: Named;
  readonly zone: string;
  readonly category: Category | 'unknown';
  /** In the order of their columns; a column without a cell is empty. */
  readonly cells: readonly MatrixCell[];
}

export interface MatrixCell {
  readonly column: number;
  readonly protocol: string;
  readonly certainty: Certainty;
  readonly open: Answer;
  readonly used: Answer;
  readonly needed: Answer;
  readonly allowed: Answer;
  readonly verdict: Verdict;
  readonly advice: string;
  readonly isNew: boolean;
  readonly wrongProtocol: boolean;
}

export interface FindingItem {
  readonly id: string;
  readonly rule: string;
  readonly threat: Threat;
  readonly severity: Severity;
  readonly certainty: Certainty;
  readonly device: Named;
  readonly transport?: Transport;
  readonly port?: number;
  readonly summary: string;
  readonly impact: string;
  readonly remedy: string;
  readonly evidence: readonly number[];
  readonly clauses: readonly string[];
  readonly sources: readonly string[];
}

/** What changed: a device or a port that came, went or became something else. */
export interface ChangeEvent {
  readonly at: Instant;
  readonly kind:
    | 'device-new'
    | 'port-opened'
    | 'port-closed'
    | 'protocol-changed'
    | 'attribute-changed'
    | 'alert'
    | 'change-applied';
  readonly device?: Named;
  readonly text: string;
}

/** `GET evidence/{id}` */
export interface EvidenceView {
  readonly id: number;
  readonly at: Instant;
  readonly source: EvidenceSource;
  readonly observer: string;
  readonly subject: string;
  readonly certainty: Certainty;
  readonly kind: string;
  readonly text: string;
  /** Bytes of the exchange, hexadecimal. */
  readonly request?: string;
  readonly response?: string;
}

/** `GET overview` */
export interface Overview {
  readonly at: Instant;
  /** What a person has to do, worst first, at most 20. */
  readonly needsYou: readonly Need[];
  readonly devices: number;
  readonly devicesNew7d: number;
  readonly byCategory: Readonly<Record<string, number>>;
  readonly services: number;
  readonly unused: number;
  readonly unencrypted: number;
  readonly reachableFromOutside: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly findings: Readonly<Record<Severity, number>>;
  readonly alertsOpen: Readonly<Record<Severity, number>>;
  readonly policy: Readonly<Record<PolicyState, number>>;
  readonly changed: readonly ChangeEvent[];
  /** Bytes in and out of each hour of the last 24, oldest first; empty where no traffic is seen. */
  readonly traffic: readonly {
    readonly at: Instant;
    readonly bytes: number;
    readonly flows: number;
  }[];
  readonly topTalkers: readonly {
    readonly device: Named;
    readonly bytes: number;
    readonly peer: string;
  }[];
}

export interface Need {
  readonly kind: 'alert' | 'finding' | 'unknown-device' | 'change' | 'blind';
  readonly severity: Severity;
  readonly at: Instant;
  readonly text: string;
  /** What it is about: an alert, a finding, a device, a change. */
  readonly id: string;
  readonly device?: Named;
}
