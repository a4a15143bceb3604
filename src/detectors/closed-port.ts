import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import { DeviceTable } from './learned/device-table.ts';
import { deviceAt, isLearning, serviceNumber, serviceOf, transportOf } from './learned/ends.ts';
import { tell } from './learned/tell.ts';

/** Services of one device that are followed. */
const SERVICES = 16;
/** Clients of a service that are remembered. */
const CLIENTS = 4;
/** Uses that make a service one that is missed. */
const USES = 10;
/** Refusals in a row that make it closed, or twice as many as were usual. */
const FAILURES = 3;
/** Milliseconds in which a device must have been heard to be there. */
const ALIVE = 300_000;
const NOTHING: readonly Signal[] = [];

export const closedPort = {
  id: 'closed_port',
  title: 'A service that was used answers no more',
  types: ['closed_port', 'service_down'],
  thresholds: [
    `${FAILURES} refusals in a row of a service that answered ${USES} times, and twice as many as were usual`,
  ],
  sources: ['RFC 9293 §3.5.2 (reset generation)', 'ITIL 4, monitoring and event management'],
  learns: true,
  knownFalse: ['a service that was switched off on purpose', 'a restart that takes minutes'],
  sees: ['opened', 'answered', 'closed'],
  start: (context): Watch => new ClosedPort(context),
} as const satisfies Detector;

interface Service {
  /** Those whom it answered: what strangers get is no loss. */
  readonly clients: BoundedMap<string, true>;
  uses: number;
  /** Failures since it last answered, and the longest such run while it was learned. */
  run: number;
  usualRun: number;
  isTold: boolean;
}

interface Followed {
  /** By number. */
  readonly services: BoundedMap<number, Service>;
  heard: Instant;
}

class ClosedPort implements Watch {
  readonly #context: DetectorContext;
  readonly #devices = new DeviceTable<Followed>((_, at) => ({
    services: new BoundedMap(SERVICES),
    heard: at,
  }));

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    let octets = 0;
    for (const [, { services }] of this.#devices.entries()) octets += 160 + services.size * 340;
    return { octets, dropped: this.#devices.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    switch (observation.kind) {
      case 'opened':
        this.#hear(observation.source, observation.at);
        return NOTHING;
      case 'answered':
        return this.#answered(observation);
      case 'closed':
        return this.#closed(observation);
      default:
        return NOTHING;
    }
  }

  #hear(end: { address: string; mac?: string }, at: Instant): void {
    if (!this.#context.isLocal(end.address)) return;
    const followed = this.#devices.peek(this.#context.deviceOf(end.address, end.mac));
    if (followed !== undefined) followed.heard = at;
  }

  #answered(answered: Extract<Observation, { kind: 'answered' }>): readonly Signal[] {
    const transport = transportOf(answered.ipProtocol);
    const { destination, at } = answered;
    if (transport === undefined || !this.#context.isLocal(destination.address)) return NOTHING;
    const device = deviceAt(this.#context, destination);
    const what = serviceNumber(transport, destination.port);
    if (answered.refused) return this.#failed(device, what, answered, true);
    const followed = this.#devices.of(device, at);
    followed.heard = at;
    const before = followed.services.get(what);
    const known = before ?? begin();
    if (isLearning(this.#context, device, at)) known.usualRun = Math.max(known.usualRun, known.run);
    known.clients.set(answered.source.address, true);
    known.uses += 1;
    known.run = 0;
    known.isTold = false;
    if (before === undefined) followed.services.set(what, known);
    return NOTHING;
  }

  #closed({ record, at }: Extract<Observation, { kind: 'closed' }>): readonly Signal[] {
    if (record.outcome !== 'silent' || record.midStream === true) return NOTHING;
    if (record.transport !== 'tcp') return NOTHING;
    if (!this.#context.isLocal(record.destination.address)) return NOTHING;
    const device = deviceAt(this.#context, record.destination);
    const what = serviceNumber('tcp', record.destination.port);
    return this.#failed(device, what, { ...record, at, frame: record.frames[0] }, false);
  }

  #failed(device: string, what: number, use: Use, isRefused: boolean): readonly Signal[] {
    const followed = this.#devices.peek(device);
    const known = followed?.services.get(what);
    if (followed === undefined || known === undefined) return [];
    if (!known.clients.has(use.source.address)) return [];
    known.run += 1;
    if (isLearning(this.#context, device, use.at)) {
      known.usualRun = Math.max(known.usualRun, known.run);
      return [];
    }
    const limit = Math.max(FAILURES, known.usualRun * 2);
    if (known.isTold || known.uses < USES || known.run < limit) return [];
    // Of a device that says nothing at all, the silence is told, not each of its services.
    if (!isRefused && use.at - followed.heard > ALIVE) return [];
    known.isTold = true;
    return [this.#tell(device, serviceOf(what), known, use, isRefused)];
  }

  #tell(device: string, what: string, known: Service, use: Use, isRefused: boolean): Signal {
    const { at, source, destination, frame } = use;
    const type = isRefused ? 'closed_port' : 'service_down';
    return tell({
      type,
      at,
      severity: 'low',
      threat: 'ddos',
      devices: [device],
      peer: source.address,
      port: destination.port,
      transport: what.startsWith('tcp') ? 'tcp' : 'udp',
      about: what,
      summary: `${device} ${isRefused ? 'refuses' : 'does not answer'} ${what}, which ${source.address} and others used`,
      usual: `It answered there ${known.uses} times, and failed at most ${known.usualRun} times in a row.`,
      remedy:
        'Look whether the service was switched off or the device restarted; if it is closed for good, say that it is expected.',
      reasons: ['somebody needs the service', 'the device itself is there'],
      facts: { 'failures in a row': known.run, 'usual at most': known.usualRun, uses: known.uses },
      frames: [frame],
      count: known.run,
    });
  }
}

function begin(): Service {
  return { clients: new BoundedMap(CLIENTS), uses: 0, run: 0, usualRun: 0, isTold: false };
}

interface Use {
  readonly at: Instant;
  readonly source: { readonly address: string };
  readonly destination: { readonly address: string; readonly port: number };
  readonly frame?: number;
}
