import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { Endpoint } from '../model/flow.ts';
import type { Observation } from '../model/observation.ts';
import { Few } from './ddos/few.ts';
import { Rate } from './ddos/rate.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap, fingerprint, withNumber } from './learned/bounded.ts';
import { tell } from './learned/tell.ts';

/**
 * Packets without an answer, or attempts, within 10, 60 and 600 s. A resolver, a camera's view and a
 * backup are answered; what is not makes no sense at these rates.
 */
const ONE_WAY = [800, 1_500, 2_400];
const ATTEMPTS = [150, 300, 900];
/** Attempts from outside at one port of one device. */
const INWARD = [200, 400, 1_500];
/** Addresses that they come from, or else it is one client. */
const SOURCES = 40;
/** Answers outweigh questions so many times, and by so many octets in a minute (US-CERT TA14-017A). */
const AMPLIFIED = 8;
const REFLECTED = 500_000;
/** What a device may serve outside itself and answers by much: DNS, NTP, SNMP, LDAP, SSDP, CoAP … */
const REFLECTORS: ReadonlySet<number> = new Set([
  19, 53, 69, 111, 123, 137, 161, 389, 1900, 3702, 5060, 5353, 5683, 10_001, 11_211, 32_414, 37_810,
]);
const TABLE = 256;
/** Attempts or packets up to which a destination is counted with others. */
const FEW = 24;
/** Octets of a target, and of each address that floods it. */
const TARGET_OCTETS = 700;
const SOURCE_OCTETS = 80;
const FLOWS = 2_048;
const QUIET = 3_600_000;
const TCP = 6;
const UDP = 17;
const NOTHING: readonly Signal[] = [];

export const ddos = {
  id: 'ddos',
  title: 'A flood: from a device, at a device, or by way of a device',
  types: ['ddos_source', 'ddos_victim', 'reflection'],
  thresholds: [
    `${ATTEMPTS[1]} attempts or ${ONE_WAY[1]} packets without an answer within a minute`,
    `${INWARD[1]} attempts within a minute from ${SOURCES} addresses`,
    `answers of ${AMPLIFIED} times the questions, ${REFLECTED / 1000} kB within a minute`,
  ],
  sources: [
    'A. Hamza et al., Detecting Volumetric Attacks on IoT Devices via SDN-Based Monitoring of MUD Activity, SOSR 2019',
    'US-CERT TA14-017A (UDP-based amplification attacks)',
    'MITRE ATT&CK T1498',
  ],
  learns: false,
  knownFalse: [
    'a stream over UDP that its receiver never answers',
    'a server of this network that the whole Internet likes',
  ],
  sees: ['opened', 'answered', 'progress', 'closed'],
  start: (context) => new Ddos(context),
} as const satisfies Detector;

interface Target {
  readonly rate: Rate;
  readonly sources: Set<string>;
  frames: number[];
  toldAt: Instant;
}

class Ddos implements Watch {
  readonly #context: DetectorContext;
  readonly #few = new Few(FEW);
  /** By fingerprint of actor, destination and transport. */
  readonly #out = new BoundedMap<number, Target>(TABLE);
  /** By fingerprint of device and port. */
  readonly #in = new BoundedMap<number, Target>(TABLE);
  readonly #reflected = new BoundedMap<number, Target>(TABLE);
  /** Flows of UDP to the outside that were answered: what they send is no flood. */
  readonly #answered = new BoundedMap<number, true>(FLOWS);

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    const targets = this.#out.size + this.#in.size + this.#reflected.size;
    let sources = 0;
    for (const target of this.#in.values()) sources += target.sources.size;
    return {
      octets:
        this.#few.octets +
        targets * TARGET_OCTETS +
        sources * SOURCE_OCTETS +
        this.#answered.size * 40,
      dropped: this.#out.dropped + this.#in.dropped + this.#reflected.dropped,
    };
  }

