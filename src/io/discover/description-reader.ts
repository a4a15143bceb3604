import type { Job } from './job.ts';

/** Documents that are read of one device: a media server names one root description, rarely two. */
const PER_DEVICE = 4;
/** Devices together. */
const TOTAL = 1024;
/** Handshake, question, acknowledgements, farewell. */
const PACKETS = 6;

/** Gets the documents that devices point at, one at a time from each device. */
export class DescriptionReader {
  readonly #job: Job;
  readonly #wanted = new Map<string, Set<string>>();
  readonly #running: Promise<void>[] = [];
  #total = 0;

  constructor(job: Job) {
    this.#job = job;
  }

  /** `from` is the address whose datagram named the URL: nobody else is asked for it. */
  want(url: string, from: string): void {
    if (this.#job.context.descriptions === undefined) return;
    const urls = this.#wanted.get(from) ?? new Set<string>();
    if (urls.has(url) || urls.size >= PER_DEVICE || this.#total >= TOTAL) return;
    this.#total += 1;
    urls.add(url);
    if (this.#wanted.has(from)) return;
    this.#wanted.set(from, urls);
    const reading = this.#read(urls, from);
    // Awaited in `finish`; until then an abort must not count as unhandled.
    reading.catch(() => {});
    this.#running.push(reading);
  }

  async finish(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** A set grows while it is walked: what is wanted meanwhile is read too. */
  async #read(urls: ReadonlySet<string>, from: string): Promise<void> {
    const { context, pacer, plan, recorder } = this.#job;
    for (const url of urls) {
      if (context.descriptions === undefined || !plan.scope.allows(from)) return;
      await pacer.turn(PACKETS, context.signal);
      const document = await context.descriptions.fetch(url, from, context.signal);
      if (document === undefined) continue;
      recorder.say({ address: from }, 'likely', context.descriptions.parse(document));
      const turn = (): Promise<void> => pacer.turn(PACKETS, context.signal);
      const more = await context.descriptions.ask?.(document, url, from, turn, context.signal);
      recorder.say({ address: from }, 'likely', more ?? []);
    }
  }
}
