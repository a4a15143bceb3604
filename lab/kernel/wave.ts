import type { Tuple } from '../../src/policy/simulate/conntrack.ts';
import { isError } from '../../src/policy/simulate/conntrack.ts';
import { ICMP, ICMPV6, TCP } from '../../src/policy/simulate/match.ts';
import type { Seen } from './frames.ts';
import { frameOf, markIn, seenIn } from './frames.ts';
import type { Probe } from './packets.ts';
import { routerMac } from './site.ts';
import type { Space } from './space.ts';
import { NoVerdict } from './space.ts';

/** What became of one packet, as seen from outside the router's rules. */
export interface Fate {
  /** Where it came out, and how it looked. */
  readonly out?: { readonly interface: string; readonly seen: Seen };
  /** It was delivered to the router itself. */
  readonly local: boolean;
  /** A reset or an ICMP error came back. */
  readonly refused: boolean;
}

/** Frames that are sent before it is looked what came: they must fit the kernel's queue of 1000. */
const BURST = 250;
/** Looks without anything new after which all has come, and looks after which nothing ever will. */
const QUIET = 2;
const MOST_LOOKS = 20_000;
const RST = 0x04;

/**
 * Sends packets one after another and tells what became of each.
 *
 * @throws NoVerdict where one was lost on the way, or the router asked for a neighbour
 */
export function fatesOf(space: Space, probes: readonly Probe[]): ReadonlyMap<number, Fate> {
  const before = space.counters();
  const watch = new Watch(probes);
  for (let at = 0; at < probes.length; at += BURST) {
    for (const probe of probes.slice(at, at + BURST)) {
      space.send(probe.inInterface, frameOf(probe, routerMac(probe.inInterface)));
    }
    watch.look(space);
  }
  settle(space, watch, before.received + probes.length);
  const after = space.counters();
  if (after.received - before.received !== probes.length) {
    const got = after.received - before.received;
    throw new NoVerdict(`${probes.length} frames were sent, and the router received ${got}`);
  }
  if (after.lost !== before.lost) throw new NoVerdict('packets were lost in a queue');
  return watch.fates;
}

/** Until the router has taken in all, and two looks in a row find nothing. */
function settle(space: Space, watch: Watch, received: number): void {
  let quiet = 0;
  for (let looks = 0; quiet < QUIET && looks < MOST_LOOKS; looks += 1) {
    const isIn = space.counters().received >= received;
    quiet = watch.look(space) === 0 && isIn ? quiet + 1 : 0;
  }
}

class Watch {
  readonly fates = new Map<number, Fate>();
  readonly #probes: ReadonlyMap<number, Probe>;
  readonly #byReset: ReadonlyMap<string, number>;

  constructor(probes: readonly Probe[]) {
    this.#probes = new Map(probes.map((probe) => [probe.id, probe]));
    const tcp = probes.filter(({ protocol }) => protocol === TCP);
    this.#byReset = new Map(tcp.map((probe) => [resetKey(probe, true), probe.id]));
  }

  look(space: Space): number {
    return space.receive(
      (name, frame) => this.#frame(name, frame),
      (packet) => {
        const id = markIn(packet);
        if (id !== undefined && this.#probes.has(id)) this.#note(id, { local: true });
      },
    );
  }

  #frame(name: string, frame: Uint8Array): void {
    const seen = seenIn(frame);
    if (seen === undefined || isSolicitation(seen)) {
      throw new NoVerdict(`the router asked for a neighbour on ${name}`);
    }
    if (seen.id !== undefined) this.#marked(name, seen, seen.id);
    else if (seen.protocol === TCP && (seen.flags & RST) !== 0) {
      const id = this.#byReset.get(resetKey(seen, false));
      if (id !== undefined) this.#note(id, { refused: true });
    }
  }

  #marked(name: string, seen: Seen, id: number): void {
    const probe = this.#probes.get(id);
    if (probe === undefined) return;
    if (seen.protocol === probe.protocol && seen.type === probe.type) {
      this.#note(id, { out: { interface: name, seen } });
    } else if (isIcmp(seen.protocol) && isError(seen.protocol, seen.type ?? 0)) {
      this.#note(id, { refused: true });
    }
  }

  #note(id: number, what: Partial<Fate>): void {
    this.fates.set(id, { local: false, refused: false, ...this.fates.get(id), ...what });
  }
}

function isIcmp(protocol: number): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}

/** Neighbour solicitation, RFC 4861 §4.3. */
function isSolicitation({ protocol, type }: Tuple): boolean {
  return protocol === ICMPV6 && type === 135;
}

/** A reset comes from where the packet went, so the two ends change places. */
function resetKey(tuple: Tuple, isSent: boolean): string {
  const { source, destination, sourcePort, destinationPort } = tuple;
  const ends = [`${source.value} ${sourcePort}`, `${destination.value} ${destinationPort}`];
  return (isSent ? ends : ends.reverse()).join(' ');
}
