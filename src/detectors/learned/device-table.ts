import type { Instant } from '../../model/core.ts';

/** Devices that are known, and newcomers beside them. */
const KNOWN = 4_096;
const NEWCOMERS = 512;
/** Milliseconds after which a newcomer that speaks again is known. */
const PROBATION = 600_000;

interface Entry<State> {
  readonly since: Instant;
  readonly state: State;
}

/**
 * What is remembered of each device, with a bound that a stranger cannot use against it: whoever
 * forges a thousand senders pushes out other newcomers, never a device that was there before.
 */
export class DeviceTable<State> {
  dropped = 0;
  readonly #make: (device: string, at: Instant) => State;
  readonly #known = new Map<string, State>();
  readonly #newcomers = new Map<string, Entry<State>>();

  constructor(make: (device: string, at: Instant) => State) {
    this.#make = make;
  }

  get size(): number {
    return this.#known.size + this.#newcomers.size;
  }

  /** What is remembered; begins where there is nothing. */
  of(device: string, at: Instant): State {
    const known = this.#known.get(device);
    if (known !== undefined) return known;
    const newcomer = this.#newcomers.get(device);
    if (newcomer === undefined) return this.#begin(device, at);
    if (at - newcomer.since >= PROBATION && this.#known.size < KNOWN) {
      this.#newcomers.delete(device);
      this.#known.set(device, newcomer.state);
    }
    return newcomer.state;
  }

  peek(device: string): State | undefined {
    return this.#known.get(device) ?? this.#newcomers.get(device)?.state;
  }

  *entries(): Iterable<[string, State]> {
    yield* this.#known;
    for (const [device, { state }] of this.#newcomers) yield [device, state];
  }

  #begin(device: string, at: Instant): State {
    if (this.#newcomers.size === NEWCOMERS) {
      const [oldest] = this.#newcomers.keys();
      if (oldest !== undefined) this.#newcomers.delete(oldest);
      this.dropped += 1;
    }
    const state = this.#make(device, at);
    this.#newcomers.set(device, { since: at, state });
    return state;
  }
}
