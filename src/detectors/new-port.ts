import type { Signal } from '../model/alert.ts';
import type { Instant, Severity, Transport } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import { DeviceTable } from './learned/device-table.ts';
import { deviceAt, isLearning, transportOf } from './learned/ends.ts';
import { said, service, tell } from './learned/tell.ts';

/** Services of one device, and of those that it announces. */
const SERVICES = 48;
const ANNOUNCED = 24;
/** New ones of a device that are told by themselves in an hour; more are one. */
const AN_HOUR = 5;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Services of all addresses. */
const PLACES = 4_096;
/** From here on systems pick ports of their own for the near end of what they begin (RFC 6335 §6, Linux). */
const EPHEMERAL_UDP = 32_768;
export const EPHEMERAL_TCP = 49_152;
/** Ways in that whoever takes a device over opens: ssh, telnet, adb and their neighbours. */
export const SHELLS: ReadonlySet<number> = new Set([22, 23, 2222, 2323, 5555, 4444, 31_337]);
/** Where everybody is asked who is there: SSDP, WS-Discovery, mDNS. */
const SEARCHES: ReadonlySet<number> = new Set([1900, 3702, 5353]);
/** Milliseconds after such a question in which an app visits what it found. */
const SESSION = 15_000;
/** FTP's control connection: its data come over ports that the server opens for them (RFC 959). */
const FTP = 21;
const NOTHING: readonly Signal[] = [];

export const newPort = {
  id: 'new_port',
  title: 'A port that did not answer before accepts connections',
  types: ['new_port'],
  thresholds: [`${AN_HOUR} new ports of a device are told by themselves in an hour; more are one`],
  sources: [
    'CIS Controls v8, safeguard 4.8 (disable unnecessary services)',
    'RFC 6335 §6 (dynamic ports)',
    'RFC 6763 (DNS-based service discovery), UPnP Device Architecture 2.0 §1.2',
  ],
  learns: true,
  knownFalse: [
    'a service that is used once a month and was not used in the learning time',
    'the call-back port of UPnP events',
  ],
  sees: ['opened', 'answered', 'closed', 'announced'],
  start: (context): Watch => new NewPort(context),
} as const satisfies Detector;

/** What a device says that it serves on a port. */
interface Announcement {
  readonly name: string;
  readonly at: Instant;
  /** It was said while it was learned what the device does. */
  readonly isLearned: boolean;
}

interface Served {
  /** How often each was used. */
  readonly uses: BoundedMap<string, number>;
  /** By service; apart, so that nobody pushes out what was used by announcing much. */
  announced?: BoundedMap<string, Announcement>;
}

interface Grade {
  readonly severity: Severity;
  readonly reason: string;
}

/**
 * What a device serves: what was used, and what it announces by itself. A service that was announced
 * as long as it was learned and is used today for the first time is no new port; one that is announced
 * today for the first time is, whether or not anybody uses it yet.
 */
class NewPort implements Watch {
  readonly #context: DetectorContext;
  readonly #devices = new DeviceTable<Served>(() => ({ uses: new BoundedMap(SERVICES) }));
  readonly #quota = new BoundedMap<string, Quota>(1_024);
  /** Services by address: one that moves with its address is ARP's matter, or DHCP's. */
  readonly #places = new BoundedMap<string, true>(PLACES);
  /** When each device asked everybody last. */
  readonly #searched = new BoundedMap<string, Instant>(1_024);
  /** Conversations whose beginning was seen. */
  readonly #begun = new BoundedMap<number, true>(4_096);

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    let octets = this.#begun.size * 40 + this.#places.size * 96 + this.#searched.size * 80;
    for (const [, { uses, announced }] of this.#devices.entries()) {
      octets += 128 + uses.size * 64 + (announced?.size ?? 0) * 140;
    }
    return { octets, dropped: this.#devices.dropped + this.#begun.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind === 'opened') {
      if (observation.group) this.#searches(observation);
      else if (!observation.midway) this.#begun.set(observation.flow, true);
      return NOTHING;
    }
    if (observation.kind === 'closed') this.#begun.delete(observation.flow);
    if (observation.kind === 'announced') return this.#announced(observation);
    if (observation.kind !== 'answered' || observation.refused) return NOTHING;
    if (!this.#begun.has(observation.flow)) return NOTHING;
    return this.#answered(observation);
  }

