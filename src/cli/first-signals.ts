import type { Signal } from '../model/alert.ts';

/** Keys that are remembered, and milliseconds after which the same is told anew. */
const KEYS = 65_536;
const ANEW = 86_400_000;

/** Signals with one key are one alert: the first is told, what repeats it is counted. */
export class FirstOfEach {
  alerts = 0;
  repeats = 0;
  #last = new Map<string, number>();

  isNew({ key, at }: Signal): boolean {
    const last = this.#last.get(key);
    if (this.#last.size >= KEYS) this.#last = new Map();
    this.#last.set(key, at);
    const isNew = last === undefined || at - last > ANEW;
    if (isNew) this.alerts += 1;
    else this.repeats += 1;
    return isNew;
  }
}
