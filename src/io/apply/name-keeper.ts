import { PortolanError } from '../../base/errors.ts';
import type { Instant } from '../../model/core.ts';
import type { NameLookup } from '../../model/observation.ts';
import type { NameEffects, NameOperation, NameReport } from '../../policy/names.ts';
import { NameSets } from '../../policy/names.ts';
import { recordFromJson } from './change-json.ts';
import { elementsText } from './elements.ts';
import type { Enforcer } from './enforcer.ts';
import { trackedIn } from './revoke.ts';

/** Milliseconds between two looks at what ran out, and at what is in force. */
const LOOK_EVERY = 60_000;
/** Operations that wait for the kernel; what is more is made up for by the next answers. */
const MOST_WAITING = 5000;

export interface NameKeeperOptions {
  now(): Instant;
  /** What a person should know. */
  onReport(report: NameReport): void;
  /** What keeps the sets from being kept. */
  onTrouble(why: string): void;
}

/**
 * Keeps the kernel's sets of names as devices learn addresses, from answers that were seen on the
 * wire. It follows whatever change is in force; where none is, it does nothing.
 */
export class NameKeeper {
  readonly #enforcer: Enforcer;
  readonly #options: NameKeeperOptions;
  readonly #timer: NodeJS.Timeout;
  #sets: NameSets | undefined;
  #change: string | undefined;
  /** By the id of a set, as the policy has its names. */
  #patterns: ReadonlyMap<string, string> = new Map();
  #waiting: NameOperation[] = [];
  /** One transaction after the other. */
  #turn: Promise<void> = Promise.resolve();

  private constructor(enforcer: Enforcer, options: NameKeeperOptions) {
    this.#enforcer = enforcer;
    this.#options = options;
    this.#timer = setInterval(() => this.#queue(() => this.#tick()), LOOK_EVERY);
    this.#timer.unref();
  }

  /** @throws PortolanError where what is in force cannot be read */
  static async open(enforcer: Enforcer, options: NameKeeperOptions): Promise<NameKeeper> {
    const keeper = new NameKeeper(enforcer, options);
    await keeper.#follow();
    return keeper;
  }

  /** Whether there is a name to keep. */
  get isAtWork(): boolean {
    return this.#sets !== undefined;
  }

  /** An answer that a device got. */
  take({ at, client, name, addresses }: NameLookup): void {
    if (addresses.length === 0 || this.#sets === undefined) return;
    // An address stays an hour at least, so a shorter time to live need not be known.
    const answers = addresses.map((address) => ({ address, ttl: 0 }));
    this.#do(this.#sets.answer({ at, client: client.address, name, addresses: answers }));
  }

  /** Resolves when what was learned is with the kernel. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#turn;
    this.#enforcer.close();
  }

  #do({ operations, reports }: NameEffects): void {
    for (const report of reports) {
      this.#options.onReport({ ...report, name: this.#patterns.get(report.name) ?? report.name });
    }
    if (operations.length === 0 || this.#waiting.length > MOST_WAITING) return;
    this.#waiting.push(...operations);
    this.#queue(() => this.#write());
  }

  #queue(work: () => Promise<void>): void {
    this.#turn = this.#turn.then(work).catch((error: unknown) => {
      if (!(error instanceof PortolanError)) throw error;
      this.#options.onTrouble(error.message);
    });
  }

  /** Everything that waits in one transaction. */
  async #write(): Promise<void> {
    const operations = this.#waiting;
    this.#waiting = [];
    await this.#enforcer.transact(elementsText(operations));
  }

  async #tick(): Promise<void> {
    await this.#follow();
    if (this.#sets === undefined) return;
    const texts = [await this.#enforcer.connections(4), await this.#enforcer.connections(6)];
    const [four = '', six = ''] = texts;
    const tracked = [...trackedIn(four, 4), ...trackedIn(six, 6)];
    const live = new Set(tracked.map(({ destination }) => destination));
    this.#do(this.#sets.tick(this.#options.now(), (address) => live.has(address)));
  }

  /** Another change may be in force; its sets are new. */
  async #follow(): Promise<void> {
    const { confirmed, pending } = await this.#enforcer.state();
    const id = pending?.id ?? confirmed;
    if (id === this.#change) return;
    this.#change = id;
    const meta = id === undefined ? undefined : await this.#enforcer.read(id, 'meta');
    const bound = recordFromJson(meta)?.change?.bound;
    this.#patterns = new Map(
      bound?.names.map(({ id: set, patterns }) => [set, patterns.join(', ')]),
    );
    if (bound === undefined || bound.names.length === 0) this.#sets = undefined;
    else if (this.#sets === undefined) this.#sets = new NameSets(bound, this.#options.now());
    else this.#do(this.#sets.rebind(bound, this.#options.now()));
  }
}
