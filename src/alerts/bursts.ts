import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import { compareSeverity } from '../model/core.ts';
import { spanText } from './kinds.ts';

/** So many different ones within so many milliseconds are told as one. */
export const BURST_WINDOW = 600_000;
const OF_ONE_DEVICE = 5;
const OF_ALL = 8;
/** Devices and reasons that a burst names; further ones are counted. */
const NAMED = 64;
/** Openings that are remembered, whatever their types. */
const REMEMBERED = 1024;

interface Opening {
  readonly at: Instant;
  readonly id: string;
  readonly type: string;
  readonly actor: string;
}

/**
 * Sees that alerts of one type come in numbers: a flood of made-up MACs is one event and not a
 * thousand, and so is one device that reaches for a hundred strangers.
 */
export class Bursts {
  #openings: Opening[] = [];

  /** Forgets what was before a clock was set. */
  reset(): void {
    this.#openings = [];
  }

  note(signal: Signal, id: string): void {
    const { at, type, devices } = signal;
    this.#openings = this.#openings.filter((one) => at - one.at < BURST_WINDOW).slice(-REMEMBERED);
    this.#openings.push({ at, id, type, actor: devices[0] ?? '' });
  }

  /** The alerts that, with this signal, are a burst; the narrower of the two kinds first. */
  of(signal: Signal): { readonly key: string; readonly members: readonly string[] } | undefined {
    const [actor = ''] = signal.devices;
    const alike = this.#openings.filter(
      ({ at, type }) => type === signal.type && signal.at - at < BURST_WINDOW,
    );
    const own = alike.filter((one) => one.actor === actor);
    if (own.length >= OF_ONE_DEVICE) {
      return { key: actorKey(signal), members: own.map(({ id }) => id) };
    }
    if (alike.length < OF_ALL) return undefined;
    return { key: typeKey(signal.type), members: alike.map(({ id }) => id) };
  }
}

export function actorKey({ type, devices }: Signal): string {
  return `burst|${type}|${devices[0] ?? ''}`;
}

export function typeKey(type: string): string {
  return `burst|${type}`;
}

/** The one signal that stands for those of a burst. */
export function burstSignal(key: string, parts: readonly Signal[], newest: Signal): Signal {
  const [first = newest] = parts;
  const whole = parts.slice(1).reduce((sum, part) => grown(sum, part, sum.at), { ...first, key });
  return grown(whole, newest, first.at);
}

/** A burst with one more signal in it; nothing that it names is lost but by its cap. */
export function grown(burst: Signal, signal: Signal, since: Instant): Signal {
  const devices = [...new Set([...burst.devices, ...signal.devices])];
  const cases = casesOf(burst) + 1;
  const known = factOf(burst, DEVICES) ?? burst.devices.length;
  const added = devices.length - burst.devices.length;
  const count = known + added;
  const worse = compareSeverity(signal.severity, burst.severity) > 0 ? signal : burst;
  const span = spanText(Math.max(1000, signal.at - since));
  return {
    ...signal,
    key: burst.key,
    severity: worse.severity,
    devices: devices.slice(0, NAMED),
    summary: `${signal.type} ${cases} times within ${span}, by or about ${count} devices; the last: ${signal.summary}`,
    reasons: [...new Set([...burst.reasons, ...signal.reasons])].slice(0, 8),
    unseen: [...new Set([...burst.unseen, ...signal.unseen])].slice(0, 8),
    evidence: {
      frames: [...burst.evidence.frames, ...signal.evidence.frames].slice(-16),
      flows: [...burst.evidence.flows, ...signal.evidence.flows].slice(-16),
      facts: [
        { name: CASES, value: String(cases) },
        { name: DEVICES, value: String(count) },
      ],
      count: burst.evidence.count + signal.evidence.count,
    },
  };
}

const CASES = 'cases';
const DEVICES = 'devices';

function casesOf(burst: Signal): number {
  return factOf(burst, CASES) ?? 1;
}

function factOf({ evidence }: Signal, name: string): number | undefined {
  const text = evidence.facts.find((fact) => fact.name === name)?.value;
  const number = Number(text);
  return text === undefined || Number.isNaN(number) ? undefined : number;
}
