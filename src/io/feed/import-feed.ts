import { createReadStream, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { PortolanError } from '../../base/errors.ts';
import type { FeedFormat } from '../../importers/feeds/feed-format.ts';
import { feedFormats } from '../../importers/feeds/index.ts';
import { JsonItems, NotItems } from '../../importers/feeds/json-items.ts';
import type { FeedHead } from '../../model/vulnerability.ts';
import { compressionOf, DamagedCompression, unpack } from '../capture/unpack.ts';
import type { FeedWriter, Store } from '../store/store.ts';

/** Octets by which a document is told. */
const START = 64 * 1024;
/** Octets of an advisory, which is held whole; the largest that are published have some 10 MiB. */
const LARGEST_WHOLE = 32 * 1024 * 1024;
/** Octets of a file after unpacking: all of NVD has 1.5 GiB, and grows. */
const LARGEST = 8 * 1024 * 1024 * 1024;

/** Octets after which a file takes long enough to say how far it is. */
const LONG = 16 * 1024 * 1024;

export interface ImportedFeed {
  readonly head: FeedHead;
  readonly format: FeedFormat;
  /** Vulnerabilities that were read. */
  readonly records: number;
  /** Items that are not what the format says, and were left out. */
  readonly skipped: number;
}

export interface ImportFeedOptions {
  readonly now: number;
  readonly stop: AbortSignal;
  /** Of a file that takes a while, after each piece: records so far, and percent of an unpacked file. */
  progress?(records: number, percent: number): void;
}

/** The format of a file that may be a feed; undefined for anything else, also for what cannot be read. */
export async function feedFormatOf(file: string): Promise<FeedFormat | undefined> {
  try {
    for await (const chunk of opened(file)) {
      const start = Buffer.from(chunk.subarray(0, START)).toString('latin1');
      return feedFormats.all.find((format) => format.recognise(start));
    }
  } catch {
    // Whoever reads it for what it is says why it cannot be read.
  }
  return undefined;
}

/**
 * Reads a feed into the store, plain or compressed (gzip, zstd). Its former version is replaced in
 * one transaction: on any error everything is as it was.
 *
 * @throws PortolanError E_INPUT_MALFORMED, E_INPUT_UNREADABLE, and those of the store
 */
export async function importFeed(
  store: Store,
  file: string,
  options: ImportFeedOptions,
): Promise<ImportedFeed> {
  const format = await feedFormatOf(file);
  if (format === undefined) throw await notAFeed(file);
  try {
    const { streamed } = format;
    if (streamed === undefined) return await importWhole(store, file, format, options);
    return await importStreamed(store, file, { ...format, streamed }, options);
  } catch (error) {
    throw asFault(error, file, format);
  }
}

type StreamedFormat = FeedFormat & Required<Pick<FeedFormat, 'streamed'>>;

async function importStreamed(
  store: Store,
  file: string,
  format: StreamedFormat,
  { now, stop, progress }: ImportFeedOptions,
): Promise<ImportedFeed> {
  const name = nameOf(file);
  const items = new JsonItems(format.streamed.items);
  const writer = store.feeds.begin(format.id, format.streamed.id(name), now);
  try {
    const tally = { records: 0, skipped: 0 };
    const { size } = statSync(file);
    let read = 0;
    for await (const chunk of opened(file)) {
      if (stop.aborted) throw new NotItems('it was interrupted');
      for (const text of items.push(chunk)) take(writer, format, JSON.parse(text), tally);
      read += chunk.length;
      if (read > LONG) progress?.(tally.records, read > size ? 0 : (100 * read) / size);
    }
    const head = format.head(JSON.parse(items.end()), name);
    if (head === undefined) throw new NotItems('its head is not what the format says');
    writer.commit(head);
    return { head, format, ...tally };
  } catch (error) {
    writer.abort();
    throw error;
  }
}

interface Tally {
  records: number;
  skipped: number;
}

function take(writer: FeedWriter, format: FeedFormat, item: unknown, tally: Tally): void {
  const records = format.records(item);
  if (records === undefined) tally.skipped += 1;
  for (const record of records ?? []) {
    writer.add(record);
    tally.records += 1;
  }
}

async function importWhole(
  store: Store,
  file: string,
  format: FeedFormat,
  { now }: ImportFeedOptions,
): Promise<ImportedFeed> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of opened(file)) {
    size += chunk.length;
    if (size > LARGEST_WHOLE) throw new NotItems(`it is larger than ${LARGEST_WHOLE} octets`);
    parts.push(Uint8Array.from(chunk));
  }
  const document: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
  const head = format.head(document, nameOf(file));
  const records = format.records(document);
  if (head === undefined || records === undefined) {
    throw new NotItems('its head is not what the format says');
  }
  const writer = store.feeds.begin(format.id, head.id, now);
  try {
    for (const record of records) writer.add(record);
    writer.commit(head);
  } catch (error) {
    writer.abort();
    throw error;
  }
  return { head, format, records: records.length, skipped: 0 };
}

/** The octets of a file, unpacked where it is packed. */
async function* opened(file: string): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await open(file, 'r');
  const start = Buffer.alloc(4);
  try {
    await handle.read(start, 0, start.length, 0);
  } finally {
    await handle.close();
  }
  const packing = compressionOf(start);
  const plain: AsyncIterable<Uint8Array> = createReadStream(file, { highWaterMark: 1 << 18 });
  let size = 0;
  for await (const chunk of packing === undefined ? plain : unpack(packing, plain)) {
    size += chunk.length;
    if (size > LARGEST) throw new NotItems(`it is larger than ${LARGEST} octets`);
    yield chunk;
  }
}

/** `nvdcve-2.0-2024` of `/media/usb/nvdcve-2.0-2024.json.gz`: the same feed next month. */
function nameOf(file: string): string {
  return basename(file).replace(/(?:\.json)?(?:\.gz|\.zst)?$/i, '');
}

async function notAFeed(file: string): Promise<PortolanError> {
  try {
    await (await open(file, 'r')).close();
  } catch (cause) {
    return unreadable(file, cause);
  }
  const known = feedFormats.all.map(({ title }) => title).join('; ');
  return new PortolanError('E_INPUT_MALFORMED', `${file} is no feed of vulnerabilities`, {
    remedy: `What can be read: ${known}. Unpack .xz and .zip before`,
  });
}

function asFault(error: unknown, file: string, format: FeedFormat): unknown {
  const isMalformed =
    error instanceof NotItems ||
    error instanceof SyntaxError ||
    error instanceof DamagedCompression;
  if (isMalformed) {
    return new PortolanError('E_INPUT_MALFORMED', `${file}: ${error.message}`, {
      remedy: `It was read as: ${format.title}. Fetch it again from ${format.where}; what was imported before is as it was`,
      cause: error,
    });
  }
  const isSystem = error instanceof Error && 'syscall' in error;
  return isSystem ? unreadable(file, error) : error;
}

function unreadable(file: string, cause: unknown): PortolanError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new PortolanError('E_INPUT_UNREADABLE', `${file} cannot be read: ${why}`, {
    remedy: 'Check its name and its permissions',
    cause,
  });
}
