import type { Instant, Severity } from '../model/core.ts';
import type { LocalMinute, QuietHours } from './quiet.ts';
import { isQuiet } from './quiet.ts';

const HOUR = 3_600_000;
/**
 * Notices in an hour, digests apart; what is critical has some of its own, so that a storm of little
 * things does not hide it. With a digest every ten minutes there are never more than 60 in an hour.
 */
const AN_HOUR = 40;
const CRITICAL_MORE = 10;
/** Milliseconds between two digests, and for which what is held waits for company. */
const DIGEST_EVERY = 600_000;

/** Decides when somebody is told: at once, or later together with others. */
export class Pace {
  readonly #quiet: QuietHours | undefined;
  readonly #localMinute: LocalMinute;
  /** Of what was told within the last hour. */
  #told: Instant[] = [];
  #lastDigest = Number.NEGATIVE_INFINITY;
  #heldSince: Instant | undefined;

  constructor(quiet: QuietHours | undefined, localMinute: LocalMinute) {
    this.#quiet = quiet;
    this.#localMinute = localMinute;
  }

  /** Forgets what was before a clock was set. */
  reset(): void {
    this.#told = [];
    this.#lastDigest = Number.NEGATIVE_INFINITY;
    this.#heldSince = undefined;
  }

  /** Whether it may be told now; if so it counts. */
  mayTell(severity: Severity, at: Instant): boolean {
    const isCritical = severity === 'critical';
    this.#told = this.#told.filter((then) => at - then < HOUR);
    const most = AN_HOUR + (isCritical ? CRITICAL_MORE : 0);
    if (this.#told.length >= most || (!isCritical && this.#isQuiet(at))) return false;
    this.#told.push(at);
    return true;
  }

  hold(at: Instant): void {
    this.#heldSince ??= at;
  }

  /** Whether what is held is to be told now. */
  isDigestDue(at: Instant): boolean {
    if (this.#heldSince === undefined || this.#isQuiet(at)) return false;
    return at - this.#heldSince >= DIGEST_EVERY && at - this.#lastDigest >= DIGEST_EVERY;
  }

  /** @param more whether something is still held */
  digested(at: Instant, more: boolean): void {
    this.#lastDigest = at;
    this.#heldSince = more ? at : undefined;
  }

  #isQuiet(at: Instant): boolean {
    return isQuiet(this.#quiet, this.#localMinute(at));
  }
}
