import type { Alert, Expectation, Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';

/** What of an alert an expectation is to cover; at least one of type and device. */
export interface Scope {
  readonly type: boolean;
  readonly device: boolean;
  readonly peer: boolean;
  readonly port: boolean;
}

/**
 * Whether a person said that this is expected. The device is the one that acts: that a camera is
 * allowed to search says nothing of whoever searches the camera. What is critical is hidden only by
 * an expectation that names its type.
 */
export function covers(
  expectation: Expectation,
  signal: Signal,
  now: Instant = signal.at,
): boolean {
  const { type, device, peer, port, until } = expectation;
  if (type === undefined && (device === undefined || signal.severity === 'critical')) return false;
  if (until !== undefined && now >= until) return false;
  return (
    (type === undefined || type === signal.type) &&
    (device === undefined || device === signal.devices[0]) &&
    (peer === undefined || peer === signal.peer) &&
    (port === undefined || port === signal.port)
  );
}

/** The alerts that would not be there if it had always been expected. */
export function wouldHide(expectation: Expectation, alerts: Iterable<Alert>): readonly Alert[] {
  const { until: _, ...always } = expectation;
  return [...alerts].filter(({ first, last }) => covers(always, first) && covers(always, last));
}

/** What of the alert's signal is covered, without who and until when. */
export function scopeOf(
  { first }: Alert,
  scope: Scope,
): Pick<Expectation, 'type' | 'device' | 'peer' | 'port'> {
  const { type, devices, peer, port } = first;
  const [device] = devices;
  return {
    ...(scope.type ? { type } : {}),
    ...(scope.device && device !== undefined ? { device } : {}),
    ...(scope.peer && peer !== undefined ? { peer } : {}),
    ...(scope.port && port !== undefined ? { port } : {}),
  };
}
