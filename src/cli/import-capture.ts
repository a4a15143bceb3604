import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { analyzeCapture } from '../io/capture/analyze.ts';
import type { Session } from '../io/site/session.ts';
import type { NewEvidence } from '../model/evidence.ts';
import type { Flow } from '../model/flow.ts';
import { count } from './format.ts';
import type { Shell } from './shell.ts';
import { StatusLine } from './terminal.ts';

/** Pieces of evidence and flows that go to the disk at once. */
const BATCH = 2000;
/** Octets of a capture's start that tell it from others, beside its size. */
const FINGERPRINT = 1 << 20;

const progressForm = z.object({ evidence: z.int(), flows: z.int(), done: z.boolean() });
type ImportProgress = z.infer<typeof progressForm>;

/**
 * Reads a capture into the store. The same file gives the same evidence in the same order, so an
 * interrupted import goes on by reading from the start and leaving out what is stored already:
 * reading is far quicker than storing.
 *
 * @returns 0; 5 where the file is damaged (all before is kept); 0 where there was nothing to do
 */
export async function importCapture(shell: Shell, session: Session, file: string): Promise<number> {
  const key = keyOf(file);
  const before = progressOf(session, key);
  if (before.done) {
    shell.say(`${file} was imported before: nothing to do`);
    return 0;
  }
  const sink = new Sink(session, file, before, shell.stop);
  const line = new StatusLine(shell);
  const startedAt = shell.now();
  const analysis = await analyzeCapture(file, {
    observer: observerOf(file),
    signal: shell.stop,
    onEvidence: (one) => sink.evidence(one),
    onFlow: (flow) => sink.flow(flow),
    onProgress: ({ read, total }) =>
      line.show(progressText(file, read, total, shell.now() - startedAt), share(read, total)),
  });
  line.clear();
  const interrupted = shell.stop.aborted;
  sink.store(!interrupted);
  const { summary, counters } = analysis;
  const packets = count(summary.packets, 'packet');
  shell.say(
    `${file}: ${packets}, ${count(counters.flows, 'flow')}, ${count(sink.stored, 'new piece')} of evidence`,
  );
  if (interrupted) shell.say(`Interrupted; what was read is kept. Go on: portolan import ${file}`);
  if (summary.ok) return 0;
  const where =
    summary.damage === undefined
      ? ''
      : ` before packet ${summary.damage.packet}: ${summary.damage.why}`;
  shell.warn(`${file} is damaged${where}; the ${packets} before it are kept`);
  return 5;
}

/**
 * Stores in batches, and after each how far it is. What is emitted once the user stopped is left
 * out: it comes from flows that were cut short, and would not come so again.
 */
class Sink {
  readonly #session: Session;
  readonly #key: string | undefined;
  readonly #observer: string;
  readonly #before: ImportProgress;
  readonly #stop: AbortSignal;
  #evidence: NewEvidence[] = [];
  #flows: Flow[] = [];
  #seen = { evidence: 0, flows: 0 };
  stored = 0;

  constructor(session: Session, file: string, before: ImportProgress, stop: AbortSignal) {
    this.#session = session;
    this.#key = keyOf(file);
    this.#observer = observerOf(file);
    this.#before = before;
    this.#stop = stop;
  }

  evidence(one: NewEvidence): void {
    if (this.#stop.aborted) return;
    this.#seen.evidence += 1;
    if (this.#seen.evidence > this.#before.evidence) this.#evidence.push(one);
    if (this.#evidence.length >= BATCH) this.store(false);
  }

  flow(flow: Flow): void {
    if (this.#stop.aborted) return;
    this.#seen.flows += 1;
    if (this.#seen.flows > this.#before.flows) this.#flows.push(flow);
    if (this.#flows.length >= BATCH) this.store(false);
  }

  /** A crash between the two writes stores a batch of evidence twice, and believes the same of it. */
  store(done: boolean): void {
    this.#session.add(this.#evidence);
    this.#session.store.appendFlows(this.#flows, this.#observer);
    this.stored += this.#evidence.length;
    this.#evidence = [];
    this.#flows = [];
    if (this.#key === undefined) return;
    const progress: ImportProgress = { ...this.#seen, done };
    this.#session.store.saveProgress(this.#key, JSON.stringify(progress));
  }
}

function observerOf(file: string): string {
  return `capture:${file === '-' ? 'stdin' : basename(file)}`;
}

/** A capture is known again by its start and its size; standard input is never. */
function keyOf(file: string): string | undefined {
  if (file === '-') return undefined;
  const descriptor = openSync(file, 'r');
  try {
    const start = Buffer.alloc(FINGERPRINT);
    const length = readSync(descriptor, start, 0, FINGERPRINT, 0);
    const hash = createHash('sha256').update(start.subarray(0, length)).digest('hex');
    return `import ${fstatSync(descriptor).size} ${hash}`;
  } finally {
    closeSync(descriptor);
  }
}

function progressOf(session: Session, key: string | undefined): ImportProgress {
  const text = key === undefined ? undefined : session.store.progress(key);
  return text === undefined
    ? { evidence: 0, flows: 0, done: false }
    : progressForm.parse(JSON.parse(text));
}

function share(read: number, total: number | undefined): number {
  return total === undefined || total === 0 ? 0 : (100 * read) / total;
}

const MEGABYTE = 1_000_000;

function progressText(
  file: string,
  read: number,
  total: number | undefined,
  elapsed: number,
): string {
  const megabytes = Math.floor(read / MEGABYTE);
  if (total === undefined || read === 0) return `importing ${file}: ${megabytes} MB`;
  const left = Math.ceil(((elapsed / read) * (total - read)) / 1000);
  return `importing ${file}: ${megabytes} of ${Math.ceil(total / MEGABYTE)} MB, about ${left} s left`;
}
