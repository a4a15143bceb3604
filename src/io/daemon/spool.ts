import { PortolanError } from '../../base/errors.ts';

/** Items that are written in one transaction. */
const BATCH = 1000;

/** One kind of thing that is stored. */
export interface LaneOptions<T> {
  /** Items that wait at most; beyond that the newest are dropped, and counted. */
  readonly cap: number;
  /** All of them in one transaction. @throws PortolanError */
  write(items: readonly T[]): void;
}

/**
 * Where what is to be stored waits while the store cannot take it: a full disk, a lock that somebody
 * holds. In order within a lane; the lanes have nothing to do with each other.
 */
export class Spool {
  readonly #lanes: Lane<unknown>[] = [];
  #trouble: PortolanError | undefined;

  /** @returns stores, or keeps until it can be stored */
  lane<T>(options: LaneOptions<T>): (items: readonly T[]) => void {
    const lane = new Lane(options);
    this.#lanes.push(lane);
    return (items) => {
      if (items.length === 0) return;
      lane.put(items);
      // Who is in trouble is asked again by `drain`, and not by everything that comes in.
      if (this.#trouble === undefined) this.#try(() => lane.drain());
    };
  }

  /** Why the store takes nothing now. */
  get trouble(): PortolanError | undefined {
    return this.#trouble;
  }

  /** Tells of a failure that somebody else had with the store. */
  failed(error: PortolanError): void {
    this.#trouble = error;
  }

  get waiting(): number {
    return this.#lanes.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /** Since the start, for want of room. */
  get dropped(): number {
    return this.#lanes.reduce((sum, { dropped }) => sum + dropped, 0);
  }

  /**
   * Tries to store what waits.
   *
   * @param isLate asked between two transactions, so that a long backlog holds nobody up
   * @returns whether nothing waits any more
   */
  drain(isLate: () => boolean = () => false): boolean {
    return this.#try(() => {
      for (const lane of this.#lanes) {
        if (!lane.drain(isLate)) return;
      }
    });
  }

  /** The same for who cannot wait. @throws PortolanError why it is not stored */
  flush(): void {
    if (this.waiting === 0 || this.drain()) return;
    if (this.#trouble !== undefined) throw this.#trouble;
  }

  #try(work: () => void): boolean {
    try {
      work();
      this.#trouble = undefined;
    } catch (error) {
      if (!(error instanceof PortolanError)) throw error;
      this.#trouble = error;
    }
    return this.waiting === 0;
  }
}

class Lane<T> {
  dropped = 0;
  readonly #options: LaneOptions<T>;
  #items: T[] = [];

  constructor(options: LaneOptions<T>) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#items.length;
  }

  put(items: readonly T[]): void {
    const room = this.#options.cap - this.#items.length;
    const taken = room >= items.length ? items : items.slice(0, Math.max(0, room));
    for (const item of taken) this.#items.push(item);
    this.dropped += items.length - taken.length;
  }

  /** @returns whether all was written */
  drain(isLate: () => boolean = () => false): boolean {
    while (this.#items.length > 0) {
      if (isLate()) return false;
      this.#options.write(this.#items.slice(0, BATCH));
      this.#items = this.#items.slice(BATCH);
    }
    return true;
  }
}
