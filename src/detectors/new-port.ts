import type { Signal } from '../model/alert.ts';
import type { Severity } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import { DeviceTable } from './learned/device-table.ts';
import { deviceAt, isLearning, transportOf } from './learned/ends.ts';
import { service, tell } from './learned/tell.ts';

/** Services of one device. */
const SERVICES = 48;
/** New ones of a device that are told by themselves in an hour; more are one. */
const AN_HOUR = 5;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Services of all addresses. */
const PLACES = 4_096;
/** From here on systems pick ports of their own for the near end of what they begin (RFC 6335 §6, Linux). */
const EPHEMERAL_UDP = 32_768;
const EPHEMERAL_TCP = 49_152;
/** Ways in that whoever takes a device over opens: ssh, telnet, adb and their neighbours. */
const SHELLS: ReadonlySet<number> = new Set([22, 23, 2222, 2323, 5555, 4444, 31_337]);
/** FTP's control connection: its data come over ports that the server opens for them (RFC 959). */
const FTP = 21;

export const newPort = {
  id: 'new_port',
  title: 'A port that did not answer before accepts connections',
  types: ['new_port'],
  thresholds: [`${AN_HOUR} new ports of a device are told by themselves in an hour; more are one`],
  sources: [
    'CIS Controls v8, safeguard 4.8 (disable unnecessary services)',
    'RFC 6335 §6 (dynamic ports)',
  ],
  learns: true,
  knownFalse: [
    'a service that is used once a month and was not used in the learning time',
    'the call-back port of UPnP events',
  ],
  sees: ['opened', 'answered', 'closed'],
  start: (context): Watch => new NewPort(context),
} as const satisfies Detector;

class NewPort implements Watch {
  readonly #context: DetectorContext;
  readonly #devices = new DeviceTable(() => new BoundedMap<string, number>(SERVICES));
  readonly #quota = new BoundedMap<string, Quota>(1_024);
  /** Services by address: one that moves with its address is ARP's matter, or DHCP's. */
  readonly #places = new BoundedMap<string, true>(PLACES);
  /** Conversations whose beginning was seen. */
  readonly #begun = new BoundedMap<number, true>(4_096);

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    let octets = this.#begun.size * 40 + this.#places.size * 96;
    for (const [, services] of this.#devices.entries()) octets += 128 + services.size * 64;
    return { octets, dropped: this.#devices.dropped + this.#begun.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind === 'opened') {
      if (!observation.midway && !observation.group) this.#begun.set(observation.flow, true);
      return [];
    }
    if (observation.kind === 'closed') this.#begun.delete(observation.flow);
    if (observation.kind !== 'answered' || observation.refused) return [];
    if (!this.#begun.has(observation.flow)) return [];
    return this.#answered(observation);
  }

  #answered(answered: Answered): readonly Signal[] {
    const { destination, source, at } = answered;
    const transport = transportOf(answered.ipProtocol);
    if (transport === undefined || !this.#context.isLocal(destination.address)) return [];
    const device = deviceAt(this.#context, destination);
    const services = this.#devices.of(device, at);
    const key = service(transport, destination.port);
    const uses = services.get(key);
    services.set(key, (uses ?? 0) + 1);
    const place = `${destination.address} ${key}`;
    const isKnownPlace = this.#places.has(place);
    this.#places.set(place, true);
    if (uses !== undefined || isKnownPlace || isLearning(this.#context, device, at)) return [];
    if (!isService(transport, destination.port, source.port)) return [];
    if (services.has(`${service('tcp', FTP)}`) && destination.port >= 1024) return [];
    // Of a server with more services than can be kept, what is new cannot be told.
    if (services.dropped > 0) return [];
    return this.#tell(answered, device, transport, services);
  }

  #tell(
    { at, source, destination, frame }: Answered,
    device: string,
    transport: 'tcp' | 'udp',
    services: BoundedMap<string, number>,
  ): readonly Signal[] {
    const { port } = destination;
    const what = service(transport, port);
    const count = this.#count(device, at);
    if (count > AN_HOUR + 1) return [];
    const isMany = count > AN_HOUR;
    const isNeighbour = this.#context.isLocal(source.address);
    const usual = [...services.keys()].filter((known) => known !== what).slice(0, 8);
    const { severity, reason } = this.#grade(device, port, at);
    const signal = tell({
      type: 'new_port',
      at,
      severity,
      threat: 'unauthorised-access',
      devices: isNeighbour ? [device, deviceAt(this.#context, source)] : [device],
      peer: source.address,
      port,
      transport,
      about: isMany ? 'many' : what,
      summary: `${device} answers on${isMany ? ' many ports, now also on' : ''} ${what}, which it never did before; ${source.address} asked`,
      usual:
        usual.length === 0
          ? 'It was not seen to answer on any port before.'
          : `It usually answers on ${usual.join(', ')}.`,
      remedy: `If nobody switched ${what} on at the device, close it there or block it, and look whether the device was taken over.`,
      reasons: [reason],
      facts: { port: what, 'services known': services.size - 1 },
      frames: [frame],
      unseen: ['whether the port was open before somebody asked'],
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

  #grade(
    device: string,
    port: number,
    at: number,
  ): { readonly severity: Severity; readonly reason: string } {
    if (SHELLS.has(port)) return { severity: 'high', reason: 'the port of a shell' };
    const { purpose, infrastructure, firstSeen } = this.#context.about(device);
    // Its pages and services are there for whoever looks after it, once a year.
    if (infrastructure) return { severity: 'info', reason: 'a router, which serves its keeper' };
    if (at - firstSeen < DAY)
      return { severity: 'info', reason: 'it is known for less than a day' };
    // A person's computer opens such ports for every call and game.
    if (purpose === 'general' && port >= EPHEMERAL_TCP) {
      return { severity: 'info', reason: 'a port that programs of a computer pick by themselves' };
    }
    return { severity: 'medium', reason: 'a service that was not there before' };
  }
}

interface Quota {
  readonly hour: number;
  told: number;
}

type Answered = Extract<Observation, { kind: 'answered' }>;

/**
 * UDP has no beginning: what looks like a client's question to a high port may be the late answer to
 * something that the device began itself.
 */
function isService(transport: string, port: number, clientPort: number): boolean {
  if (port === 0) return false;
  return transport === 'tcp' || (port < EPHEMERAL_UDP && (port < 1024 || clientPort >= 1024));
}
