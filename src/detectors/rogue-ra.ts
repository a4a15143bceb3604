import type { Signal } from '../model/alert.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { tell } from './learned/tell.ts';

const ROUTERS = 64;

export const rogueRa = {
  id: 'rogue_ra',
  title: 'Another router announces itself over IPv6',
  types: ['rogue_ra'],
  sources: ['RFC 6104 (rogue IPv6 router advertisement problem)', 'RFC 4861 §4.2'],
  learns: false,
  knownFalse: [
    'border routers of Thread announce a route and a lifetime of 0: they are no default router and are left out',
    'a machine that shares its connection',
  ],
  sees: ['router-advertisement'],
  start: (context) => new RogueRa(context),
} as const satisfies Detector;

class RogueRa implements Watch {
  readonly #context: DetectorContext;
  readonly #routers = new Map<string, string>();
  #dropped = 0;

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    return { octets: this.#routers.size * 120, dropped: this.#dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind !== 'router-advertisement') return [];
    const { mac, address, lifetime } = observation;
    const owner = [...this.#routers].find(([, at]) => at === address)?.[0];
    const isForged = owner !== undefined && owner !== mac;
    // A router that says it is none any more, in its own name, harms nobody.
    if ((lifetime === 0 && !isForged) || this.#routers.has(mac)) return [];
    if (this.#routers.size >= ROUTERS) {
      this.#dropped += 1;
      return [];
    }
    const [first] = this.#routers.keys();
    this.#routers.set(mac, address);
    return first === undefined ? [] : [this.#tell(observation, first, isForged)];
  }

  #tell(seen: Advertisement, first: string, isForged: boolean): Signal {
    const { at, frame, mac, address, prefixes, lifetime } = seen;
    const device = this.#context.deviceOf(address, mac);
    return tell({
      type: 'rogue_ra',
      at,
      severity: 'critical',
      threat: 'interception',
      devices: [device],
      peer: address,
      about: 'ra',
      summary: `${device} announces itself as a router over IPv6, which ${first} is here`,
      usual: `The router is ${first}.`,
      remedy: `If ${device} is no router of yours, take it off the network; let the switch drop router advertisements of clients (RA guard).`,
      reasons: [
        isForged ? 'it speaks in the name of the router' : 'a second default router',
        'traffic over IPv6 would go through it',
      ],
      facts: {
        prefixes: prefixes.join(' '),
        'lifetime in seconds': lifetime,
        'known router': first,
      },
      frames: [frame],
    });
  }
}

type Advertisement = Extract<Observation, { kind: 'router-advertisement' }>;
