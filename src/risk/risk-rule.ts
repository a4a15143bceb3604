import type { Certainty, Instant, Severity, Threat } from '../model/core.ts';
import type { Device } from '../model/device.ts';
import type { Evidence } from '../model/evidence.ts';
import type { FactoryLogin } from '../model/factory-login.ts';
import type { LedgerRow } from '../model/ledger.ts';
import type { Service } from '../model/service.ts';
import type { ProductMatch } from '../model/vulnerability.ts';
import type { Protocol } from '../protocols/protocol.ts';

/** The contract of a file in this folder. */
export interface RiskRule {
  /** Also the file's name. */
  readonly id: string;
  readonly title: string;
  readonly threat: Threat;
  /** Documents that say so, with clause and date. */
  readonly sources: readonly string[];
  /** Clauses of standards that it maps to: `ETSI EN 303 645 5.5-1`, `NIST IR 8259A …`. */
  readonly clauses: readonly string[];
  /** At most one a service; a port number alone (`hint`) is no evidence and gives none. */
  check?(context: ServiceContext): Judgement | undefined;
  /** For what concerns a device as a whole (a port mapping, a conflict). */
  checkDevice?(context: DeviceContext): readonly Judgement[];
  /** For what two devices have to do with: a router that leads to a camera. */
  checkSite?(context: SiteContext): readonly SiteJudgement[];
}

/** What is judged: one device with all that is believed of it. */
export interface JudgeSubject {
  readonly device: Device;
  readonly services: readonly Service[];
  /** In order of time. */
  readonly evidence: readonly Evidence[];
}

export interface SiteContext {
  readonly at: Instant;
  readonly subjects: readonly JudgeSubject[];
}

/** What rules may ask of what others know; what is absent is not known, and gives no finding. */
export interface RiskTools {
  /** What imported feeds know against a device and what it runs. */
  vulnerabilities?(device: Device, services: readonly Service[]): readonly ProductMatch[];
  /** The login with which a device of that kind is documented to be delivered. */
  factoryLogin?(device: Device, services: readonly Service[]): FactoryLogin | undefined;
}

export interface ServiceContext {
  readonly at: Instant;
  readonly device: Device;
  readonly service: Service;
  readonly row: LedgerRow | undefined;
  /** Undefined for `unknown` and for names that a user gave. */
  readonly protocol: Protocol | undefined;
}

export interface DeviceContext {
  readonly at: Instant;
  readonly device: Device;
  readonly services: readonly Service[];
  /** Of this device, in order of time. */
  readonly evidence: readonly Evidence[];
  readonly tools: RiskTools;
}

/** What a rule says; ids, threat and clauses are added where the rules are run. */
export interface Judgement {
  readonly severity: Severity;
  readonly certainty: Certainty;
  readonly summary: string;
  readonly impact: string;
  readonly remedy: string;
  readonly evidence: readonly number[];
  readonly port?: number;
  readonly transport?: 'tcp' | 'udp';
  /** Tells apart two judgements of one rule on one port. */
  readonly product?: string;
}

/** The same, with the id of the device that it is a finding of. */
export interface SiteJudgement extends Judgement {
  readonly device: string;
}
