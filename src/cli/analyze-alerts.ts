import { PortolanError } from '../base/errors.ts';
import { detectors } from '../detectors/index.ts';
import { Monitor } from '../detectors/monitor.ts';
import type { LineWriter } from '../io/capture/line-writer.ts';
import type { Signal } from '../model/alert.ts';
import type { Observation } from '../model/observation.ts';
import type { Input } from './command.ts';
import { FirstOfEach } from './first-signals.ts';

/** Watches over a capture and writes each alert as it would have been sent. */
export interface AlertLog {
  see(observation: Observation): void;
  /** Alerts that were written, and signals that repeated one. */
  readonly alerts: number;
  readonly repeats: number;
}

export function alertLog(output: LineWriter, learnUntil: number | undefined): AlertLog {
  const monitor = new Monitor({
    detectors: detectors.all,
    ...(learnUntil === undefined ? {} : { learnUntil }),
  });
  const first = new FirstOfEach();
  return {
    see(observation) {
      for (const signal of monitor.see(observation)) {
        if (first.isNew(signal)) output.write(alertLine(signal));
      }
    },
    get alerts() {
      return first.alerts;
    },
    get repeats() {
      return first.repeats;
    },
  };
}

/** `ts` in seconds; the first of the devices is the one that acted. */
export function alertLine(signal: Signal): object {
  const { at, type, severity, devices, peer, transport, port, key, evidence } = signal;
  return {
    ts: at / 1000,
    type,
    device: devices[0],
    devices,
    peer,
    transport,
    port,
    severity,
    threat: signal.threat,
    key,
    summary: signal.summary,
    usual: signal.usual,
    evidence,
    unseen: signal.unseen,
    reasons: signal.reasons,
    remedy: signal.remedy,
  };
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
