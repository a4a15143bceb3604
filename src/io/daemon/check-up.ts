import { PortolanError } from '../../base/errors.ts';
import type { Aside } from '../store/aside.ts';
import { markChecked, markUnchecked } from '../store/check-mark.ts';
import { damaged } from '../store/sqlite-error.ts';
import type { Store } from '../store/store.ts';

/** How the database is, as far as it was looked through; undefined: whole. */
export type Condition =
  | { readonly kind: 'unchecked'; readonly text: string }
  | { readonly kind: 'damaged'; readonly error: PortolanError };

const RUNNING =
  'After the last end without notice the database is being looked through; everything works meanwhile';

/**
 * Looks through the database after a crash, beside everything else: with ten million rows it takes a
 * minute. Where it is damaged nothing is written any more; what is there can still be looked at.
 */
export class CheckUp {
  readonly #store: Pick<Store, 'location' | 'needsCheck' | 'refuse'>;
  readonly #aside: Pick<Aside, 'check'>;
  #condition: Condition | undefined;
  #isOver = false;

  constructor(
    store: Pick<Store, 'location' | 'needsCheck' | 'refuse'>,
    aside: Pick<Aside, 'check'>,
  ) {
    this.#store = store;
    this.#aside = aside;
    if (store.needsCheck) this.#condition = { kind: 'unchecked', text: RUNNING };
  }

  get condition(): Condition | undefined {
    return this.#condition;
  }

  /** Resolves when it is known. */
  async run(): Promise<void> {
    if (!this.#store.needsCheck) return;
    try {
      const found = await this.#aside.check();
      if (found === 'ok') this.#whole();
      else this.#damaged(damaged(this.#store.location, found));
    } catch (error) {
      if (!(error instanceof PortolanError)) throw error;
      if (error.code === 'E_STORE_DAMAGED') this.#damaged(error);
      // The next start tries again.
      else this.#condition = { kind: 'unchecked', text: `${NOT_DONE}: ${error.message}` };
    }
  }

  /** What is found from now on is of no use: whoever looks is being ended. */
  close(): void {
    this.#isOver = true;
  }

  #whole(): void {
    markChecked(this.#store.location);
    this.#condition = undefined;
  }

  #damaged(error: PortolanError): void {
    if (this.#isOver) return;
    markUnchecked(this.#store.location, error.message);
    this.#store.refuse(error);
    this.#condition = { kind: 'damaged', error };
  }
}

const NOT_DONE = 'The database could not be looked through after the last end without notice';
