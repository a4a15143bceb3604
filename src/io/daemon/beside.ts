import { Aside } from '../store/aside.ts';
import { BesideSums } from '../store/beside-sums.ts';
import type { StoreCopy } from '../store/copy.ts';
import type { FlowSums } from '../store/flow-totals.ts';
import type { Store } from '../store/store.ts';
import type { Condition } from './check-up.ts';
import { CheckUp } from './check-up.ts';

/** nice(1) of what nobody waits for. */
const GIVE_WAY = 10;

/** What takes long on the database, and is done by other processes while the daemon goes on. */
export class Beside {
  readonly sums: FlowSums;
  /** For who waits for an answer. */
  readonly #asked: Aside;
  /** For what the daemon does by itself. */
  readonly #unasked: Aside;
  readonly #checkUp: CheckUp;

  constructor(store: Store) {
    this.#asked = new Aside(store.location);
    this.#unasked = new Aside(store.location, { nice: GIVE_WAY });
    // What is in memory is in this one alone.
    this.sums =
      store.location === ':memory:' ? store.totals : new BesideSums(store.totals, this.#asked);
    this.#checkUp = new CheckUp(store, this.#unasked);
  }

  /** How the database is, as far as it was looked through. */
  get condition(): Condition | undefined {
    return this.#checkUp.condition;
  }

  begin(onError: (error: unknown) => void): void {
    this.#checkUp.run().catch(onError);
  }

  copy(file: string): Promise<StoreCopy> {
    return this.#unasked.copy(file);
  }

  /** Whatever is under way is ended: it only read. */
  async close(): Promise<void> {
    this.#checkUp.close();
    await Promise.all([this.#asked.close(), this.#unasked.close()]);
  }
}
