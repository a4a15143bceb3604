import { isDeepStrictEqual } from 'node:util';
import { serialize } from 'node:v8';
import { createContext, Script } from 'node:vm';
import type { Random } from '../lab/kernel/random.ts';
import { Coverage } from './_coverage.ts';

/** What strangers' octets are given to. */
export interface FuzzTarget {
  /** The family's folder and the member, `protocols/mqtt`; or what it is. */
  readonly name: string;
  /** Well-formed, so that damage goes deep. */
  readonly seeds: readonly Uint8Array[];
  /** What came of it, as plain data. Throws where it should not. */
  run(bytes: Uint8Array): unknown;
}

export interface FuzzOptions {
  readonly executions: number;
  readonly random: Random;
  /** Whether the branches of a script count. */
  counts(url: string): boolean;
  /** Milliseconds after which inputs are ended from outside: so long nothing takes. */
  readonly limit?: number;
}

export interface Fuzzed {
  readonly executions: number;
  /** Inputs that each led where none before had. */
  readonly corpus: number;
  /** Ranges of the source with how often they ran. */
  readonly ways: number;
  /** Addresses of the scripts of which a function ran. */
  readonly reached: ReadonlySet<string>;
  /** Milliseconds of the slowest. */
  readonly slowest: number;
  readonly crashes: readonly Crash[];
}

export interface Crash {
  readonly input: Uint8Array;
  readonly error: unknown;
}

/** Inputs between two looks at the counters, which cost as much as several inputs. */
const BATCH = 32;
/** Inputs that are kept together: to look which of them it was costs more than to keep all. */
const FEW = 8;
/** Octets of an input, where no seed is longer; and of any. */
const USUAL_LONGEST = 4096;
const LONGEST = 65_536;
const MOST_CRASHES = 20;
/** Octets of what may come of any input, and beyond that of each of its octets. */
const OUTCOME = 65_536;
const OUTCOME_EACH = 512;
const LIMIT = 10_000;

/** Damages inputs, keeps those that lead to new branches, and damages these further. */
export function fuzz(target: FuzzTarget, options: FuzzOptions): Fuzzed {
  const { executions, random } = options;
  const explorer = new Explorer(target, options);
  const longest = Math.max(USUAL_LONGEST, ...target.seeds.map(({ length }) => length));
  for (let done = 0; done < executions; done += BATCH) {
    const size = Math.min(BATCH, executions - done);
    const inputs = Array.from({ length: size }, () => damaged(explorer.corpus, random));
    explorer.explore(inputs.map((input) => input.subarray(0, Math.min(longest, LONGEST))));
  }
  return { executions, ...explorer.result };
}

class Explorer {
  readonly corpus: Uint8Array[];
  readonly #runner: Runner;
  readonly #coverage: Coverage;

  constructor(target: FuzzTarget, { counts, limit = LIMIT }: FuzzOptions) {
    this.corpus = [...target.seeds, new Uint8Array(0)];
    this.#runner = new Runner(target, limit);
    this.#coverage = new Coverage(counts);
    this.#runner.execute(target.seeds);
    this.#coverage.isNew(Math.max(1, target.seeds.length));
  }

  get result(): Omit<Fuzzed, 'executions'> {
    const { slowest, crashes } = this.#runner;
    const { ways, reached } = this.#coverage;
    return { corpus: this.corpus.length, ways, reached, slowest, crashes };
  }

  /** Which of several led further shows when each half is looked at by itself, down to a few. */
  explore(inputs: readonly Uint8Array[]): void {
    this.#runner.execute(inputs);
    if (inputs.length <= FEW) {
      if (this.#coverage.isNew(inputs.length)) this.corpus.push(...inputs);
      return;
    }
    const news = this.#coverage.news(inputs.length);
    if (news.length === 0) return;
    for (const half of halves(inputs)) this.explore(half);
    if (inputs.length === BATCH) this.#coverage.settle(news);
  }
}

/**
 * Gives inputs to a target. What comes of one must be the same twice, no larger than the input
 * explains, and must come at all: what runs on is ended from outside.
 */
class Runner {
  readonly crashes: Crash[] = [];
  slowest = 0;
  readonly #target: FuzzTarget;
  readonly #limit: number;

  constructor(target: FuzzTarget, limit: number) {
    this.#target = target;
    this.#limit = limit;
  }

