import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Neighbour } from '../../importers/neighbours.ts';
import type { Job } from './job.ts';
import { readNeighbours, tableRoom } from './neighbour-table.ts';

/** RFC 863, discard: whoever has it open throws the byte away. */
const DISCARD = 9;
const PAYLOAD = Uint8Array.of(0);
/**
 * One poke costs up to three packets: the kernel asks for an absent address three times, a second
 * apart (mcast_solicit); a present one costs a question and the datagram.
 */
const PACKETS = 3;
/**
 * How often whoever is not even in the table is poked again: all networks of a machine, those of its
 * containers too, share the table's room, and what finds none is dropped without a word.
 */
const ROUNDS = 3;
/** Milliseconds between two looks at the table. */
const LOOK = 250;
/** Milliseconds after the last poke in which the kernel's third question can still be answered. */
const PATIENCE = 2600;
/**
 * Milliseconds after which the kernel has made up its mind about an entry that it had before:
 * delay_first_probe_time 5 s, then ucast_solicit 3 questions, a second apart.
 */
const DOUBT = 9000;

/**
 * Finds who is on the link, without any right: a datagram to each address makes the kernel resolve
 * it (ARP, or IPv6 neighbour discovery), and the neighbour table tells who answered.
 *
 * An entry that was there before proves nothing: the device may be gone. It counts once the kernel
 * has confirmed it (REACHABLE), or once the device refuses our datagram itself.
 */
export async function sweep(addresses: Iterable<string>, job: Job): Promise<void> {
  const room = await tableRoom();
  let batch: string[] = [];
  for (const address of addresses) {
    batch.push(address);
    if (batch.length < room) continue;
    await new Batch(batch, job).run();
    batch = [];
  }
  if (batch.length > 0) await new Batch(batch, job).run();
}

class Batch {
  readonly #job: Job;
  readonly #pending: Set<string>;
  readonly #refused = new Set<string>();
  readonly #sockets: Socket[] = [];
  /** When the last datagram left; later than any time while they still leave. */
  #poked = Number.POSITIVE_INFINITY;
  #rounds = 0;

  constructor(addresses: readonly string[], job: Job) {
    this.#job = job;
    this.#pending = new Set(addresses);
  }

  async run(): Promise<void> {
    const poking = this.#pokeAll([...this.#pending]);
    // Awaited below; until then its failure (an abort) must not count as unhandled.
    poking.catch(() => {});
    try {
      let doubtful = 0;
      while (this.#pending.size > 0 && this.#waits(doubtful)) {
        await sleep(LOOK, undefined, { signal: this.#job.context.signal });
        const table = await readNeighbours(this.#job.context.signal);
        doubtful = this.#look(table ?? new Map());
        await this.#pokeMissing(table ?? new Map());
      }
      await poking;
    } finally {
      for (const socket of this.#sockets) socket.close();
    }
  }

  #waits(doubtful: number): boolean {
    const waited = performance.now() - this.#poked;
    return waited < PATIENCE || (doubtful > 0 && waited < DOUBT + LOOK);
  }

  async #pokeAll(addresses: readonly string[]): Promise<void> {
    for (const address of addresses) {
      await this.#job.pacer.turn(PACKETS, this.#job.context.signal);
      this.#poke(address);
      this.#job.asked();
    }
    this.#poked = performance.now();
  }

  /**
   * Another datagram to those for whom the kernel did not even begin to ask, since its table was
   * full. Where it did ask, it has asked three times already.
   */
  async #pokeMissing(table: ReadonlyMap<string, Neighbour>): Promise<void> {
    if (this.#rounds === ROUNDS || performance.now() - this.#poked < PATIENCE / 2) return;
    this.#rounds += 1;
    const missing = [...this.#pending].filter((address) => !table.has(address));
    // Where there is no table to read, all are missing, and once more is enough.
    if (missing.length === 0 || (this.#rounds > 1 && table.size === 0)) return;
    for (const address of missing) {
      await this.#job.pacer.turn(PACKETS, this.#job.context.signal);
      this.#poke(address);
    }
    this.#poked = performance.now();
  }

  #poke(address: string): void {
    if (!this.#job.plan.scope.allows(address)) return;
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    this.#sockets.push(socket);
    // A connected socket is told of the device's "port unreachable", others are not (udp(7)).
    socket.on('error', (error) => {
      if ('code' in error && error.code === 'ECONNREFUSED') this.#refused.add(address);
    });
    socket.on('message', () => this.#refused.add(address));
    socket.once('connect', () => socket.send(PAYLOAD, () => {}));
    socket.connect(DISCARD, address);
  }

  /** Takes out whoever is certainly there; returns how many are in doubt. */
  #look(table: ReadonlyMap<string, Neighbour>): number {
    let doubtful = 0;
    for (const address of this.#pending) {
      const now = table.get(address);
      const verdict = this.#refused.has(address) ? 'yes' : this.#judge(address, now);
      if (verdict === 'doubt') doubtful += 1;
      if (verdict !== 'yes') continue;
      this.#pending.delete(address);
      const { recorder } = this.#job;
      if (this.#refused.has(address)) recorder.present(address, 'udp');
      if (now?.mac !== undefined) recorder.present(address, 'neighbour', { mac: now.mac });
    }
    return doubtful;
  }

  #judge(address: string, now: Neighbour | undefined): 'yes' | 'no' | 'doubt' {
    const before = this.#job.before.get(address);
    const decided = performance.now() - this.#poked > DOUBT;
    return judge(before, now, decided);
  }
}

/**
 * What two looks at the table say, before and after the poke. `decided`: the kernel has had the
 * time to ask again, so what it still holds for complete has answered.
 */
export function judge(
  before: Neighbour | undefined,
  now: Neighbour | undefined,
  decided: boolean,
): 'yes' | 'no' | 'doubt' {
  if (now?.mac === undefined) return 'no';
  switch (now.state) {
    case 'REACHABLE':
      return 'yes';
    case 'STALE':
    case 'DELAY':
    case 'PROBE':
      return before?.mac === now.mac ? 'doubt' : 'yes';
    case 'COMPLETE':
      return before?.mac === now.mac && !decided ? 'doubt' : 'yes';
    // Written by hand: it stands there whether or not the device does.
    case 'PERMANENT':
    case 'NOARP':
    case 'INCOMPLETE':
    case 'FAILED':
      return 'no';
  }
}
