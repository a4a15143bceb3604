import type { Signal } from '../model/alert.ts';
import type { Instant, Severity } from '../model/core.ts';
import type { Endpoint } from '../model/flow.ts';
import type { Login, Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap, fingerprint, withNumber } from './learned/bounded.ts';
import { DeviceTable } from './learned/device-table.ts';
import { deviceAt, isLearning, serviceNumber, transportOf } from './learned/ends.ts';
import { withFlow } from './learned/flow-id.ts';
import { RecentNumbers } from './learned/recent-numbers.ts';
import { service, tell } from './learned/tell.ts';

/** Pairs of neighbour and port of one device. */
const PEERS = 64;
/** Milliseconds that are waited for more of the same: whoever tries many at a time is a scanner. */
const PATIENCE = 2_500;
/**
 * The same after a login that was refused, and at most: whoever guesses is told of as such
 * (`login-guessing.ts`), and this is part of it.
 */
const AFTER_REFUSAL = 20_000;
const AT_MOST = 60_000;
const SCAN = 4;
/** New neighbours that are told of one device a day. */
const A_DAY = 2;
const DAY = 86_400_000;
/** New neighbours in the second half of the learning time, above which further ones say nothing. */
const LATE_NEWS = 2;
const OUTSIDE = 'the Internet';
/** Pairs, services and places that are remembered, and conversations whose beginning was seen. */
const PLACES = 8_192;
const BEGUN = 2_048;
/** Behind the numbers of services: that one is served by somebody, and that two talk at all. */
const SERVED = 131_072;
const PAIR = 262_144;
const NOTHING: readonly Signal[] = [];

export const newPeer = {
  id: 'new_peer',
  title: 'A neighbour that the device never talked to, or a way in from the Internet',
  types: ['policy_violation'],
  thresholds: [`${A_DAY} new neighbours of a device are told a day`],
  sources: [
    'RFC 8520 §8.5 (same-manufacturer, local-networks)',
    'MITRE ATT&CK TA0008 (lateral movement)',
  ],
  learns: true,
  knownFalse: [
    'an app or a hub that was given a further device',
    'a telephone that looks for its devices: it counts as a person’s, and is let be',
  ],
  sees: ['opened', 'answered', 'closed', 'login'],
  start: (context): Watch => new NewPeer(context),
} as const satisfies Detector;

interface Neighbours {
  readonly since: Instant;
  /** By fingerprint, in words: `00:17:88:01:02:03 tcp/80`. */
  readonly peers: BoundedMap<number, string>;
  lateNews: number;
  day: number;
  told: number;
  waiting: Waiting[];
  /** When what waits is told. */
  due: Instant;
}

/** What is new: that the two talk, or only the port on which they do (`new-port.ts` tells it). */
type News = 'none' | 'pair' | 'port';

interface Waiting {
  readonly isToldAsPort: boolean;
  readonly answered: Answered;
  readonly transport: 'tcp' | 'udp';
  readonly peer: string;
}

