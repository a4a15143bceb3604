import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import { said, tell } from './learned/tell.ts';
import { isPrivateMac } from './mac.ts';

const DEVICES = 4_096;
const QUIET = 86_400_000;

export const dhcpIdentity = {
  id: 'mac_change',
  title: 'Another device behind a known MAC, or a known device behind another MAC',
  types: ['mac_change'],
  sources: [
    'RFC 2132 §9.8: the list of options that is asked for is alike for one system',
    'NetAlertX issues 959, 731, 604: private MACs must not alert',
  ],
  learns: false,
  knownFalse: [
    'a machine that starts another system: the list differs, the host name mostly too',
    'a telephone with a private MAC: it is left out',
  ],
  sees: ['dhcp'],
  start: (context) => new DhcpIdentity(context),
} as const satisfies Detector;

interface Known {
  readonly hostName: string;
  readonly fingerprint: string;
  readonly since: Instant;
  toldAt: Instant;
}

/** Whoever forges a MAC asks for an address as its own system does. */
class DhcpIdentity implements Watch {
  readonly #context: DetectorContext;
  readonly #known = new BoundedMap<string, Known>(DEVICES);

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    return { octets: this.#known.size * 300, dropped: this.#known.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind !== 'dhcp' || observation.family !== 4) return [];
    const { serverMac, clientMac, hostName = '', fingerprint = '', at } = observation;
    if (serverMac !== undefined || fingerprint === '' || isPrivateMac(clientMac)) return [];
    const known = this.#known.get(clientMac);
    if (known === undefined) {
      this.#known.set(clientMac, {
        hostName,
        fingerprint,
        since: at,
        toldAt: Number.NEGATIVE_INFINITY,
      });
      return [];
    }
    const isSame = known.fingerprint === fingerprint || known.hostName === hostName;
    if (isSame || at - known.toldAt < QUIET) return [];
    known.toldAt = at;
    return [this.#tell(observation, known, hostName)];
  }

  #tell({ clientMac, at, frame, fingerprint = '' }: Dhcp, known: Known, hostName: string): Signal {
    const device = this.#context.deviceOf('', clientMac);
    return tell({
      type: 'mac_change',
      at,
      severity: 'high',
      threat: 'unauthorised-access',
      devices: [device],
      about: 'clone',
      summary: `Another device uses the MAC of ${device}: it calls itself ${said(hostName)} and asks DHCP as another system does`,
      usual: `${device} called itself ${said(known.hostName)}.`,
      remedy: `Look whether ${device} was replaced or set up anew; if not, somebody forges its MAC: take that device off the network.`,
      reasons: ['host name and list of options changed together'],
      facts: { 'options now': fingerprint, 'options before': known.fingerprint },
      frames: [frame],
    });
  }
}

type Dhcp = Extract<Observation, { kind: 'dhcp' }>;
