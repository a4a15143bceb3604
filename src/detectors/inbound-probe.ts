import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import { DeviceTable } from './learned/device-table.ts';
import type { Opened } from './learned/ends.ts';
import { deviceAt, isLearning, transportOf } from './learned/ends.ts';
import { withFlow } from './learned/flow-id.ts';
import { service, tell } from './learned/tell.ts';

/** Attempts that are followed until it is known what came of them. */
const FOLLOWED = 1_024;
/** Milliseconds that are waited for more: a scan or a flood is told by its own name. */
const PATIENCE = 4_000;
const MANY = 4;
const DAY = 86_400_000;

export const inboundProbe = {
  id: 'inbound_probe',
  title: 'Somebody on the Internet reached a port that does not answer',
  types: ['policy_violation'],
  thresholds: [
    `a device of which nothing outside ever asked in vain; ${MANY} at a time are a scan`,
  ],
  sources: [
    'RFC 6092 (simple security in IPv6 customer premises equipment)',
    'MITRE ATT&CK T1595.001 (scanning IP blocks)',
  ],
  learns: true,
  knownFalse: [
    'a device that is meant to be on the Internet: where attempts were usual, none is told',
  ],
  sees: ['opened', 'answered', 'closed'],
  start: (context): Watch => new InboundProbe(context),
} as const satisfies Detector;

interface Exposed {
  /** Attempts while it was learned: whoever is on the Internet is tried every minute. */
  usual: number;
  toldAt: Instant;
  waiting: Opened[];
}

/** Behind a router nothing of the kind arrives unless the router was told to let it in. */
class InboundProbe implements Watch {
  readonly #context: DetectorContext;
  readonly #devices = new DeviceTable<Exposed>(() => ({
    usual: 0,
    toldAt: Number.NEGATIVE_INFINITY,
    waiting: [],
  }));
  readonly #followed = new BoundedMap<number, Opened>(FOLLOWED);
  readonly #due = new BoundedMap<string, Exposed>(256);

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    const octets = this.#followed.size * 240 + this.#devices.size * 300;
    return { octets, dropped: this.#devices.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind === 'opened') this.#follow(observation);
    else if (observation.kind === 'answered') {
      const attempt = this.#followed.get(observation.flow);
      this.#followed.delete(observation.flow);
      if (attempt !== undefined && observation.refused) this.#failed(attempt, observation.at);
    } else if (observation.kind === 'closed') {
      const attempt = this.#followed.get(observation.flow);
      this.#followed.delete(observation.flow);
      if (attempt !== undefined) this.#failed(attempt, observation.at);
    }
    return [];
  }

  tick(now: Instant): readonly Signal[] {
    return [...this.#due.entries()].flatMap(([device, exposed]) => {
      const [first] = exposed.waiting;
      if (first === undefined || now - first.at < PATIENCE) return [];
      this.#due.delete(device);
      const { length } = exposed.waiting;
      exposed.waiting = [];
      if (length >= MANY) return [];
      exposed.toldAt = now;
      return [withFlow(tellOf(first, device, now), first)];
    });
  }

  #follow(opened: Opened): void {
    const { source, destination, midway, group, ipProtocol } = opened;
    if (midway || group || transportOf(ipProtocol) !== 'tcp') return;
    if (this.#context.isLocal(source.address) || !this.#context.isLocal(destination.address))
      return;
    this.#followed.set(opened.flow, opened);
  }

  #failed(attempt: Opened, at: Instant): void {
    const device = deviceAt(this.#context, attempt.destination);
    const exposed = this.#devices.of(device, at);
    if (isLearning(this.#context, device, at)) {
      exposed.usual += 1;
      return;
    }
    if (exposed.usual > 0 || at - exposed.toldAt < DAY || exposed.waiting.length >= MANY) return;
    exposed.waiting.push(attempt);
    this.#due.set(device, exposed);
  }
}

function tellOf({ source, destination, frame }: Opened, device: string, at: Instant): Signal {
  const what = service('tcp', destination.port);
  return tell({
    type: 'policy_violation',
    at,
    severity: 'low',
    threat: 'unauthorised-access',
    devices: [device],
    peer: source.address,
    port: destination.port,
    transport: 'tcp',
    about: 'tried from the Internet',
    summary: `${source.address} on the Internet tried ${what} of ${device}, and was not answered`,
    usual: 'Nobody on the Internet was seen to try a port of this device.',
    remedy:
      'Look at the port forwarding, UPnP mappings and IPv6 filter of the router: something lets strangers in to this device.',
    reasons: ['the router let it through', 'the device did not answer'],
    facts: { service: what },
    frames: [frame],
  });
}
