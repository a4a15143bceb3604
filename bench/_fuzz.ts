import type { Random } from '../lab/kernel/random.ts';
import { Coverage } from './_coverage.ts';

/** What strangers' octets are given to. */
export interface FuzzTarget {
  readonly name: string;
  /** Well-formed, so that damage goes deep. */
  readonly seeds: readonly Uint8Array[];
  /** Throws where it should not. */
  run(bytes: Uint8Array): void;
}

export interface FuzzOptions {
  readonly executions: number;
  readonly random: Random;
  /** Whether the branches of a script count. */
  counts(url: string): boolean;
}

export interface Fuzzed {
  readonly executions: number;
  /** Inputs that each led where none before had. */
  readonly corpus: number;
  /** Ranges of the source with how often they ran. */
  readonly ways: number;
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
/** Octets of an input, and crashes that are kept. */
const LONGEST = 4096;
const MOST_CRASHES = 20;

/** Damages inputs, keeps those that lead to new branches, and damages these further. */
export function fuzz(target: FuzzTarget, { executions, random, counts }: FuzzOptions): Fuzzed {
  const explorer = new Explorer(target, new Coverage(counts));
  for (let done = 0; done < executions; done += BATCH) {
    const size = Math.min(BATCH, executions - done);
    explorer.explore(Array.from({ length: size }, () => damaged(explorer.corpus, random)));
  }
  return { executions, ...explorer.result };
}

class Explorer {
  readonly corpus: Uint8Array[];
  readonly #target: FuzzTarget;
  readonly #coverage: Coverage;
  readonly #crashes: Crash[] = [];
  #slowest = 0;

  constructor(target: FuzzTarget, coverage: Coverage) {
    this.corpus = [...target.seeds, new Uint8Array(0)];
    this.#target = target;
    this.#coverage = coverage;
    this.#execute(target.seeds);
    coverage.isNew();
  }

  get result(): Omit<Fuzzed, 'executions'> {
    return {
      corpus: this.corpus.length,
      ways: this.#coverage.ways,
      slowest: this.#slowest,
      crashes: this.#crashes,
    };
  }

  /** Which of several led further shows when each half is looked at by itself. */
  explore(inputs: readonly Uint8Array[]): void {
    this.#execute(inputs);
    if (inputs.length < 2) {
      if (this.#coverage.isNew()) this.corpus.push(...inputs);
      return;
    }
    const news = this.#coverage.news(inputs.length);
    if (news.length === 0) return;
    for (const half of halves(inputs)) this.explore(half);
    if (inputs.length === BATCH) this.#coverage.settle(news);
  }

  #execute(inputs: readonly Uint8Array[]): void {
    for (const input of inputs) {
      const begun = performance.now();
      try {
        this.#target.run(input);
      } catch (error) {
        if (this.#crashes.length < MOST_CRASHES) this.#crashes.push({ input, error });
      }
      this.#slowest = Math.max(this.#slowest, performance.now() - begun);
    }
  }
}

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
];

/** Inputs that were found last lead on best; half of all are made of these. */
const NEWEST = 8;

function damaged(corpus: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes: Uint8Array = random.of(random.chance(50) ? corpus.slice(-NEWEST) : corpus);
  for (let times = 1 + random.below(4); times > 0; times -= 1) {
    const copy = bytes.length === 0 ? Buffer.from([random.below(256)]) : Buffer.from(bytes);
    bytes = random.of(DAMAGES)(copy, random, corpus).subarray(0, LONGEST);
  }
  return bytes;
}

function span(bytes: Uint8Array, random: Random): readonly [from: number, to: number] {
  const from = random.below(bytes.length);
  return [from, Math.min(bytes.length, from + 1 + random.below(16))];
}
