import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { addAbortSignal } from 'node:stream';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { PortolanError } from '../../base/errors.ts';
import type { CaptureSummary } from '../../importers/capture.ts';
import type { Packet } from '../../wire/packet.ts';
import { Feed } from './feed.ts';
import type { Chunks } from './unpack.ts';
import { compressionOf, DamagedCompression, MAGIC_SIZE, refuseBomb, unpack } from './unpack.ts';

/** Read at once: it stays in the second cache of the processor, from which it is decoded. */
const CHUNK = 1 << 16;
/** Chunks between two pauses in which signals and timers get their turn. */
const PAUSE_AFTER = 64;
/** Milliseconds between two looks at a file that is followed. */
const LOOK_AGAIN = 100;

export interface CaptureProgress {
  /** Octets of the file as it lies on the disk, compressed or not. */
  readonly read: number;
  /** Absent where nobody knows: a pipe, a file that grows. */
  readonly total?: number;
}

export interface ReadCaptureOptions {
  /** At the end of the file wait for more until the signal comes, as `tail -f` does. */
  readonly follow?: boolean;
  /** Ends the reading; what was read until then is the result. */
  readonly signal?: AbortSignal;
  /** The packet is not decoded yet; it and its memory are good until this returns. */
  readonly onPacket: (packet: Packet) => void;
  /** After each chunk. */
  readonly onProgress?: (progress: CaptureProgress) => void;
}

/**
 * Reads a capture: pcap or pcapng, plain or compressed with gzip or zstd, told by their content and
 * not by their name; from a file of any size, or from standard input (`-`). Memory does not grow
 * with the file. A damaged capture is no error: the summary tells where it broke.
 *
 * @throws PortolanError E_INPUT_UNREADABLE, E_MISSING_TOOL for zstd, E_USAGE for following what
 *   cannot be followed
 */
export async function readCapture(
  path: string,
  options: ReadCaptureOptions,
): Promise<CaptureSummary> {
  const feed = new Feed(options.onPacket);
  const fd = path === '-' ? 0 : open(path);
  try {
    if (!fstatSync(fd).isFile()) {
      if (options.follow === true && path !== '-') throw cannotFollow(path, 'it is not a file');
      return await fromStream(fd, feed, options, undefined);
    }
    return await fromFile(fd, path, feed, options);
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    if (fd !== 0) closeSync(fd);
  }
}

async function fromFile(
  fd: number,
  path: string,
  feed: Feed,
  options: ReadCaptureOptions,
): Promise<CaptureSummary> {
  const chunk = new Uint8Array(CHUNK);
  const first = chunk.subarray(0, readSync(fd, chunk, 0, MAGIC_SIZE, 0));
  const compression = compressionOf(first);
  if (compression === undefined) return await fromPlainFile(fd, chunk, feed, options);
  if (options.follow === true) throw cannotFollow(path, 'it is compressed');
  return await fromStream(fd, feed, options, fstatSync(fd).size);
}

/** Into the same memory again and again, without a stream: a copy a chunk would cost a quarter. */
async function fromPlainFile(
  fd: number,
  chunk: Uint8Array,
  feed: Feed,
  { follow = false, signal, onProgress }: ReadCaptureOptions,
): Promise<CaptureSummary> {
  const total = follow ? {} : { total: fstatSync(fd).size };
  let position = 0;
  const isOver = (): boolean => signal?.aborted === true || feed.isLost;
  for (let count = 1; !isOver(); count += 1) {
    const length = readSync(fd, chunk, 0, CHUNK, position);
    if (length === 0) {
      if (!follow) return feed.end();
      if (!(await hasGrown(fd, position, signal))) return feed.end('the file was cut');
    }
    position += length;
    feed.push(chunk.subarray(0, length));
    onProgress?.({ read: position, ...total });
    if (count % PAUSE_AFTER === 0) await setImmediate();
  }
  return feed.stop();
}

/** After a pause, which the signal ends early. A file below what was read is another file. */
async function hasGrown(
  fd: number,
  position: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const wait = signal === undefined ? {} : { signal };
  await setTimeout(LOOK_AGAIN, undefined, wait).catch(() => undefined);
  return fstatSync(fd).size >= position;
}

/** Pipes, and whatever is compressed. */
async function fromStream(
  fd: number,
  feed: Feed,
  { signal, onProgress }: ReadCaptureOptions,
  total: number | undefined,
): Promise<CaptureSummary> {
  const size = total === undefined ? {} : { total };
  try {
    const source = input(fd, total !== undefined, signal);
    await feedFrom(source, feed, (read) => onProgress?.({ read, ...size }));
    return feed.end();
  } catch (error) {
    if (signal?.aborted === true) return feed.stop();
    if (error instanceof DamagedCompression) return feed.end(error.message);
    throw error;
  }
}

/** A pipe on standard input is polled; a read of it in a thread could not be called off. */
function input(fd: number, isFile: boolean, signal: AbortSignal | undefined): Readable {
  const start = isFile ? { start: 0 } : {};
  const stream =
    fd === 0 && !isFile
      ? process.stdin
      : createReadStream('', { fd, autoClose: false, highWaterMark: CHUNK << 2, ...start });
  return signal === undefined ? stream : addAbortSignal(signal, stream);
}

async function feedFrom(
  source: AsyncIterable<Uint8Array>,
  feed: Feed,
  onRead: (read: number) => void,
): Promise<void> {
  let compressed = 0;
  async function* counted(): Chunks {
    for await (const chunk of source) {
      compressed += chunk.length;
      onRead(compressed);
      yield chunk;
    }
  }
  const { start, all } = await peek(counted());
  const compression = compressionOf(start);
  let plain = 0;
  for await (const chunk of compression === undefined ? all : unpack(compression, all)) {
    plain += chunk.length;
    if (compression !== undefined) refuseBomb(compressed, plain);
    feed.push(chunk);
    if (feed.isLost) return;
  }
}

/** The first octets, and all of them once more from the start. */
async function peek(chunks: Chunks): Promise<{ start: Uint8Array; all: Chunks }> {
  let start: Uint8Array = new Uint8Array(0);
  while (start.length < MAGIC_SIZE) {
    const next = await chunks.next();
    if (next.done === true) break;
    start = Buffer.concat([start, next.value]);
  }
  async function* all(): Chunks {
    yield start;
    yield* chunks;
  }
  return { start, all: all() };
}

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): Error {
  if (error instanceof PortolanError) return error;
  const name = path === '-' ? 'Standard input' : path;
  const why = error instanceof Error ? error.message : String(error);
  return new PortolanError('E_INPUT_UNREADABLE', `${name} cannot be read: ${why}`, {
    remedy: 'Check its name and its permissions',
    cause: error,
  });
}

function cannotFollow(path: string, why: string): PortolanError {
  return new PortolanError('E_USAGE', `${path} cannot be followed: ${why}`, {
    remedy: 'Read it once, or follow the capture itself before it is compressed',
  });
}