  see(observation: Observation): readonly Signal[] {
    switch (observation.kind) {
      case 'opened':
        return observation.ipProtocol === TCP ? this.#attempt(observation) : NOTHING;
      case 'answered':
        if (observation.ipProtocol === UDP && !this.#isInside(observation.destination)) {
          this.#answered.set(observation.flow, true);
        }
        return NOTHING;
      case 'progress':
        return observation.ipProtocol === UDP ? this.#moved(observation) : NOTHING;
      case 'closed': {
        const signals = observation.record.transport === 'udp' ? this.#ended(observation) : NOTHING;
        this.#answered.delete(observation.flow);
        return signals;
      }
      default:
        return NOTHING;
    }
  }

  #attempt({ source, destination, at, frame, midway }: Opened): readonly Signal[] {
    if (midway) return [];
    const { isLocal } = this.#context;
    if (isLocal(destination.address)) {
      return isLocal(source.address) ? [] : this.#inward(source, destination, at, frame);
    }
    const actor = this.#actorOf(source);
    if (actor === undefined) return [];
    const target = this.#outward(
      actor,
      destination.address,
      TCP,
      { at, amount: 1, frame },
      ATTEMPTS,
    );
    if (target === undefined) return NOTHING;
    return [this.#tellSource(actor, destination, target, at, 'tcp', !isLocal(source.address))];
  }

  #inward(
    source: Endpoint,
    destination: Endpoint,
    at: Instant,
    frame: number | undefined,
  ): readonly Signal[] {
    const device = this.#context.deviceOf(destination.address, destination.mac);
    const target = targetOf(this.#in, withNumber(fingerprint(device), destination.port));
    if (target.sources.size < SOURCES) target.sources.add(source.address);
    const isOver = this.#isOver(target, at, 1, INWARD, frame);
    if (!isOver || target.sources.size < SOURCES) return [];
    return [this.#tellVictim(device, destination.port, target, at)];
  }

  #moved(progress: Progress): readonly Signal[] {
    const { source, destination, sent, received, at, frame, flow } = progress;
    return this.#volume({ source, destination, at, frame, flow }, sent, received);
  }

  #ended({ record, sent, received, at, flow }: Closed): readonly Signal[] {
    const { source, destination } = record;
    return this.#volume({ source, destination, at, frame: record.frames[1], flow }, sent, received);
  }

  #volume(where: Where, sent: Volume, received: Volume): readonly Signal[] {
    const { source, destination, at, frame, flow } = where;
    const { isLocal } = this.#context;
    if (this.#isInside(destination)) {
      const isAsked = !isLocal(source.address) && REFLECTORS.has(destination.port);
      return isAsked ? this.#reflect(where, sent.bytes, received.bytes) : [];
    }
    const isOneWay = received.packets === 0 && !this.#answered.has(flow);
    const actor = this.#actorOf(source);
    if (!isOneWay || actor === undefined) return [];
    const amount = sent.packets;
    const target = this.#outward(actor, destination.address, UDP, { at, amount, frame }, ONE_WAY);
    if (target === undefined) return NOTHING;
    return [this.#tellSource(actor, destination, target, at, 'udp', !isLocal(source.address))];
  }

  #reflect(where: Where, asked: number, answered: number): readonly Signal[] {
    const { destination, source, at, frame } = where;
    if (answered < AMPLIFIED * Math.max(1, asked)) return [];
    const device = this.#context.deviceOf(destination.address, destination.mac);
    const target = targetOf(this.#reflected, withNumber(fingerprint(device), destination.port));
    const isOver = this.#isOver(target, at, answered, [REFLECTED, REFLECTED, 4 * REFLECTED], frame);
    return isOver ? [tellReflection(device, source, destination.port, target, at)] : [];
  }

  /** Whoever sends with forged addresses is known by its MAC; a router is nobody's device. */
  #actorOf({ address, mac }: Endpoint): string | undefined {
    if (this.#context.isLocal(address)) return this.#context.deviceOf(address, mac);
    if (mac === undefined || this.#context.about(mac).infrastructure) return undefined;
    return mac;
  }

  #isInside({ address }: Endpoint): boolean {
    return this.#context.isLocal(address);
  }

  /** Counts what an actor sends to a destination. @returns where it has become a flood */
  #outward(
    actor: string,
    address: string,
    ipProtocol: number,
    { at, amount, frame }: Counted,
    limits: readonly number[],
  ): Target | undefined {
    const key = withNumber(fingerprint(address, fingerprint(actor)), ipProtocol);
    const known = this.#out.get(key);
    if (known !== undefined)
      return this.#isOver(known, at, amount, limits, frame) ? known : undefined;
    const few = this.#few;
    if (!few.isMany(key, at, amount)) return undefined;
    const target = targetOf(this.#out, key);
    return this.#isOver(target, at, few.count, limits, frame, at - few.since) ? target : undefined;
  }

  #isOver(
    target: Target,
    at: Instant,
    amount: number,
    limits: readonly number[],
    frame: number | undefined,
    within = 0,
  ): boolean {
    if (frame !== undefined) target.frames = [...target.frames, frame].slice(-8);
    if (!target.rate.exceeds(at, amount, limits, within)) return false;
    if (at - target.toldAt < QUIET) return false;
    target.toldAt = at;
    return true;
  }

  #tellSource(
    device: string,
    { address, port }: Endpoint,
    { rate, frames }: Target,
    at: Instant,
    transport: 'tcp' | 'udp',
    isForged: boolean,
  ): Signal {
    const count = rate.last;
    return tell({
      type: 'ddos_source',
      at,
      severity: 'critical',
      threat: 'ddos',
      devices: [device],
      peer: address,
      port,
      transport,
      about: `${address} ${transport}`,
      summary: `${device} floods ${address}: ${count} ${transport === 'udp' ? 'packets' : 'attempts'} within a minute, and no answer`,
      usual: 'What devices send is answered.',
      remedy: `Take ${device} off the network at once: it attacks others. Update it and change its password before it comes back.`,
      reasons: [
        `${count} within a minute and none was answered`,
        ...(isForged ? ['its sender addresses are forged'] : []),
      ],
      facts: { 'in a minute': count, forged: isForged ? 'yes' : 'no' },
      frames,
      count,
    });
  }

  #tellVictim(device: string, port: number, { rate, frames }: Target, at: Instant): Signal {
    const count = rate.last;
    return tell({
      type: 'ddos_victim',
      at,
      severity: 'high',
      threat: 'ddos',
      devices: [device],
      port,
      transport: 'tcp',
      about: `tcp/${port}`,
      summary: `${device} is flooded from the Internet: ${count} attempts at tcp/${port} within a minute`,
      usual: 'A device behind a router is called by a few clients.',
      remedy: `Close the port forwarding to tcp/${port} at the router until it is over, or for good.`,
      reasons: [`${count} attempts within a minute`, `from ${SOURCES} addresses and more`],
      facts: { 'in a minute': count, 'addresses at least': SOURCES },
      frames,
      count,
    });
  }
}

