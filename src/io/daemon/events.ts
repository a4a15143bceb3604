import type { ApiEvent } from '../../model/api/daemon.ts';
import type { EventBus } from './context.ts';

/** Events that are kept for who comes back after a moment. */
const KEPT = 1000;

type Hear = Parameters<EventBus['subscribe']>[0];

/** What happened, with a number each; who was away for long is told that there is a gap. */
export class Events implements EventBus {
  readonly #era: string;
  readonly #first: (event: ApiEvent) => void;
  readonly #kept: ApiEvent[] = [];
  readonly #hearers = new Set<Hear>();
  #published = 0;

  /**
   * @param era another one for each start: numbers of a former one mean nothing now
   * @param first hears of each before anybody else, and does not count as one who listens
   */
  constructor(era: string, first: (event: ApiEvent) => void = () => {}) {
    this.#era = era;
    this.#first = first;
  }

  /** How many listen. */
  get hearers(): number {
    return this.#hearers.size;
  }

  publish(event: ApiEvent): void {
    this.#first(event);
    this.#published += 1;
    this.#kept.push(event);
    if (this.#kept.length > KEPT) this.#kept.shift();
    const id = this.#idOf(this.#published);
    for (const hear of [...this.#hearers]) hear(id, event);
  }

  subscribe(hear: Hear, lastId?: string): () => void {
    if (lastId !== undefined) this.#catchUp(hear, lastId);
    this.#hearers.add(hear);
    return () => {
      this.#hearers.delete(hear);
    };
  }

  #catchUp(hear: Hear, lastId: string): void {
    const [era, digits = ''] = lastId.split('.');
    const last = Number(digits);
    const known = era === this.#era && Number.isInteger(last) && last <= this.#published;
    const missed = known ? this.#published - last : Number.POSITIVE_INFINITY;
    if (missed > this.#kept.length) hear(this.#idOf(this.#published - this.#kept.length), 'gap');
    const from = Math.max(0, this.#kept.length - missed);
    for (const [index, event] of this.#kept.slice(from).entries()) {
      hear(this.#idOf(this.#published - this.#kept.length + from + index + 1), event);
    }
  }

  #idOf(number: number): string {
    return `${this.#era}.${number}`;
  }
}
