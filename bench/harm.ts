import type { LabEvent } from '../lab/device.ts';
import type { Lab } from '../lab/lab.ts';
import { withLab } from '../lab/lab.ts';
import type { ScanRecord } from '../src/model/scan.ts';
import type { Figure, Measured } from './_bench.ts';
import { hasNmap, runBench } from './_bench.ts';
import type { Frame } from './_frames.ts';
import { ACK, captured, FIN, mostInASecond, RST, SYN, TCP } from './_frames.ts';
import { nmap } from './_nmap.ts';
import { inLab, scan } from './_product.ts';

/** Each counts for itself what harms it, and says so in its log. */
const FRAGILE = ['fragile-plc', 'esp', 'printer', 'plc'];
const LIMIT_SECONDS = 600;
/** Of the rules by which unknown and fragile devices are asked. */
const MOST_CONNECTIONS_A_SECOND = 2;
const MOST_PARALLEL = 1;
const MOST_PACKETS_A_SECOND = 10;

/** The kernel sends an unanswered SYN again after 1, 3 and 7 s (RFC 6298 §2.1, §5.5). */
const RETRANSMISSION_SECONDS = 5;

interface Harm {
  readonly seconds: number;
  readonly died: number;
  readonly resets: number;
  readonly writes: number;
  readonly printed: number;
  readonly malformed: number;
  readonly wire: Wire;
}

/** What tcpdump saw go to one device, at the worst of them. */
interface Wire {
  readonly connectionsPerSecond: number;
  readonly parallel: number;
  readonly packetsPerSecond: number;
}

async function measure(): Promise<Measured> {
  let record: ScanRecord | undefined;
  const ours = await inFreshLab(async (lab) => {
    const run = await scan(inLab(lab), addresses(lab), LIMIT_SECONDS);
    record = run.scan;
    return run.seconds;
  });
  const peer = !hasNmap()
    ? undefined
    : await inFreshLab(async (lab) => {
        // The Internet of Things is not only TCP: what a user of nmap has to ask for.
        const answer = await nmap(inLab(lab), ['-sV', ...addresses(lab)], LIMIT_SECONDS);
        return answer?.seconds ?? Number.NaN;
      });
  const { budget, notes = [] } = record ?? {};
  const reported = budget?.maxParallel ?? Number.NaN;
  return {
    figures: [
      harm('controllers that died', (one) => one.died, ours, peer, 0),
      harm('devices that restarted', (one) => one.resets, ours, peer, 0),
      harm('writes', (one) => one.writes, ours, peer, 0),
      harm('bytes printed', (one) => one.printed, ours, peer, 0),
      harm('requests that were nobody’s protocol', (one) => one.malformed, ours, peer),
      harm(
        'connections to one device in its fullest second',
        ({ wire }) => wire.connectionsPerSecond,
        ours,
        peer,
        MOST_CONNECTIONS_A_SECOND,
      ),
      harm(
        'connections to one device at once',
        ({ wire }) => wire.parallel,
        ours,
        peer,
        Math.min(MOST_PARALLEL, reported),
      ),
      harm(
        'packets to one device in its fullest second',
        ({ wire }) => wire.packetsPerSecond,
        ours,
        peer,
        MOST_PACKETS_A_SECOND,
      ),
      harm('time', ({ seconds }) => seconds, ours, peer),
    ],
    notes: [
      `Ours is the default scan, nmap's is -sV. What goes over the wire is counted by tcpdump.`,
      `Our report says: at most ${budget?.maxParallel ?? '?'} connection at once and ${budget?.maxPerSecond ?? '?'} connections and datagrams a second to one device.`,
      ...notes.map((note) => `It says: ${note}`),
    ],
  };
}

function harm(
  name: string,
  pick: (harm: Harm) => number,
  ours: Harm,
  peer: Harm | undefined,
  atMost?: number,
): Figure {
  return {
    name,
    unit: name === 'time' ? 's' : '',
    ours: pick(ours),
    ...(peer === undefined ? {} : { peer: pick(peer) }),
    ...(atMost === undefined ? {} : { target: { atMost } }),
  };
}

/** Each tool gets devices that nobody has hurt yet. */
function inFreshLab(body: (lab: Lab) => Promise<number>): Promise<Harm> {
  return withLab({ level: 1, devices: FRAGILE }, async (lab) => {
    const { result, frames } = await captured(lab, 'ip', () => body(lab));
    const events = FRAGILE.flatMap((id) => lab.events(id));
    return {
      seconds: result,
      died: count(events, 'plc_died'),
      resets: count(events, 'reset'),
      writes: count(events, 'write'),
      malformed: count(events, 'malformed'),
      printed: events
        .filter(({ event }) => event === 'printer_bytes')
        .reduce((sum, event) => sum + (event.count ?? 0), 0),
      wire: worst(addresses(lab).map((address) => wireOf(address, frames))),
    };
  });
}

function count(events: readonly LabEvent[], wanted: LabEvent['event']): number {
  return events.filter(({ event }) => event === wanted).length;
}

function addresses(lab: Lab): readonly string[] {
  return lab.truth.map(({ address }) => address);
}

function worst(wires: readonly Wire[]): Wire {
  const most = (pick: (wire: Wire) => number): number => Math.max(...wires.map(pick));
  return {
    connectionsPerSecond: most((wire) => wire.connectionsPerSecond),
    parallel: most((wire) => wire.parallel),
    packetsPerSecond: most((wire) => wire.packetsPerSecond),
  };
}

function wireOf(address: string, frames: readonly Frame[]): Wire {
  const sent = frames.filter(({ isSent, destination }) => isSent && destination === address);
  return {
    connectionsPerSecond: mostInASecond(openings(sent).map(({ at }) => at)),
    parallel: mostAtOnce(frames.filter((frame) => concerns(frame, address))),
    packetsPerSecond: mostInASecond(sent.map(({ at }) => at)),
  };
}

/** New ones: the kernel's second SYN for the same connection is none. */
function openings(sent: readonly Frame[]): readonly Frame[] {
  const last = new Map<string, number>();
  return sent.filter((frame) => {
    if (!isOpening(frame)) return false;
    const before = last.get(connectionOf(frame)) ?? Number.NEGATIVE_INFINITY;
    last.set(connectionOf(frame), frame.at);
    return frame.at - before > RETRANSMISSION_SECONDS;
  });
}

function isOpening({ protocol, flags }: Frame): boolean {
  return protocol === TCP && (flags & (SYN | ACK)) === SYN;
}

function concerns({ protocol, source, destination }: Frame, address: string): boolean {
  return protocol === TCP && (source === address || destination === address);
}

function connectionOf({ isSent, sourcePort, destinationPort }: Frame): string {
  return isSent ? `${sourcePort} ${destinationPort}` : `${destinationPort} ${sourcePort}`;
}

/**
 * From our SYN until either side says FIN or RST. A SYN that nobody answers is given up without a
 * packet: it counts for a second, after which the kernel would have sent another.
 */
function mostAtOnce(frames: readonly Frame[]): number {
  const open = new Set<string>();
  const asking = new Map<string, number>();
  const counts = frames.map((frame) => {
    const connection = connectionOf(frame);
    if (frame.isSent && isOpening(frame)) asking.set(connection, frame.at);
    else if (asking.delete(connection)) open.add(connection);
    if ((frame.flags & (FIN | RST)) !== 0) open.delete(connection);
    return open.size + [...asking.values()].filter((at) => frame.at - at < 1).length;
  });
  return Math.max(0, ...counts);
}

await runBench({ title: 'Fragile devices', peer: 'nmap', measure });
