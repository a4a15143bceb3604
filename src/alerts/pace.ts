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
/** The same for what makes nothing worse: more of an incident that somebody was told of. */
const MORE_EVERY = 24 * HOUR;

/** Decides when somebody is told: at once, or later together with others. */
export class Pace {
  readonly #quiet: QuietHours | undefined;
  readonly #localMinute: LocalMinute;
  /** Of what was told within the last hour. */
  #told: Instant[] = [];
  #lastDigest = Number.NEGATIVE_INFINITY;
  /** When the next digest is due; undefined: nothing is held. */
  #due: Instant | undefined;

  constructor(quiet: QuietHours | undefined, localMinute: LocalMinute) {
    this.#quiet = quiet;
    this.#localMinute = localMinute;
  }

  /** Forgets what was before a clock was set. */
  reset(): void {
    this.#told = [];
    this.#lastDigest = Number.NEGATIVE_INFINITY;
    this.#due = undefined;
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

  /** Something waits for a digest. @param isMore it makes nothing worse */
  hold(at: Instant, isMore = false): void {
    const due = at + (isMore ? MORE_EVERY : DIGEST_EVERY);
    this.#due = Math.min(this.#due ?? due, due);
  }

  /** Whether what is held is to be told now. */
  isDigestDue(at: Instant): boolean {
    if (this.#due === undefined || this.#isQuiet(at)) return false;
    return at >= this.#due && at - this.#lastDigest >= DIGEST_EVERY;
  }

  /** @param more whether something is still held */
  digested(at: Instant, more: boolean): void {
    this.#lastDigest = at;
    this.#due = more ? at + DIGEST_EVERY : undefined;
  }

  #isQuiet(at: Instant): boolean {
    return isQuiet(this.#quiet, this.#localMinute(at));
  }
}
