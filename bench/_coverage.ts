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
  /** By script. */
  readonly #seen = new Map<string, Set<number>>();
  /** What groups of inputs show together and none of them does alone. */
  readonly #grouped = new Map<string, Set<number>>();
  /** Addresses of scripts of which a function ran, besides what runs when they are loaded. */
  readonly reached = new Set<string>();

  /** @param counts whether the branches of a script count */
  constructor(counts: (url: string) => boolean) {
    this.#counts = counts;
    take();
  }

  /** Ranges with how often they ran. */
  get ways(): number {
    return [...this.#seen.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** What since the last look is new of so many inputs together: perhaps one of them led further. */
  news(inputs: number): readonly Way[] {
    const news: Way[] = [];
    this.#look(inputs, (script, way) => {
      const isKnown = this.#seen.get(script)?.has(way) === true;
      if (!isKnown && this.#grouped.get(script)?.has(way) !== true) news.push([script, way]);
    });
    return news;
  }

  /** Each of those inputs was looked at by itself: what is left comes from their being together. */
  settle(news: readonly Way[]): void {
    for (const [script, way] of news) setOf(this.#grouped, script).add(way);
  }

  /** Whether the inputs since the last look led where none before had. */
  isNew(inputs: number): boolean {
    let isNew = false;
    this.#look(inputs, (script, way) => {
      const seen = setOf(this.#seen, script);
      if (seen.has(way)) return;
      seen.add(way);
      isNew = true;
    });
    return isNew;
  }

  #look(inputs: number, tell: (script: string, way: number) => void): void {
    for (const { scriptId, url, functions } of take()) {
      if (!this.#counts(url)) continue;
      if (functions.some(wasCalled)) this.reached.add(url);
      for (const { ranges } of functions) {
        for (const range of ranges) tell(scriptId, wayOf(range, inputs));
      }
    }
  }
}

/** A script's own code begins at its first character, and runs when it is loaded. */
function wasCalled({ ranges }: Profiler.FunctionCoverage): boolean {
  const [whole] = ranges;
  return whole !== undefined && whole.startOffset > 0 && whole.count > 0;
}

/** A script, and a range of it with how often it ran. */
type Way = readonly [script: string, way: number];

/** Offsets are below 2^22: a script of 4 MiB; classes below 2^6. A double holds that exactly. */
function wayOf({ startOffset, endOffset, count }: Profiler.CoverageRange, inputs: number): number {
  return (startOffset * 2 ** 22 + endOffset) * 64 + classOf(count / inputs);
}

function setOf(sets: Map<string, Set<number>>, script: string): Set<number> {
  const known = sets.get(script);
  if (known !== undefined) return known;
  const made = new Set<number>();
  sets.set(script, made);
  return made;
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
