import type { StatusView } from '../../model/api/daemon.ts';
import type { Instant } from '../../model/core.ts';
import type { PartName } from './part-state.ts';
import { PartState } from './part-state.ts';

type Whole = StatusView['state'];

/** All parts of the daemon, and how the whole is: as bad as the worst of them. */
export class Parts {
  readonly #now: () => Instant;
  readonly #onState: (state: Whole) => void;
  readonly #byName = new Map<PartName, PartState>();
  #said: Whole = 'ok';

  /** @param onState hears when the whole is another than before */
  constructor(now: () => Instant, onState: (state: Whole) => void) {
    this.#now = now;
    this.#onState = onState;
  }

  of(name: PartName): PartState {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const made = new PartState(name, this.#now, () => this.#tell());
    this.#byName.set(name, made);
    return made;
  }

  all(): StatusView['parts'] {
    return [...this.#byName.values()].map((part) => part.status());
  }

  /** Never green when blind. */
  state(): Whole {
    const all = this.all();
    if (all.some(({ part, state }) => part === 'capture' && state === 'failed')) return 'blind';
    const isWell = all.every(({ state }) => state === 'ok' || state === 'off');
    return isWell ? 'ok' : 'degraded';
  }

  #tell(): void {
    const state = this.state();
    if (state === this.#said) return;
    this.#said = state;
    this.#onState(state);
  }
}
