import { quote, untrusted } from '../../base/untrusted.ts';
import type { Signal } from '../../model/alert.ts';
import type { Instant, Severity, Threat } from '../../model/core.ts';

/** What a detector of behaviour has to say; what all have alike is added by `tell`. */
export interface Said {
  readonly type: string;
  readonly at: Instant;
  readonly severity: Severity;
  readonly threat: Threat;
  readonly devices: readonly string[];
  readonly peer?: string;
  readonly port?: number;
  readonly transport?: 'tcp' | 'udp';
  /** What beside type and device makes it the same alert. */
  readonly about: string;
  /**
   * In place of the type: what is told of one thing in several ways, ever worse, is one alert. What is
   * new about a destination is followed by what is done there.
   */
  readonly topic?: 'destination';
  readonly summary: string;
  readonly usual: string;
  readonly remedy: string;
  readonly reasons: readonly string[];
  readonly facts: Readonly<Record<string, string | number>>;
  readonly frames?: readonly (number | undefined)[];
  readonly count?: number;
  readonly unseen?: readonly string[];
}

const FRAMES = 16;

export function tell(parts: Said): Signal {
  const { about, topic, facts, frames = [], count = 1, unseen = [], ...rest } = parts;
  return {
    ...rest,
    key: [topic ?? parts.type, parts.devices[0] ?? '', about].join('|'),
    unseen,
    evidence: {
      frames: frames.flatMap((frame) => frame ?? []).slice(0, FRAMES),
      flows: [],
      facts: Object.entries(facts).map(([name, value]) => ({ name, value: String(value) })),
      count,
    },
  };
}

/** A name or address of a stranger, for a sentence of ours. */
export function said(name: string): string {
  return quote(untrusted(name));
}

/** `tcp/443`. */
export function service(transport: string, port: number): string {
  return `${transport}/${port}`;
}

/** Octets in the unit that reads best. */
export function octets(count: number): string {
  if (count < 10_000) return `${Math.round(count)} octets`;
  return count < 10_000_000
    ? `${Math.round(count / 1000)} kB`
    : `${Math.round(count / 1_000_000)} MB`;
}

/** A span of milliseconds in the unit that reads best. */
export function span(milliseconds: number): string {
  const minutes = milliseconds / 60_000;
  if (minutes < 1.5) return `${Math.round(milliseconds / 1000)} s`;
  return minutes < 120 ? `${Math.round(minutes)} minutes` : `${Math.round(minutes / 60)} hours`;
}
