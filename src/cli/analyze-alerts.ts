import type { Gathered } from '../alerts/gather.ts';
import { Gatherer } from '../alerts/gather.ts';
import { PortolanError } from '../base/errors.ts';
import { detectors } from '../detectors/index.ts';
import type { MonitorSize } from '../detectors/monitor.ts';
import { Monitor } from '../detectors/monitor.ts';
import type { LineWriter } from '../io/capture/line-writer.ts';
import { documentedFor } from '../knowledge/announced.ts';
import type { AlertOpened } from '../model/alert-event.ts';
import type { Observation } from '../model/observation.ts';
import type { Input } from './command.ts';

/**
 * Observations that are judged at a time: the code that follows packets and the code that judges are
 * too large for the processor's nearest memory together. It saves a fifth; nothing else changes.
 */
const BATCH = 512;

/** What came of watching over a capture. */
export interface AlertSummary {
  readonly alerts: number;
  readonly signals: number;
  readonly notices: number;
  /** What the detectors held at the end. */
  readonly memory: MonitorSize;
}

/** Watches over a capture and writes each alert as it would have been sent. */
export class AlertLog {
  /** Alerts that were written, and signals that only repeated one. */
  alerts = 0;
  signals = 0;
  /** What somebody would have been told, each notice with one alert or several; since it had learned. */
  notices = 0;
  readonly #output: LineWriter;
  readonly #monitor: Monitor;
  readonly #gatherer = new Gatherer();
  #batch: Observation[] = [];

  constructor(output: LineWriter, learnUntil: number | undefined) {
    this.#output = output;
    this.#monitor = new Monitor({
      detectors: detectors.all,
      documented: documentedFor,
      isExpected: (signal) => this.#gatherer.isExpected(signal),
      ...(learnUntil === undefined ? {} : { learnUntil }),
    });
  }

  get summary(): AlertSummary {
    const { alerts, signals, notices } = this;
    const { devices, octets, dropped, byDetector } = this.#monitor.size;
    return { alerts, signals, notices, memory: { devices, octets, dropped, byDetector } };
  }

  see(observation: Observation): void {
    this.#batch.push(observation);
    if (this.#batch.length === BATCH) this.flush();
  }

  /** Judges what was not judged yet: the capture ended. */
  flush(): void {
    const batch = this.#batch;
    this.#batch = [];
    for (const observation of batch) this.#judge(observation);
  }

  #judge(observation: Observation): void {
    this.#write(this.#gatherer.note(observation, this.#monitor.context.deviceOf));
    for (const signal of this.#monitor.see(observation)) {
      this.signals += 1;
      this.#write(this.#gatherer.take(signal));
    }
  }

  /** A file has no digest: each alert is written when it is made, whatever else is told with it. */
  #write({ events, notices }: Gathered): void {
    if (events.length === 0 && notices.length === 0) return;
    const { learnUntil } = this.#monitor.context;
    for (const { alerts } of notices) {
      if (alerts.some(({ last }) => last.at >= learnUntil)) this.notices += 1;
    }
    for (const event of events) {
      if (event.kind !== 'opened') continue;
      this.alerts += 1;
      this.#output.write(alertLine(event));
    }
  }
}

/** `ts` in seconds; the first of the devices is the one that acted. */
export function alertLine(opened: AlertOpened): object {
  const { at, subject, incident, signal, severity, raised } = opened;
  const { type, devices, peer, transport, port, reasons } = signal;
  return {
    ts: at / 1000,
    type,
    device: devices[0],
    devices,
    peer,
    transport,
    port,
    severity,
    id: subject,
    incident,
    threat: signal.threat,
    summary: signal.summary,
    usual: signal.usual,
    evidence: signal.evidence,
    unseen: signal.unseen,
    reasons: [...reasons, ...raised],
    remedy: signal.remedy,
  };
}

/** `high: 192.0.2.1 guesses passwords … (portolan alerts show PTL-A-7F3K)`. */
export function alertText({ subject, severity, signal }: AlertOpened): string {
  return `${severity}: ${signal.summary} (portolan alerts show ${subject})`;
}

/** A date, or seconds since 1970. */
export function learnUntilOf(input: Input): number | undefined {
  const text = input.text('learnUntil');
  if (text === undefined) return undefined;
  const isSeconds = /^\d{1,12}(?:\.\d{1,9})?$/.test(text);
  const moment = isSeconds ? Number(text) * 1000 : momentOf(text);
  if (!Number.isNaN(moment)) return moment;
  throw new PortolanError('E_USAGE', `--learn-until "${text}" is no moment`, {
    remedy: 'For example --learn-until 2026-01-31T12:00, or seconds since 1970',
  });
}

function momentOf(text: string): number {
  return /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
}
