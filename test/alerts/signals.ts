import type { Signal } from '../../src/model/alert.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** 2026-03-02T00:00:00Z, a Monday. */
export const START = 1_772_409_600_000;

/** A whole signal, of which a test says what matters to it. */
export function signal(parts: Partial<Signal> = {}): Signal {
  const { type = 'new_port', devices = ['02:00:00:00:00:01'] } = parts;
  return {
    type,
    at: START,
    severity: 'medium',
    threat: 'unauthorised-access',
    devices,
    key: [type, devices[0], parts.peer ?? '', parts.port ?? ''].join('|'),
    summary: `${devices[0]} did ${type}`,
    usual: 'It never did before.',
    evidence: { frames: [7], flows: [], facts: [{ name: 'tries', value: '3' }], count: 3 },
    unseen: ['replies'],
    remedy: 'Look at the device.',
    reasons: ['it is new'],
    ...parts,
  };
}

/** The MAC of the nth device. */
export function mac(number: number): string {
  const hex = number.toString(16).padStart(10, '0');
  return `02:${hex.match(/../g)?.join(':') ?? ''}`;
}