/** The local half of what a device needs: learned, and kept as if it were its policy. */
class NewPeer implements Watch {
  readonly #context: DetectorContext;
  readonly #devices = new DeviceTable<Neighbours>((_, at) => ({
    since: at,
    peers: new BoundedMap(PEERS),
    lateNews: 0,
    day: 0,
    told: 0,
    waiting: [],
    due: 0,
  }));
  readonly #places = new RecentNumbers(PLACES);
  readonly #begun = new BoundedMap<number, true>(BEGUN);
  readonly #due = new BoundedMap<string, Neighbours>(256);

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    let octets = this.#begun.size * 40 + this.#places.octets;
    for (const [, { peers }] of this.#devices.entries()) octets += 300 + peers.size * 112;
    return { octets, dropped: this.#devices.dropped + this.#begun.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    const late = this.tick(observation.at);
    switch (observation.kind) {
      case 'opened':
        if (!observation.midway && !observation.group) this.#begun.set(observation.flow, true);
        break;
      case 'closed':
        this.#begun.delete(observation.flow);
        break;
      case 'login':
        if (observation.outcome === 'refused') this.#refused(observation);
        break;
      case 'answered':
        if (!observation.refused && this.#begun.has(observation.flow)) this.#answered(observation);
        break;
      default:
    }
    return late;
  }

  tick(now: Instant): readonly Signal[] {
    if (this.#due.size === 0) return NOTHING;
    return [...this.#due.entries()].flatMap(([device, neighbours]) => {
      if (now < neighbours.due) return [];
      this.#due.delete(device);
      const waiting = neighbours.waiting;
      neighbours.waiting = [];
      const told = waiting.find(({ isToldAsPort }) => !isToldAsPort);
      if (waiting.length >= SCAN || told === undefined) return [];
      return this.#isWithinQuota(neighbours, now)
        ? [withFlow(this.#tell(device, neighbours, told, now), told.answered)]
        : [];
    });
  }

  /** Of whoever waits to be told of, at either end of the login. */
  #refused({ client, server, at }: Login): void {
    if (this.#due.size === 0) return;
    for (const end of [client, server]) {
      const neighbours = this.#due.get(deviceAt(this.#context, end));
      const first = neighbours?.waiting.find(({ answered }) => isBetween(answered, client, server));
      if (neighbours === undefined || first === undefined) continue;
      neighbours.due = Math.min(at + AFTER_REFUSAL, first.answered.at + AT_MOST);
    }
  }

  #answered(answered: Answered): void {
    const { source, destination, at } = answered;
    const transport = transportOf(answered.ipProtocol);
    if (transport === undefined || !this.#context.isLocal(destination.address)) return;
    const isInward = !this.#context.isLocal(source.address);
    const [own, other] = isInward ? [destination, source] : [source, destination];
    const device = deviceAt(this.#context, own);
    const peer = isInward ? OUTSIDE : deviceAt(this.#context, other);
    if (peer === device || isUdpToHighPort(transport, destination.port)) return;
    const neighbours = this.#devices.of(device, at);
    const what = serviceNumber(transport, destination.port);
    const news = this.#meet(isInward ? '' : peer, device, destination.address, what);
    const key = withNumber(fingerprint(peer), what);
    if (neighbours.peers.has(key)) return;
    neighbours.peers.set(key, `${peer} ${service(transport, destination.port)}`);
    if (news === 'none') return;
    if (isLearning(this.#context, device, at)) this.#countNews(neighbours, device, at);
    else if (this.#isWorthTelling(neighbours, device, peer)) {
      this.#wait(neighbours, device, { answered, transport, peer, isToldAsPort: news === 'port' });
    }
  }

  #wait(neighbours: Neighbours, device: string, one: Waiting): void {
    if (neighbours.waiting.length === 0) neighbours.due = one.answered.at + PATIENCE;
    neighbours.waiting.push(one);
    this.#due.set(device, neighbours);
  }

  /**
   * What is new by its place too: that a service at a known address has another MAC now is ARP's
   * matter, and a service that nobody used before is told as such (`new-port.ts`).
   *
   * @param peer empty: somebody on the Internet
   */
  #meet(peer: string, device: string, address: string, what: number): News {
    const places = this.#places;
    const own = fingerprint(device);
    if (peer === '') return places.add(withNumber(own, SERVED + what)) ? 'pair' : 'none';
    const isKnown = places.add(withNumber(fingerprint(address, own), what));
    const isServed = places.add(withNumber(fingerprint(peer), SERVED + what));
    const isPair = places.add(withNumber(fingerprint(peer, own), PAIR));
    if (isKnown) return 'none';
    return isPair && !isServed ? 'port' : 'pair';
  }

  #countNews(neighbours: Neighbours, device: string, at: Instant): void {
    const until = this.#context.about(device).learnUntil ?? this.#context.learnUntil;
    if (at - neighbours.since > (until - neighbours.since) / 2) neighbours.lateNews += 1;
  }

  #isWorthTelling(neighbours: Neighbours, device: string, peer: string): boolean {
    if (neighbours.waiting.length > SCAN) return false;
    const { purpose, infrastructure } = this.#context.about(device);
    if (infrastructure || this.#context.about(peer).infrastructure) return false;
    if (peer === OUTSIDE) return true;
    // Of one that knows more than can be kept (a gateway of a plant), what is new cannot be told.
    if (neighbours.peers.dropped > 0) return false;
    return purpose !== 'general' && neighbours.lateNews <= LATE_NEWS;
  }

  #isWithinQuota(neighbours: Neighbours, now: Instant): boolean {
    const day = Math.floor(now / DAY);
    if (neighbours.day !== day) {
      neighbours.day = day;
      neighbours.told = 0;
    }
    neighbours.told += 1;
    return neighbours.told <= A_DAY;
  }

  #tell(
    device: string,
    { peers }: Neighbours,
    { answered, transport, peer }: Waiting,
    at: Instant,
  ): Signal {
    const { source, destination, frame } = answered;
    const what = service(transport, destination.port);
    const isInward = peer === OUTSIDE;
    const severity: Severity = 'medium';
    const usual = [...peers.values()].slice(0, 4);
    return tell({
      type: 'policy_violation',
      at,
      severity,
      threat: 'unauthorised-access',
      devices: isInward ? [device] : [device, peer],
      peer: isInward ? source.address : destination.address,
      port: destination.port,
      transport,
      about: `${peer} ${what}`,
      summary: isInward
        ? `${source.address} on the Internet reached ${what} of ${device}, which it never served there`
        : `${device} talks to its neighbour ${peer} (${what}) for the first time`,
      usual:
        peers.size <= 1
          ? 'It was not seen to talk to anybody on this network.'
          : `It knows ${peers.size - 1} services here, among them ${usual.slice(0, 3).join(', ')}.`,
      remedy: isInward
        ? 'Close the port forwarding at the router unless somebody set it up on purpose.'
        : 'If nobody connected the two on purpose, block it and look whether the device was taken over.',
      reasons: [
        isInward
          ? 'a way in from the Internet that was not used before'
          : 'outside of what it was learned to need',
      ],
      facts: { service: what, 'services known': peers.size - 1 },
      frames: [frame],
    });
  }
}

type Answered = Extract<Observation, { kind: 'answered' }>;

function isBetween({ source, destination }: Answered, client: Endpoint, server: Endpoint): boolean {
  const isServer = destination.address === server.address && destination.port === server.port;
  return isServer && source.address === client.address;
}

/** The late answer to something older has a client's port as its destination (RFC 6335 §6). */
function isUdpToHighPort(transport: string, port: number): boolean {
  return transport === 'udp' && port >= 32_768;
}
