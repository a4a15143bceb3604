import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { PortolanError } from '../../base/errors.ts';

export type Compression = 'gzip' | 'zstd';
export type Chunks = AsyncGenerator<Uint8Array, void, undefined>;

/** Octets by which a compression is known. */
export const MAGIC_SIZE = 4;

/**
 * What unpacks to more than this, at more than this ratio, is made to keep us busy. Memory is not at
 * stake, since nothing is held; a capture of real traffic is packed 20 times at most.
 */
const BOMB_SIZE = 1 << 30;
const BOMB_RATIO = 1000;

/**
 * Octets that are unpacked at once. Node gives up this much, and as much that waits, when it comes
 * upon a damage in what is compressed, so it is small.
 */
const CHUNK = 1 << 14;

/** What was unpacked before stands. */
export class DamagedCompression extends Error {
  override readonly name = 'DamagedCompression';
}

/** RFC 1952 §2.3.1 and RFC 8878 §3.1.1. */
export function compressionOf(start: Uint8Array): Compression | undefined {
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
  const isZstd = [0x28, 0xb5, 0x2f, 0xfd].every((octet, index) => start[index] === octet);
  return isZstd ? 'zstd' : undefined;
}

/** @throws DamagedCompression */
export function refuseBomb(compressed: number, plain: number): void {
  if (plain <= BOMB_SIZE || plain <= compressed * BOMB_RATIO) return;
  throw new DamagedCompression(`it unpacks to more than ${BOMB_RATIO} times its size`);
}

/**
 * @throws DamagedCompression where the data ends early or is damaged; what came before was given, but for the last 32 KiB
 * @throws PortolanError E_MISSING_TOOL where neither Node nor this machine can unpack zstd
 */
export function unpack(compression: Compression, packed: AsyncIterable<Uint8Array>): Chunks {
  if (compression === 'gzip') return through(zlib.createGunzip({ chunkSize: CHUNK }), packed);
  const own = ownZstd();
  return own === undefined ? throughTool(packed) : through(own, packed);
}

/** Node has it from 22.15 and 23.8 on. */
function ownZstd(): Transform | undefined {
  const create: unknown = Reflect.get(zlib, 'createZstdDecompress');
  const stage: unknown = typeof create === 'function' ? create() : undefined;
  return stage instanceof Transform ? stage : undefined;
}

async function* through(stage: Transform, packed: AsyncIterable<Uint8Array>): Chunks {
  const feeding = pipeline(packed, stage);
  // It fails with the stage, where the error is seen; or because nobody wants to have more.
  feeding.catch(() => undefined);
  try {
    yield* stage;
  } catch (error) {
    throw asDamage(error);
  }
  await feeding;
}

/** Errors of the unpacker only: one of the source (a disk that fails, a signal) is not a damage. */
function asDamage(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const isOfStage = /^Z(STD)?_/.test(String(error.code));
  if (!isOfStage) return error;
  return new DamagedCompression(`the compressed data is damaged: ${error.message}`, {
    cause: error,
  });
}

/** The program `zstd`, where this Node has none of its own. */
async function* throughTool(packed: AsyncIterable<Uint8Array>): Chunks {
  const tool = spawn('zstd', ['-dcq'], { stdio: ['pipe', 'pipe', 'ignore'] });
  await once(tool, 'spawn').catch((error: unknown) => {
    throw new PortolanError('E_MISSING_TOOL', 'The capture is compressed with zstd', {
      remedy: 'Install zstd, or unpack it in front: zstd -dc FILE | portolan analyze -',
      cause: error,
    });
  });
  const closed = once(tool, 'close');
  closed.catch(() => undefined);
  // The tool may end before it has read everything; its exit status says why.
  const feeding = pipeline(packed, tool.stdin).catch((error: unknown) => error);
  let isRead = false;
  try {
    yield* tool.stdout;
    isRead = true;
  } finally {
    if (!isRead) tool.kill();
  }
  const [status] = await closed;
  if (status === 0) return;
  const cause = await feeding;
  throw new DamagedCompression('the compressed data is damaged or ends early', { cause });
}