  execute(inputs: readonly Uint8Array[]): void {
    let next = 0;
    const rest = (): void => {
      for (; next < inputs.length; next += 1) this.#one(inputs[next] ?? EMPTY);
    };
    while (next < inputs.length) {
      if (endsWithin(this.#limit, rest)) return;
      const input = inputs[next] ?? EMPTY;
      if (!this.#endsAlone(input)) {
        this.#note(input, new Error(`does not end within ${this.#limit} ms`));
      }
      next += 1;
    }
  }

  /**
   * Whether one ends by itself. By the processor's time, for on a machine that does other things as
   * well none may be left for us: then it is tried again, for longer.
   */
  #endsAlone(input: Uint8Array): boolean {
    for (let limit = this.#limit; ; limit *= 2) {
      const begun = process.cpuUsage();
      if (endsWithin(limit, () => this.#one(input))) return true;
      if (process.cpuUsage(begun).user >= (this.#limit * 1000) / 2) return false;
    }
  }

  #one(input: Uint8Array): void {
    const begun = performance.now();
    try {
      const outcome = this.#target.run(input.slice());
      this.slowest = Math.max(this.slowest, performance.now() - begun);
      const size = serialize(outcome).length;
      if (size > OUTCOME + OUTCOME_EACH * input.length) {
        throw new Error(`makes ${size} octets of ${input.length}`);
      }
      if (!isDeepStrictEqual(outcome, this.#target.run(input.slice()))) {
        throw new Error('says something else the second time');
      }
    } catch (error) {
      this.#note(input, error);
    }
  }

  /** The same fault by one input is enough. */
  #note(input: Uint8Array, error: unknown): void {
    const isKnown = this.crashes.some((crash) => String(crash.error) === String(error));
    if (!isKnown && this.crashes.length < MOST_CRASHES) this.crashes.push({ input, error });
  }
}

const EMPTY = new Uint8Array(0);
/** Only a script has a limit; it calls what is to be run. */
const GUARDED = new Script('run()');
const ROOM: { run: () => void } = { run: () => {} };
createContext(ROOM);

/** Whether it ended by itself: V8 ends what takes longer, wherever it is. */
function endsWithin(timeout: number, run: () => void): boolean {
  ROOM.run = run;
  try {
    GUARDED.runInContext(ROOM, { timeout });
    return true;
  } catch (error) {
    // It is an error of that context, and none of ours.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === TOO_LONG) {
      return false;
    }
    throw error;
  }
}

const TOO_LONG = 'ERR_SCRIPT_EXECUTION_TIMEOUT';

function halves<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const middle = items.length >> 1;
  return [items.slice(0, middle), items.slice(middle)];
}

/** Numbers at which length fields and loops turn. */
const TELLING = [0, 1, 2, 4, 8, 16, 32, 63, 64, 65, 100, 127, 128, 129, 192, 200, 250, 254, 255];

type Damage = (bytes: Buffer, random: Random, corpus: readonly Uint8Array[]) => Uint8Array;

const DAMAGES: readonly Damage[] = [
  (bytes, random) => {
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    return bytes;
  },
  (bytes, random) => {
    bytes[random.below(bytes.length)] = random.below(256);
    return bytes;
  },
  (bytes, random) => {
    bytes[random.below(bytes.length)] = random.of(TELLING);
    return bytes;
  },
  (bytes, random) => {
    const at = random.below(bytes.length);
    bytes[at] = ((bytes[at] ?? 0) + random.of([1, 255])) & 255;
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, random) => {
    const [from, to] = span(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, random) => {
    const [from, to] = span(bytes, random);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  (bytes, random) => {
    const at = random.below(bytes.length);
    const more = Buffer.from(Array.from({ length: 1 + random.below(8) }, () => random.below(256)));
    return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
  },
  (bytes, random, corpus) => {
    const other = random.of(corpus);
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(Math.min(at, other.length))]);
  },
  // A word of another, at another place.
  (bytes, random, corpus) => {
    const other = random.of(corpus);
    const [from, to] = other.length === 0 ? [0, 0] : span(other, random);
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(from, to), bytes.subarray(at)]);
  },
];

/** Inputs that were found last lead on best; half of all are made of these. */
const NEWEST = 8;

function damaged(corpus: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes: Uint8Array = random.of(random.chance(50) ? corpus.slice(-NEWEST) : corpus);
  for (let times = 1 + random.below(4); times > 0; times -= 1) {
    const copy = bytes.length === 0 ? Buffer.from([random.below(256)]) : Buffer.from(bytes);
    bytes = random.of(DAMAGES)(copy, random, corpus);
  }
  return bytes;
}

function span(bytes: Uint8Array, random: Random): readonly [from: number, to: number] {
  const from = random.below(bytes.length);
  return [from, Math.min(bytes.length, from + 1 + random.below(16))];
}
