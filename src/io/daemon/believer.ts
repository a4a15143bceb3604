import { setImmediate } from 'node:timers/promises';
import type { Instant } from '../../model/core.ts';
import type { Session } from '../site/session.ts';
import type { Believed } from './context.ts';

/** Milliseconds for which others wait while it is judged. */
const SLICE = 10;
/** Milliseconds between two judgements while somebody looks, and while nobody does. */
const WATCHED = 2000;
const UNWATCHED = 30_000;
/** Milliseconds for which who asked counts as looking. */
const LOOKS_FOR = 60_000;
/** Milliseconds after which it is judged anew though nothing came in: certificates expire. */
const AGE = 600_000;

export interface BelieverOptions {
  readonly session: Session;
  /** Another one for each start. */
  readonly era: string;
  now(): Instant;
  /** Whether somebody waits for news. */
  isHeard(): boolean;
  /** There is another site. */
  onSite(): void;
  /** It could not be judged. */
  onError(error: unknown): void;
}

/**
 * What is believed, as it was judged last. Whoever asks gets it at once; where something came in
 * since, it is judged anew meanwhile, in slices between which everybody else has a turn.
 */
export class Believer {
  readonly #options: BelieverOptions;
  #believed: Believed;
  #versions = 0;
  #isDirty = false;
  #running: Promise<void> | undefined;
  #judgedAt: Instant;
  #askedAt = 0;

  private constructor(options: BelieverOptions, believed: Believed) {
    this.#options = options;
    this.#believed = believed;
    this.#judgedAt = options.now();
  }

  static async begin(options: BelieverOptions): Promise<Believer> {
    const site = await inSlices(options.session);
    return new Believer(options, { site, version: `${options.era}.0` });
  }

  /** For who looks from outside. */
  get(): Believed {
    this.#askedAt = this.#options.now();
    this.tick();
    return this.#believed;
  }

  /** For parts of the daemon: asks for nothing to be judged. */
  get last(): Believed {
    return this.#believed;
  }

  /** Something came in. */
  changed(): void {
    this.#isDirty = true;
  }

  /** Judges anew where it is time. */
  tick(): void {
    if (this.#running !== undefined) return;
    const { now, isHeard } = this.#options;
    const age = now() - this.#judgedAt;
    const isWatched = isHeard() || now() - this.#askedAt < LOOKS_FOR;
    const wait = !this.#isDirty ? AGE : isWatched ? WATCHED : UNWATCHED;
    if (age >= wait || age < 0) void this.#run();
  }

  /** With everything that was stored so far: for who has just written, and reads it back. */
  async settled(): Promise<Believed> {
    await this.#running;
    if (this.#isDirty) await this.#run();
    return this.#believed;
  }

  /** Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    await this.#running;
  }

  #run(): Promise<void> {
    this.#running ??= this.#judge().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #judge(): Promise<void> {
    const { session, era, now, onSite, onError } = this.#options;
    this.#isDirty = false;
    try {
      const site = await inSlices(session);
      this.#versions += 1;
      this.#believed = { site, version: `${era}.${this.#versions}` };
      onSite();
    } catch (error) {
      this.#isDirty = true;
      onError(error);
    }
    this.#judgedAt = now();
  }
}

function inSlices(session: Session): Promise<Believed['site']> {
  return sliced(session.siteInSteps());
}

/**
 * Takes the steps, between which everybody else has a turn.
 *
 * @param onTurn hears of the step after which others have it
 */
export async function sliced<Step, Result>(
  steps: Iterator<Step, Result>,
  onTurn: (step: Step) => void = () => {},
): Promise<Result> {
  let since = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - since < SLICE) continue;
    onTurn(step.value);
    await setImmediate();
    since = performance.now();
  }
}
