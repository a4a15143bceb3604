/** What one attempt to reach a port came to. */
export type Attempt =
  | { readonly kind: 'open' | 'refused'; readonly milliseconds: number }
  | { readonly kind: 'silent' };

export type Verdict =
  | 'fine'
  /** Something that answered does not: ask a port that is known to answer before anything else. */
  | 'check'
  /** This port alone went silent: the device lives. */
  | 'port-lost';

/** Answers slower than this many times the first ones, and by a second, count as none. */
const SLOWER = 20;
const SLOW_MS = 1000;
/** Silent ports in a row after which a device that did answer is looked after. */
const SILENT_RUN = 2;
/** A firewalled device is silent on most ports: it is looked after less and less often. */
const SILENT_RUN_MAX = 16;

/**
 * Watches one device while it is asked. Pure: it is told what happened and says what to do; the
 * caller has the sockets.
 */
export class Canary {
  /** Port → failures in a row since it was open. */
  readonly #open = new Map<number, number>();
  #refused: number | undefined;
  /** Milliseconds: the quickest of the answers so far. */
  #baseline: number | undefined;
  #silentRun = 0;
  #limit = SILENT_RUN;

  /** Milliseconds of the quickest answer; undefined before the first. */
  get baseline(): number | undefined {
    return this.#baseline;
  }

  get hasAnswered(): boolean {
    return this.#baseline !== undefined;
  }

  /** A port that answered before, another than `port` where there is one. */
  witness(port: number): number | undefined {
    const sound = [...this.#open].filter(([, failures]) => failures === 0).map(([open]) => open);
    return sound.find((open) => open !== port) ?? this.#refused ?? [...this.#open.keys()][0];
  }

  note(port: number, attempt: Attempt): Verdict {
    const failures = this.#open.get(port);
    if (attempt.kind === 'open' && !this.#isSlow(attempt.milliseconds)) {
      this.#open.set(port, 0);
      return this.#answered(attempt.milliseconds);
    }
    if (failures !== undefined) {
      // It was open: refused, silent or far slower now, it is not what it was.
      this.#open.set(port, failures + 1);
      return failures >= 1 ? 'port-lost' : 'check';
    }
    if (attempt.kind === 'refused') {
      this.#refused = port;
      return this.#answered(attempt.milliseconds);
    }
    if (attempt.kind === 'open') return this.hasAnswered ? 'check' : 'fine';
    if (!this.hasAnswered) return 'fine';
    this.#silentRun += 1;
    return this.#silentRun >= this.#limit ? 'check' : 'fine';
  }

  /** The witness answered: what is silent is a firewall's doing. */
  cleared(): void {
    this.#silentRun = 0;
    this.#limit = Math.min(this.#limit * 2, SILENT_RUN_MAX);
  }

  isAlive(attempt: Attempt): boolean {
    return attempt.kind !== 'silent' && !this.#isSlow(attempt.milliseconds);
  }

  #answered(milliseconds: number): Verdict {
    this.#baseline = Math.min(this.#baseline ?? milliseconds, milliseconds);
    this.#silentRun = 0;
    return 'fine';
  }

  #isSlow(milliseconds: number): boolean {
    return (
      this.#baseline !== undefined &&
      milliseconds > SLOW_MS &&
      milliseconds > this.#baseline * SLOWER
    );
  }
}
