import type { Instant } from '../model/core.ts';
import { compareSeverity } from '../model/core.ts';
import type { AlertBook, Known } from './book.ts';
import { Pace } from './pace.ts';
import type { LocalMinute, QuietHours } from './quiet.ts';
import { toldOf } from './relate.ts';
import type { News, Told } from './tell.ts';
import { digestNotice, notice } from './tell.ts';

/** Makes notices of what is worth telling: at once, or with the next digest. */
export class Teller {
  readonly #book: AlertBook;
  readonly #pace: Pace;
  #notices: Told[] = [];

  constructor(book: AlertBook, quiet: QuietHours | undefined, localMinute: LocalMinute) {
    this.#book = book;
    this.#pace = new Pace(quiet, localMinute);
    // Whoever was owed a word when the program ended gets it with the first digest.
    for (const { owed, alert } of book.all()) if (owed) this.#pace.hold(alert.last.at);
  }

  /** A clock was set: what is held waits from now on. */
  reset(at: Instant): void {
    this.#pace.reset();
    for (const { owed } of this.#book.all()) if (owed) this.#pace.hold(at);
  }

  /** What is not told now stays owed until the next digest. */
  tell(known: Known, kind: News, at: Instant): void {
    const { alert } = known;
    const others = this.#book.incident(alert.incident).filter((one) => one !== known);
    const told = toldOf(alert.last, others, at);
    const isKnownOf = told !== undefined && compareSeverity(alert.severity, told) <= 0;
    const joins = kind !== 'resolved' && known.toldAt === undefined;
    const isMore = joins && isKnownOf;
    if (isMore || !this.#pace.mayTell(alert.severity, at)) {
      this.#pace.hold(at, isMore);
      return;
    }
    const company = joins ? others.filter(({ owed, toldAt }) => owed || toldAt !== undefined) : [];
    const isWorse = kind === 'worse' || (joins && told !== undefined);
    this.#notices.push(notice(isWorse ? 'worse' : kind, [known, ...company], at));
    this.#settle([known, ...company], at);
  }

  /** What is held, the worst first; what does not fit comes with the next. */
  digestIfDue(at: Instant): void {
    if (!this.#pace.isDigestDue(at)) return;
    const made = digestNotice(
      [...this.#book.all()].filter(({ owed }) => owed),
      at,
    );
    this.#pace.digested(at, made !== undefined && made.left > 0);
    if (made === undefined) return;
    this.#notices.push(made.notice);
    this.#settle(made.included, at);
  }

  /** What there is to tell since it was asked last. */
  notices(): readonly Told[] {
    const notices = this.#notices;
    if (notices.length > 0) this.#notices = [];
    return notices;
  }

  /** Here it counts as told from now on; in the store once the notice is in the outbox. */
  #settle(known: readonly Known[], at: Instant): void {
    for (const { alert } of known) {
      this.#book.apply({ kind: 'told', subject: alert.id, at, by: 'portolan' });
    }
  }
}
