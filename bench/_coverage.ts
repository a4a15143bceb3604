import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector';

/**
 * Which ways inputs took, by V8's own counters (Chrome DevTools Protocol,
 * Profiler.takePreciseCoverage). Nothing is instrumented: what is tested is what is shipped.
 *
 * V8 tells of a function the ranges of its source that ran otherwise than what is around them. So it
 * is news which ranges there are, those that did not run included, and how often each ran.
 */
export class Coverage {
  readonly #counts: (url: string) => boolean;
  readonly #seen = new Set<string>();
  /** What groups of inputs show together and none of them does alone. */
  readonly #grouped = new Set<string>();

  /** @param counts whether the branches of a script count */
  constructor(counts: (url: string) => boolean) {
    this.#counts = counts;
    take();
  }

  /** Ranges with how often they ran. */
  get ways(): number {
    return this.#seen.size;
  }

  /** What since the last look is new of so many inputs together: perhaps one of them led further. */
  news(inputs: number): readonly string[] {
    return this.#ways(inputs).filter((way) => !this.#seen.has(way) && !this.#grouped.has(way));
  }

  /** Each of those inputs was looked at by itself: what is left comes from their being together. */
  settle(news: readonly string[]): void {
    for (const way of news) this.#grouped.add(way);
  }

  /** Whether the one input since the last look led where none before had. */
  isNew(): boolean {
    const before = this.#seen.size;
    for (const way of this.#ways(1)) this.#seen.add(way);
    return this.#seen.size > before;
  }

  #ways(inputs: number): readonly string[] {
    const scripts = take().filter(({ url }) => this.#counts(url));
    return scripts.flatMap(({ scriptId, functions }) =>
      functions.flatMap(({ ranges }) =>
        ranges.map(
          ({ startOffset, endOffset, count }) =>
            `${scriptId} ${startOffset} ${endOffset} ${classOf(count / inputs)}`,
        ),
      ),
    );
  }
}

/**
 * Begun once and never ended: a function that was compiled while nobody counted has no counters, and
 * gets none.
 */
const session = new Session();
session.connect();
session.post('Profiler.enable', check);
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true }, check);

/** What ran since the last call. In-process, the answer comes before `post` returns. */
function take(): readonly Profiler.ScriptCoverage[] {
  let result: readonly Profiler.ScriptCoverage[] = [];
  session.post('Profiler.takePreciseCoverage', (error, answer) => {
    check(error);
    result = answer.result;
  });
  return result;
}

function check(error: Error | null): void {
  if (error !== null) throw error;
}

/** 1, 2 to 3, 4 to 7 …: a loop that runs once more is no news. */
function classOf(count: number): number {
  return 32 - Math.clz32(Math.ceil(count));
}
