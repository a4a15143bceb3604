import { readFile } from 'node:fs/promises';
import type { Neighbour } from '../../importers/neighbours.ts';
import { parseNeighbour } from '../../importers/neighbours.ts';
import { runTool } from './run-tool.ts';

/** Milliseconds; the table of a busy router prints within a few. */
const PATIENCE = 2000;

/**
 * The kernel's neighbour table by address, both families by `ip neigh`; IPv4 alone, without the
 * states, from `/proc/net/arp` where `ip` is not installed. Undefined where neither can be read.
 */
export async function readNeighbours(
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Neighbour> | undefined> {
  const ip = await runTool('ip', ['neigh', 'show'], { milliseconds: PATIENCE, signal });
  if (ip?.status === 0) return table(ip.output);
  try {
    return table(await readFile('/proc/net/arp', 'utf8'));
  } catch {
    return undefined; // Not Linux, or hidden from us.
  }
}

function table(text: string): ReadonlyMap<string, Neighbour> {
  const entries = text
    .split('\n')
    .map((line) => parseNeighbour(line))
    .filter((entry) => entry !== undefined);
  return new Map(entries.map((entry) => [entry.address, entry]));
}

/**
 * How many addresses may be unresolved at once. The kernel refuses new entries beyond `gc_thresh3`
 * (1024 by default) and throws out fresh ones from `gc_thresh2` on: a quarter leaves room for
 * everybody else on this machine.
 */
export async function tableRoom(): Promise<number> {
  const path = '/proc/sys/net/ipv4/neigh/default/gc_thresh3';
  const limit = await readFile(path, 'utf8').then(Number, () => Number.NaN);
  return Math.max(16, Math.min(256, Math.floor((Number.isFinite(limit) ? limit : 1024) / 4)));
}
