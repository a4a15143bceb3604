import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Alert } from '../../model/alert.ts';
import { alert } from '../store/alert-rows.ts';
import type { JournalLine } from './journal.ts';

/** Milliseconds between two looks. */
const LOOK_EVERY = 250;
const CHUNK = 65_536;
/** Octets of a line at most: a longer one is none of ours. */
const LONGEST = 1024 * 1024;

const line: z.ZodType<JournalLine> = z.object({
  at: z.number(),
  event: z.enum([
    'opened',
    'repeated',
    'worse',
    'reopened',
    'told',
    'acknowledged',
    'snoozed',
    'resolved',
    'expected',
    'withdrawn',
    'hidden',
  ]),
  by: z.string(),
  alert: alert satisfies z.ZodType<Alert>,
});

export interface FollowOptions {
  readonly fromStart: boolean;
  readonly signal: AbortSignal;
  onLine(text: string, line: JournalLine): void;
}

/** Follows a file that grows and now and then begins anew, until `signal` ends it. */
export async function followJournal(file: string, options: FollowOptions): Promise<void> {
  const { fromStart, signal } = options;
  let reader = open(file, !fromStart);
  try {
    while (!signal.aborted) {
      reader = look(file, reader, options);
      await wait(LOOK_EVERY, undefined, { signal }).catch(() => {});
    }
  } finally {
    reader?.close();
  }
}

/** Tells what has come. @returns what to read next: another file where this one was renamed */
function look(
  file: string,
  reader: Growing | undefined,
  options: FollowOptions,
): Growing | undefined {
  const isStill = reader?.isStill(file) ?? false;
  for (const text of reader?.lines() ?? []) tell(text, options);
  if (reader !== undefined && isStill) return reader;
  reader?.close();
  const next = open(file, false);
  for (const text of next?.lines() ?? []) tell(text, options);
  return next;
}

function open(file: string, atEnd: boolean): Growing | undefined {
  return existsSync(file) ? new Growing(file, atEnd) : undefined;
}

function tell(text: string, { onLine }: FollowOptions): void {
  const parsed = line.safeParse(parse(text));
  if (parsed.success) onLine(text, parsed.data);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An open file, of which each look gives the lines that are complete. */
class Growing {
  readonly #descriptor: number;
  readonly #inode: number;
  readonly #decoder = new TextDecoder();
  #at = 0;
  #rest = '';

  constructor(file: string, atEnd: boolean) {
    this.#descriptor = openSync(file, 'r');
    const { ino, size } = fstatSync(this.#descriptor);
    this.#inode = ino;
    if (atEnd) this.#at = size;
  }

  *lines(): Iterable<string> {
    const chunk = Buffer.alloc(CHUNK);
    for (;;) {
      const size = readSync(this.#descriptor, chunk, 0, CHUNK, this.#at);
      if (size === 0) return;
      this.#at += size;
      this.#rest += this.#decoder.decode(chunk.subarray(0, size), { stream: true });
      const parts = this.#rest.split('\n');
      this.#rest = (parts.pop() ?? '').slice(0, LONGEST);
      yield* parts;
    }
  }

  isStill(file: string): boolean {
    try {
      return statSync(file).ino === this.#inode;
    } catch {
      return false;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
