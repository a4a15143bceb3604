import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import { deviceAt } from './learned/ends.ts';
import { octets, tell } from './learned/tell.ts';

/** A pair of echoes is alike (RFC 792): so much difference is no echo. */
const UNLIKE = 0.1;
const ENOUGH = 4_096;
/** Octets in an hour, and of one message, that no ping needs: 56 a second are 200 kB. */
const MUCH = 1_000_000;
const LARGE = 200;
const PACKETS = 20;
const HOUR = 3_600_000;
const PAIRS = 1_024;
const ECHO: ReadonlySet<number> = new Set([0, 8, 128, 129]);

export const icmpTunnel = {
  id: 'icmp_tunnel',
  title: 'Data in pings',
  types: ['icmp_tunnel'],
  thresholds: [
    `${ENOUGH} octets in messages whose answers differ, or ${MUCH / 1_000_000} MB, within an hour`,
  ],
  sources: ['RFC 792: an answer carries what the question carried', 'MITRE ATT&CK T1095'],
  learns: false,
  knownFalse: ['pings of full length that look for the MTU: few of them'],
  sees: ['opened', 'progress', 'closed'],
  start: (context) => new IcmpTunnel(context),
} as const satisfies Detector;

interface Pair {
  since: Instant;
  sent: number;
  received: number;
  packets: number;
  answers: number;
  isTold: boolean;
}

class IcmpTunnel implements Watch {
  readonly #context: DetectorContext;
  readonly #pairs = new BoundedMap<string, Pair>(PAIRS);
  readonly #echoes = new BoundedMap<number, true>(PAIRS);

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    return {
      octets: this.#pairs.size * 200 + this.#echoes.size * 40,
      dropped: this.#pairs.dropped + this.#echoes.dropped,
    };
  }

  see(observation: Observation): readonly Signal[] {
    switch (observation.kind) {
      case 'opened':
        if (ECHO.has(observation.icmpType ?? -1)) this.#echoes.set(observation.flow, true);
        return [];
      case 'progress':
        return this.#echoes.has(observation.flow) ? this.#moved(observation) : [];
      case 'closed': {
        if (!this.#echoes.has(observation.flow)) return [];
        this.#echoes.delete(observation.flow);
        const { record, at, sent, received } = observation;
        const { source, destination } = record;
        return this.#moved({ source, destination, at, sent, received, frame: record.frames[1] });
      }
      default:
        return [];
    }
  }

  #moved(moved: Moved): readonly Signal[] {
    const { source, destination, at, sent, received, frame } = moved;
    const device = deviceAt(this.#context, source);
    const pair = this.#pairOf(`${device} ${destination.address}`, at);
    pair.sent += sent.bytes;
    pair.received += received.bytes;
    pair.packets += sent.packets;
    pair.answers += received.packets;
    const why = pair.isTold ? undefined : tunnels(pair);
    if (why === undefined) return [];
    pair.isTold = true;
    const isInside = this.#context.isLocal(destination.address);
    const peer = deviceAt(this.#context, destination);
    return [
      tell({
        type: 'icmp_tunnel',
        at,
        severity: 'high',
        threat: 'malware',
        devices: isInside ? [device, peer] : [device],
        peer: destination.address,
        about: peer,
        summary: `${device} sends data in pings to ${destination.address}: ${octets(pair.sent)} there and ${octets(pair.received)} back`,
        usual: 'A ping carries the same few octets there and back.',
        remedy: `Block ICMP from ${device} to ${destination.address} and look what runs on ${device}.`,
        reasons: [why],
        facts: { sent: pair.sent, received: pair.received, pings: pair.packets },
        frames: [frame],
        count: pair.packets,
      }),
    ];
  }

  #pairOf(key: string, at: Instant): Pair {
    const known = this.#pairs.get(key);
    if (known !== undefined && at - known.since < HOUR && at >= known.since) return known;
    const isTold = known?.isTold === true;
    const pair = { since: at, sent: 0, received: 0, packets: 0, answers: 0, isTold };
    this.#pairs.set(key, pair);
    return pair;
  }
}

function tunnels({ sent, received, packets, answers }: Pair): string | undefined {
  if (packets < PACKETS) return undefined;
  // Lost answers make a difference too: the octets of one message are compared.
  const [asked, answered] = [sent / packets, answers === 0 ? 0 : received / answers];
  const isUnlike = answers > 0 && Math.abs(asked - answered) > UNLIKE * Math.max(asked, answered);
  if (isUnlike && sent + received >= ENOUGH) return 'answers carry other data than questions';
  return sent + received >= MUCH && asked >= LARGE ? 'far more data than pings need' : undefined;
}

type Progress = Extract<Observation, { kind: 'progress' }>;
type Moved = Pick<Progress, 'source' | 'destination' | 'at' | 'sent' | 'received' | 'frame'>;
