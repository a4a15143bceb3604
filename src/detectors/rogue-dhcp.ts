import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { tell } from './learned/tell.ts';

/** Servers that are remembered. */
const SERVERS = 64;
/** Messages by which a server speaks. */
const SPEAKS: ReadonlySet<string> = new Set(['offer', 'ack', 'advertise', 'reply']);

export const rogueDhcp = {
  id: 'rogue_dhcp',
  title: 'Another DHCP server gives out addresses',
  types: ['rogue_dhcp'],
  sources: ['RFC 2131 §7 (security considerations)', 'MITRE ATT&CK T1557.003 (DHCP spoofing)'],
  learns: false,
  knownFalse: [
    'a second server that the owner set up: it is told once',
    'a router that was replaced: the former one is silent then, and both are named',
  ],
  sees: ['dhcp'],
  start: (context) => new RogueDhcp(context),
} as const satisfies Detector;

/** The servers of each family; whoever was there first is believed. */
class RogueDhcp implements Watch {
  readonly #context: DetectorContext;
  readonly #servers = new Map<string, Instant>();
  #dropped = 0;

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    return { octets: this.#servers.size * 80, dropped: this.#dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind !== 'dhcp' || observation.serverMac === undefined) return [];
    if (!SPEAKS.has(observation.message)) return [];
    const key = `${observation.family} ${observation.serverMac}`;
    if (this.#servers.has(key)) return [];
    const others = [...this.#servers.keys()].filter((one) =>
      one.startsWith(`${observation.family} `),
    );
    if (this.#servers.size >= SERVERS) {
      this.#dropped += 1;
      return [];
    }
    this.#servers.set(key, observation.at);
    const [first] = others;
    return first === undefined
      ? []
      : [this.#tell(observation, observation.serverMac, first.slice(2))];
  }

  #tell(message: Dhcp, mac: string, first: string): Signal {
    const { at, frame, server, router, resolvers, clientMac, family } = message;
    const device = this.#context.deviceOf(server ?? '', mac);
    const leads = router !== undefined && router === server;
    // While all is learned, two that stand in for each other (RFC 2131 §2.2) are how it is.
    const isUsual = !leads && at < this.#context.learnUntil;
    return tell({
      type: 'rogue_dhcp',
      at,
      severity: isUsual ? 'low' : 'critical',
      threat: 'interception',
      devices: [device, this.#context.deviceOf('', clientMac)],
      ...(server === undefined ? {} : { peer: server }),
      port: family === 4 ? 67 : 547,
      transport: 'udp',
      about: `dhcp ${family}`,
      summary: `${device} answers DHCP, which ${first} does here${leads ? ', and names itself as the router' : ''}`,
      usual: `Addresses are given out by ${first}.`,
      remedy: `If you did not set up a second DHCP server, take ${device} off the network and let its clients ask anew.`,
      reasons: [
        'a second server',
        ...(leads ? ['traffic would go through it'] : []),
        ...(server !== undefined && resolvers.includes(server)
          ? ['names would be resolved by it']
          : []),
      ],
      facts: {
        server: server ?? 'unknown',
        router: router ?? 'unknown',
        resolvers: resolvers.join(' '),
        'known server': first,
      },
      frames: [frame],
    });
  }
}

type Dhcp = Extract<Observation, { kind: 'dhcp' }>;
