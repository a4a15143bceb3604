import type { StatusPart } from '../../model/api/daemon.ts';
import type { Instant } from '../../model/core.ts';
import type { Part } from './context.ts';

export type PartName = StatusPart['part'];
export type State = StatusPart['state'];

/** How one part of the daemon is, and since when. */
export class PartState implements Part {
  readonly #part: PartName;
  readonly #now: () => Instant;
  readonly #onChange: () => void;
  #status: StatusPart;

  /** @param onChange hears that it is better or worse; not of another text alone */
  constructor(part: PartName, now: () => Instant, onChange: () => void) {
    this.#part = part;
    this.#now = now;
    this.#onChange = onChange;
    this.#status = { part, state: 'off', text: '', since: now() };
  }

  status(): StatusPart {
    return this.#status;
  }

  set(state: State, text: string, remedy?: string): void {
    const { state: before, since } = this.#status;
    this.#status = {
      part: this.#part,
      state,
      text,
      since: state === before ? since : this.#now(),
      ...(remedy === undefined ? {} : { remedy }),
    };
    if (state !== before) this.#onChange();
  }
}
