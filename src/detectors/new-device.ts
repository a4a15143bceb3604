import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { Endpoint } from '../model/flow.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import { said, tell } from './learned/tell.ts';
import { isGroupMac, isPrivateMac } from './mac.ts';

/** Devices that are remembered as told or known. */
const CAPACITY = 16_384;
/** Milliseconds that a private MAC has to say by DHCP which device it is. */
const PATIENCE = 30_000;
const WAITING = 512;
/** So many in so many milliseconds are one event: MACs are being made up, or two networks were joined. */
const FLOOD = 8;
const FLOOD_SPAN = 600_000;

export const newDevice = {
  id: 'new_device',
  title: 'A device that was not on this network before',
  types: ['new_device'],
  thresholds: [`more than ${FLOOD} within ${FLOOD_SPAN / 60_000} minutes are one alert`],
  sources: [
    'CIS Controls v8, safeguard 1.2 (address unauthorized assets)',
    'IEEE 802c-2017 (locally administered addresses)',
  ],
  learns: true,
  knownFalse: [
    'a telephone with a new private address and no host name',
    'a device whose network card was replaced',
  ],
  sees: ['opened', 'answered', 'binding', 'dhcp'],
  start: (context): Watch => new NewDevice(context),
} as const satisfies Detector;

interface Newcomer {
  readonly at: Instant;
  readonly mac: string;
  readonly address: string | undefined;
  readonly frame: number | undefined;
}

class NewDevice implements Watch {
  readonly #context: DetectorContext;
  readonly #told = new BoundedMap<string, true>(CAPACITY);
  readonly #waiting = new BoundedMap<string, Newcomer>(WAITING);
  #lately: Instant[] = [];

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    return {
      octets: this.#told.size * 80 + this.#waiting.size * 160,
      dropped: this.#told.dropped + this.#waiting.dropped,
    };
  }

  see(observation: Observation): readonly Signal[] {
    const { at } = observation;
    if (at < this.#context.learnUntil) return [];
    switch (observation.kind) {
      case 'opened':
        return this.#meet(observation.source, observation);
      case 'answered':
        return observation.refused ? [] : this.#meet(observation.destination, observation);
      case 'binding':
        return this.#meetMac(observation.mac, observation.address, observation);
      case 'dhcp':
        return observation.serverMac === undefined ? this.#asks(observation) : [];
      default:
        return [];
    }
  }

  tick(now: Instant): readonly Signal[] {
    const due = [...this.#waiting.entries()].filter(([, { at }]) => now - at >= PATIENCE);
    return due.flatMap(([device, newcomer]) => {
      this.#waiting.delete(device);
      // By now it may have turned out to be a device that changed its address.
      return this.#isNew(device, newcomer.mac) ? this.#tell(device, newcomer, now, '') : [];
    });
  }

  #meet({ address, mac }: Endpoint, observation: Seen): readonly Signal[] {
    if (mac === undefined || !this.#context.isLocal(address)) return [];
    return this.#meetMac(mac, address, observation);
  }

  #meetMac(mac: string, address: string, { at, frame }: Seen): readonly Signal[] {
    if (isGroupMac(mac)) return [];
    const device = this.#context.deviceOf(address, mac);
    // A claim to another's address: ARP's matter, and the address is not the newcomer's.
    const key = device === mac || device.includes(':') ? device : mac;
    if (this.#told.has(key) || !this.#isNew(key, mac)) return [];
    const newcomer = { at, mac, address: usable(address), frame };
    if (!isPrivateMac(mac)) return this.#tell(key, newcomer, at, '');
    if (!this.#waiting.has(key)) this.#waiting.set(key, newcomer);
    return [];
  }

  #asks({ clientMac, hostName = '', at, frame }: Dhcp): readonly Signal[] {
    const device = this.#context.deviceOf(clientMac, clientMac);
    if (this.#told.has(device) || !this.#isNew(device, clientMac)) {
      this.#waiting.delete(clientMac);
      return [];
    }
    const newcomer = { at, mac: clientMac, address: undefined, frame };
    if (hostName !== '' || !isPrivateMac(clientMac)) {
      return this.#tell(device, newcomer, at, hostName);
    }
    if (!this.#waiting.has(device)) this.#waiting.set(device, newcomer);
    return [];
  }

  #isNew(device: string, mac: string): boolean {
    // By its MAC alone: the address may be one that it claims and does not have.
    if (this.#context.deviceOf(mac, mac) !== device) return false;
    return this.#context.about(device).firstSeen >= this.#context.learnUntil;
  }

  #tell(device: string, newcomer: Newcomer, at: Instant, hostName: string): readonly Signal[] {
    this.#told.set(device, true);
    this.#waiting.delete(device);
    this.#lately = this.#lately.filter((then) => at - then < FLOOD_SPAN);
    this.#lately.push(at);
    if (this.#lately.length > FLOOD) {
      this.#lately = this.#lately.slice(-FLOOD - 1);
      return [flood(device, newcomer, at)];
    }
    return [one(device, newcomer, at, hostName)];
  }
}

type Seen = { readonly at: Instant; readonly frame?: number };
type Dhcp = Extract<Observation, { kind: 'dhcp' }>;

function one(device: string, { mac, address, frame }: Newcomer, at: Instant, host: string): Signal {
  const isPrivate = isPrivateMac(mac);
  const where = address === undefined ? '' : ` at ${address}`;
  const called = host === '' ? '' : `, calling itself ${said(host)},`;
  return tell({
    type: 'new_device',
    at,
    severity: isPrivate ? 'low' : 'medium',
    threat: 'unauthorised-access',
    devices: [device],
    ...(address === undefined ? {} : { peer: address }),
    about: '',
    summary: `${mac}${called} is on the network${where} for the first time`,
    usual: 'It was never seen before.',
    remedy:
      'If nobody brought a device, find it by its maker and its port on the switch, and keep it out until then.',
    reasons: isPrivate
      ? ['a private address, as telephones of guests have']
      : ['an address that a maker gave: a device that was brought to stay'],
    facts: { mac },
    frames: [frame],
    unseen: ['what it did before it was first seen'],
  });
}

function flood(device: string, { frame }: Newcomer, at: Instant): Signal {
  return {
    ...tell({
      type: 'new_device',
      at,
      severity: 'high',
      threat: 'unauthorised-access',
      devices: [device],
      about: 'many',
      summary: `More than ${FLOOD} devices came within ten minutes`,
      usual: 'New devices usually come one at a time.',
      remedy:
        'Look at the switch for a port behind which addresses change all the time, or for a network that was joined to this one.',
      reasons: ['so many at a time are made up, or another network was joined'],
      facts: { 'at least': FLOOD + 1, 'within minutes': FLOOD_SPAN / 60_000 },
      frames: [frame],
      count: FLOOD + 1,
    }),
    key: 'new_device|many',
  };
}

function usable(address: string): string | undefined {
  return address === '0.0.0.0' || address === '::' ? undefined : address;
}