  #searches({ source, destination, at }: Opened): void {
    if (SEARCHES.has(destination.port)) this.#searched.set(deviceAt(this.#context, source), at);
  }

  #answered(answered: Answered): readonly Signal[] {
    const { destination, source, at } = answered;
    const transport = transportOf(answered.ipProtocol);
    if (transport === undefined || !this.#context.isLocal(destination.address)) return NOTHING;
    const device = deviceAt(this.#context, destination);
    const served = this.#devices.of(device, at);
    const { uses } = served;
    const key = service(transport, destination.port);
    const known = uses.get(key);
    uses.set(key, (known ?? 0) + 1);
    const place = `${destination.address} ${key}`;
    const isKnownPlace = this.#places.has(place);
    this.#places.set(place, true);
    if (known !== undefined || isKnownPlace || isLearning(this.#context, device, at))
      return NOTHING;
    if (!isService(transport, destination.port, source.port)) return NOTHING;
    if (uses.has(`${service('tcp', FTP)}`) && destination.port >= 1024) return NOTHING;
    // Of a server with more services than can be kept, what is new cannot be told.
    if (uses.dropped > 0) return NOTHING;
    return this.#tellUse(answered, device, transport, served);
  }

  #announced(announced: Announced): readonly Signal[] {
    const { at, device: host, transport, port, service: name } = announced;
    if (!this.#context.isLocal(host.address)) return NOTHING;
    const device = this.#context.deviceOf(host.address, host.mac);
    const served = this.#devices.of(device, at);
    const key = service(transport, port);
    const known = served.announced?.get(key);
    if (known !== undefined) return NOTHING;
    const isLearned = isLearning(this.#context, device, at);
    const grade = this.#gradeOfWord(device, served, announced);
    served.announced ??= new BoundedMap(ANNOUNCED);
    served.announced.set(key, { name, at, isLearned });
    if (isLearned || served.uses.has(key) || served.announced.dropped > 0) return NOTHING;
    return this.#tell(device, served, {
      ...{ at, port, transport, grade, frame: announced.frame },
      does: `announces ${said(name)} on`,
      more: '',
      with: [],
      unseen: ['whether anybody uses it'],
    });
  }

  #tellUse(
    { at, source, destination, frame }: Answered,
    device: string,
    transport: 'tcp' | 'udp',
    served: Served,
  ): readonly Signal[] {
    const { port } = destination;
    const asker = this.#context.isLocal(source.address)
      ? deviceAt(this.#context, source)
      : undefined;
    return this.#tell(device, served, {
      ...{ at, port, transport, frame, peer: source.address },
      grade: this.#gradeOfUse(device, served, { transport, port, at, asker }),
      does: 'answers on',
      more: `; ${source.address} asked`,
      with: asker === undefined ? [] : [asker],
      unseen: ['whether the port was open before somebody asked'],
    });
  }

  #tell(device: string, { uses }: Served, news: News): readonly Signal[] {
    const { at, port, transport, grade, frame, peer, does, more } = news;
    const what = service(transport, port);
    const count = this.#count(device, at);
    if (count > AN_HOUR + 1) return NOTHING;
    const isMany = count > AN_HOUR;
    const usual = [...uses.keys()].filter((known) => known !== what).slice(0, 8);
    const signal = tell({
      type: 'new_port',
      at,
      severity: grade.severity,
      threat: 'unauthorised-access',
      devices: [device, ...news.with],
      ...(peer === undefined ? {} : { peer }),
      port,
      transport,
      about: isMany ? 'many' : what,
      summary: `${device} ${does}${isMany ? ' many ports, now also on' : ''} ${what}, which it never did before${more}`,
      usual:
        usual.length === 0
          ? 'It was not seen to answer on any port before.'
          : `It usually answers on ${usual.join(', ')}.`,
      remedy: `If nobody switched ${what} on at the device, close it there or block it, and look whether the device was taken over.`,
      reasons: [grade.reason],
      facts: { port: what, 'services known': uses.size - (uses.has(what) ? 1 : 0) },
      frames: [frame],
      unseen: news.unseen,
    });
    return [signal];
  }

  #count(device: string, at: number): number {
    const hour = Math.floor(at / HOUR);
    const quota = this.#quota.get(device);
    if (quota === undefined || quota.hour !== hour) {
      this.#quota.set(device, { hour, told: 1 });
      return 1;
    }
    quota.told += 1;
    return quota.told;
  }

  /** Of a port that answers for the first time. */
  #gradeOfUse(
    device: string,
    served: Served,
    { transport, port, at, asker }: Place & { readonly asker: string | undefined },
  ): Grade {
    const isLong = served.announced?.get(service(transport, port))?.isLearned === true;
    if (SHELLS.has(port)) {
      return isLong
        ? { severity: 'low', reason: 'the port of a shell, which it has announced all along' }
        : { severity: 'high', reason: 'the port of a shell' };
    }
    if (isLong) return { severity: 'info', reason: 'it has announced this service all along' };
    const harmless = this.#harmless(device, served, { transport, port, at });
    if (harmless !== undefined) return { severity: 'info', reason: harmless };
    return asker !== undefined && this.#isInSession(asker, at)
      ? { severity: 'info', reason: 'asked by an app that had just looked for its devices' }
      : { severity: 'medium', reason: 'a service that was not there before' };
  }

  /** A person's device asks everybody who is there, and visits who answers: an app does that. */
  #isInSession(asker: string, at: number): boolean {
    const since = at - (this.#searched.get(asker) ?? Number.NEGATIVE_INFINITY);
    return since >= 0 && since < SESSION && this.#context.about(asker).purpose === 'general';
  }

  /** Of a service that is announced for the first time; what is no more than said is less. */
  #gradeOfWord(device: string, served: Served, announced: Announced): Grade {
    const { port, service: name } = announced;
    if (SHELLS.has(port)) return { severity: 'medium', reason: 'it offers a shell' };
    const harmless = this.#harmless(device, served, announced);
    if (harmless !== undefined) return { severity: 'info', reason: harmless };
    const { purpose } = this.#context.about(device);
    if (purpose === 'general') {
      return { severity: 'info', reason: 'a device that a person uses offers now this, now that' };
    }
    // Some take another port with every restart (HomeKit, Spotify Connect).
    const hasMoved = [...(served.announced?.values() ?? [])].some((one) => one.name === name);
    return hasMoved
      ? { severity: 'info', reason: 'a service that it announced at another port before' }
      : { severity: 'low', reason: 'a service that it did not announce before' };
  }

  /** Why a port that is new may be so without harm. */
  #harmless(device: string, served: Served, { transport, port, at }: Place): string | undefined {
    const { purpose, infrastructure, firstSeen } = this.#context.about(device);
    // Its pages and services are there for whoever looks after it, once a year.
    if (infrastructure) return 'a router, which serves its keeper';
    if (at - firstSeen < DAY) return 'it is known for less than a day';
    // A person's computer opens such ports for every call and game.
    if (purpose === 'general' && port >= EPHEMERAL_TCP) {
      return 'a port that programs of a computer pick by themselves';
    }
    return this.#documented(served, transport, port);
  }

  /** Only what it said that it is while it was learned counts: who takes it over may say anything. */
  #documented({ announced }: Served, transport: Transport, port: number): string | undefined {
    for (const { name, isLearned } of announced?.values() ?? []) {
      const title = isLearned ? this.#context.documented?.(name, transport, port) : undefined;
      if (title !== undefined)
        return `a port that is documented for what it announces to be: ${title}`;
    }
    return undefined;
  }
}

interface Place {
  readonly transport: Transport;
  readonly port: number;
  readonly at: Instant;
}

/** What is told of a port. */
interface News extends Place {
  readonly grade: Grade;
  readonly frame: number | undefined;
  readonly peer?: string;
  /** `answers on`. */
  readonly does: string;
  /** The end of the sentence. */
  readonly more: string;
  readonly with: readonly string[];
  readonly unseen: readonly string[];
}

interface Quota {
  readonly hour: number;
  told: number;
}

type Answered = Extract<Observation, { kind: 'answered' }>;
type Opened = Extract<Observation, { kind: 'opened' }>;
type Announced = Extract<Observation, { kind: 'announced' }>;

/**
 * UDP has no beginning: what looks like a client's question to a high port may be the late answer to
 * something that the device began itself.
 */
function isService(transport: string, port: number, clientPort: number): boolean {
  if (port === 0) return false;
  return transport === 'tcp' || (port < EPHEMERAL_UDP && (port < 1024 || clientPort >= 1024));
}
