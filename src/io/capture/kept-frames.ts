import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Packet } from '../../wire/packet.ts';
import { PcapWriter } from './pcap-writer.ts';

/** Files that hold them all: the oldest goes when a new one begins. */
const FILES = 8;
/** Microseconds that one file has, so that what is too old can go. */
const SPAN = 3_600_000_000;
/** Milliseconds until it is tried again where nothing could be written. */
const AGAIN = 60_000;
/** Octets of a pcap's head and of the head of a record, at least. */
const HEADS = 40;
const OURS = /^kept-(\d{8}T\d{6})Z-\d{4,9}\.pcap$/;

/**
 * The newest frames of a capture, for whoever asks for the proof of an alert: pcap files that never
 * hold more than so much together. What cannot be written is said, and ends nothing.
 */
export class KeptFrames {
  readonly #folderOf: () => string;
  readonly #octets: number;
  #fd: number | undefined;
  #writer: PcapWriter | undefined;
  #linkType = -1;
  /** Of the first frame of the file. */
  #began = 0;
  #number = 0;
  #trouble: string | undefined;
  #tryAt = 0;

  /**
   * @param folderOf asked when the first frame comes: by then it is known whose files they are
   * @param octets of all files
   */
  constructor(folderOf: () => string, octets: number) {
    this.#folderOf = folderOf;
    this.#octets = octets;
  }

  /** Why nothing is kept just now. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  take(packet: Packet): void {
    if (this.#trouble !== undefined && performance.now() < this.#tryAt) return;
    this.#guarded(() => {
      if (this.#isFull(packet)) this.#next(packet);
      this.#writer?.write(packet);
    });
  }

  /** To be called now and then: what is not written yet is nobody's proof. */
  flush(): void {
    this.#guarded(() => this.#writer?.flush());
  }

  close(): void {
    this.flush();
    this.#end();
  }

  #isFull({ time, captured, linkType }: Packet): boolean {
    if (this.#writer === undefined || linkType !== this.#linkType) return true;
    if (Math.abs(time - this.#began) >= SPAN) return true;
    return this.#writer.size + captured + HEADS > this.#octets / FILES;
  }

  #next(packet: Packet): void {
    this.#writer?.flush();
    this.#end();
    const folder = this.#folderOf();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    makeRoom(folder, this.#octets - this.#octets / FILES);
    this.#began = packet.time;
    this.#linkType = packet.linkType;
    this.#fd = openSync(this.#freeName(folder, packet.time / 1000), 'wx', 0o600);
    this.#writer = new PcapWriter(this.#fd, packet.linkType);
    this.#trouble = undefined;
  }

  #freeName(folder: string, at: number): string {
    const stamp = new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
    for (;;) {
      this.#number += 1;
      const file = join(folder, `kept-${stamp}Z-${String(this.#number).padStart(4, '0')}.pcap`);
      if (!existsSync(file)) return file;
    }
  }

  #end(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#writer = undefined;
  }

  /** A disk that is full has room again at some time. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
      this.#tryAt = performance.now() + AGAIN;
      this.#end();
    }
  }
}

/** When the first frame of a file was seen, by its name; undefined where the file is not ours. */
export function beginOfKept(name: string): number | undefined {
  const [, digits] = OURS.exec(name) ?? [];
  if (digits === undefined) return undefined;
  const text = digits.replace(/^(....)(..)(..)T(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z');
  return Date.parse(text);
}

/** Removes what was written last before then. Files that somebody else put there stay. */
export function forgetFrames(folder: string, before: number): void {
  for (const { file, at } of keptIn(folder)) if (at < before) rmSync(file, { force: true });
}

/** The oldest go until the rest is no more than so much. */
function makeRoom(folder: string, octets: number): void {
  const files = keptIn(folder).sort((a, b) => b.at - a.at);
  let sum = 0;
  for (const { file, size } of files) {
    sum += size;
    if (sum > octets) rmSync(file, { force: true });
  }
}

interface KeptFile {
  readonly file: string;
  /** Milliseconds of the last write. */
  readonly at: number;
  readonly size: number;
}

function keptIn(folder: string): KeptFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => OURS.test(name))
    .flatMap((name) => {
      const file = join(folder, name);
      const found = statSync(file, { throwIfNoEntry: false });
      return found === undefined ? [] : [{ file, at: found.mtimeMs, size: found.size }];
    });
}