function tellReflection(
  device: string,
  { address }: Endpoint,
  port: number,
  { rate, frames }: Target,
  at: Instant,
): Signal {
  return tell({
    type: 'reflection',
    at,
    severity: 'high',
    threat: 'ddos',
    devices: [device],
    peer: address,
    port,
    transport: 'udp',
    about: `udp/${port}`,
    summary: `${device} answers the Internet on udp/${port} with ${rate.last} octets a minute, many times what it is asked`,
    usual: 'Nobody outside has a reason to ask there.',
    remedy: `Close udp/${port} of ${device} towards the Internet: it is used to flood others.`,
    reasons: [
      `answers are more than ${AMPLIFIED} times the questions`,
      'the questions come from outside',
    ],
    facts: { 'octets a minute': rate.last },
    frames,
  });
}

function targetOf(table: BoundedMap<number, Target>, key: number): Target {
  const known = table.get(key);
  if (known !== undefined) return known;
  const target = {
    rate: new Rate(),
    sources: new Set<string>(),
    frames: [],
    toldAt: Number.NEGATIVE_INFINITY,
  };
  table.set(key, target);
  return target;
}

interface Counted {
  readonly at: Instant;
  readonly amount: number;
  readonly frame: number | undefined;
}

interface Where {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly at: Instant;
  readonly frame: number | undefined;
  readonly flow: number;
}

type Opened = Extract<Observation, { kind: 'opened' }>;
type Progress = Extract<Observation, { kind: 'progress' }>;
type Closed = Extract<Observation, { kind: 'closed' }>;
type Volume = Progress['sent'];
