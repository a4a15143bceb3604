import type { AddressRange } from '../../base/address.ts';
import { contains, parseAddress } from '../../base/address.ts';
import type { PortSet } from '../../base/port-set.ts';
import { formatPorts, hasPort, parsePorts } from '../../base/port-set.ts';
import { merge } from '../discover/targets.ts';
import { formatRange, parseRange } from './ranges.ts';

/** Ports of one device that need not be asked again. */
export interface Done {
  readonly tcp: PortSet;
  readonly udp: PortSet;
}

const VERSION = 1;
const NOTHING_DONE: Done = { tcp: [], udp: [] };

/**
 * How far a scan is: devices that are finished as ranges, so that neighbours take one entry, and
 * the ports of those that are being asked.
 */
export class Checkpoint {
  #finished: AddressRange[] = [];
  /** Link-local addresses: the same number may be somebody else on each link. */
  readonly #zoned = new Set<string>();
  readonly #begun = new Map<string, () => Done>();
  /** What a former run had done of devices that this one has not come to yet. */
  readonly #before = new Map<string, Done>();

  /** @param saved text of a former `text()`; anything else counts as nothing done */
  constructor(saved = '') {
    for (const [key, value] of entriesOf(saved)) this.#restore(key, value);
  }

  /** @param done asked whenever the checkpoint is written */
  begin(address: string, done: () => Done): void {
    this.#begun.set(address, done);
  }

  finish(address: string): void {
    this.#begun.delete(address);
    this.#before.delete(address);
    if (address.includes('%')) this.#zoned.add(address);
    else this.#add(parseRange(address));
  }

  isFinished(address: string): boolean {
    if (this.#zoned.has(address)) return true;
    const parsed = address.includes('%') ? undefined : parseAddress(address);
    return parsed !== undefined && this.#finished.some((range) => contains(range, parsed));
  }

  done(address: string): Done {
    return this.#before.get(address) ?? NOTHING_DONE;
  }

  text(): string {
    const open = [
      ...this.#before,
      ...Array.from(this.#begun, ([address, done]) => [address, done()] as const),
    ];
    return JSON.stringify({
      version: VERSION,
      finished: [...this.#finished.map(formatRange), ...this.#zoned],
      ...Object.fromEntries(
        open.map(([address, { tcp, udp }]) => [
          `at ${address}`,
          `T:${formatPorts(tcp)} U:${formatPorts(udp)}`,
        ]),
      ),
    });
  }

  #add(range: AddressRange | undefined): void {
    if (range !== undefined) this.#finished = [...merge([...this.#finished, range])];
  }

  #restore(key: string, value: unknown): void {
    if (key === 'finished' && Array.isArray(value)) {
      for (const text of value) if (typeof text === 'string') this.finish(text);
    }
    const [, address] = /^at (.+)$/.exec(key) ?? [];
    const done = typeof value === 'string' ? doneIn(value) : undefined;
    if (address !== undefined && done !== undefined) this.#before.set(address, done);
  }
}

function doneIn(text: string): Done | undefined {
  const [, first, second] = /^T:(\S*) U:(\S*)$/.exec(text) ?? [];
  const tcp = parsePorts(first ?? '-');
  const udp = parsePorts(second ?? '-');
  return tcp === undefined || udp === undefined ? undefined : { tcp, udp };
}

function entriesOf(saved: string): readonly [string, unknown][] {
  try {
    const value: unknown = JSON.parse(saved);
    if (typeof value !== 'object' || value === null) return [];
    const entries = Object.entries(value);
    return entries.some(([key, item]) => key === 'version' && item === VERSION) ? entries : [];
  } catch {
    // Nothing saved, or by somebody else: the scan begins anew, which loses time and nothing more.
    return [];
  }
}

export function without(ports: Iterable<number>, done: PortSet): number[] {
  return [...ports].filter((port) => !hasPort(done, port));
}
