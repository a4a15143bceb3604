import { randomInt } from 'node:crypto';
import type { PassiveCounters } from '../../flows/counters.ts';
import type { PassiveOptions } from '../../flows/engine.ts';
import { PassiveEngine } from '../../flows/engine.ts';
import type { Usage } from '../../flows/usage.ts';
import type { CaptureSummary } from '../../importers/capture.ts';
import { protocols } from '../../protocols/index.ts';
import { decode } from '../../wire/decode.ts';
import type { Decoded, Packet } from '../../wire/packet.ts';
import type { CaptureProgress } from './open.ts';
import { readCapture } from './open.ts';

export interface AnalyzeOptions extends Omit<PassiveOptions, 'protocols' | 'observer'> {
  /** Of the evidence; the path where it is not given. */
  readonly observer?: string;
  readonly signal?: AbortSignal;
  onProgress?(progress: CaptureProgress): void;
  /** Each packet after it was decoded and before it is followed. */
  onPacket?(packet: Packet, outcome: Decoded): void;
}

export interface Analysis {
  readonly summary: CaptureSummary;
  readonly counters: PassiveCounters;
  /** Octets of the packets on the wire. */
  readonly octets: number;
  readonly usage: Usage;
  /** Frames that could not be read whole, by why; `foreign` are of an unknown link type. */
  readonly undecoded: Readonly<Record<Exclude<Decoded, 'whole'>, number>>;
  /** Microseconds of the first packet and of the last. */
  readonly from: number;
  readonly to: number;
}

/** Octets of each side that are kept where named values are wanted. */
const WITH_FIELDS = { perSide: 65_536, chunks: 1 << 17 };

/**
 * Reads a capture to its end, or to its damage, and follows everything in it.
 *
 * @param path a file, or `-`
 * @throws PortolanError E_INPUT_UNREADABLE, E_MISSING_TOOL
 */
export async function analyzeCapture(path: string, options: AnalyzeOptions): Promise<Analysis> {
  const { observer = path, signal, onProgress, onPacket, ...passive } = options;
  const engine = new PassiveEngine({
    ...passive,
    ...(passive.onField === undefined ? {} : { firstBytes: WITH_FIELDS }),
    table: { seed: randomInt(2 ** 31), ...passive.table },
    protocols: protocols.all,
    observer,
  });
  const undecoded = { cut: 0, bad: 0, foreign: 0 };
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  const summary = await readCapture(path, {
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
    onPacket: (packet) => {
      const outcome = decode(packet);
      if (outcome !== 'whole') undecoded[outcome] += 1;
      if (packet.time < from) from = packet.time;
      if (packet.time > to) to = packet.time;
      onPacket?.(packet, outcome);
      engine.packet(packet);
    },
  });
  engine.end();
  const { counters, usage } = engine;
  return { summary, counters, octets: counters.octets, usage, undecoded, from, to };
}
