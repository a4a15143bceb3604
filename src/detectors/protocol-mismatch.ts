import type { Signal } from '../model/alert.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import { DeviceTable } from './learned/device-table.ts';
import { deviceAt, isLearning, serviceNumber, serviceOf, transportOf } from './learned/ends.ts';
import { said, tell } from './learned/tell.ts';

/** Ports of one device, and protocols of one port, that are remembered. */
const PORTS = 32;
const PROTOCOLS = 4;
/** Conversations by which it is known what a port speaks. */
const KNOWN = 4;
/** Behind the numbers of services that it serves: those that it calls. */
const CALLED = 131_072;
const NOTHING: readonly Signal[] = [];

export const protocolMismatch = {
  id: 'protocol_mismatch',
  title: 'A port speaks another protocol than it did',
  types: ['protocol_mismatch'],
  thresholds: [`${KNOWN} conversations by which it is known what a port speaks`],
  sources: [
    'MITRE ATT&CK T1571 (non-standard port)',
    'measured: oddity of a port alone is usual at 8000 to 9000, change is not',
  ],
  learns: true,
  knownFalse: ['an update that puts a service behind TLS'],
  sees: ['recognised'],
  start: (context): Watch => new ProtocolMismatch(context),
} as const satisfies Detector;

interface Spoken {
  readonly protocols: Map<string, number>;
  conversations: number;
  isTold: boolean;
}

/** Of each device, what is spoken on its own ports and on the ports of others that it calls. */
class ProtocolMismatch implements Watch {
  readonly #context: DetectorContext;
  readonly #devices = new DeviceTable(() => new BoundedMap<number, Spoken>(PORTS));

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    let octets = 0;
    for (const [, ports] of this.#devices.entries()) octets += 128 + ports.size * 320;
    return { octets, dropped: this.#devices.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind !== 'recognised' || observation.certainty === 'hint') return NOTHING;
    const transport = transportOf(observation.ipProtocol);
    if (transport === undefined) return NOTHING;
    const { source, destination } = observation;
    const { isLocal } = this.#context;
    const what = serviceNumber(transport, destination.port);
    const isServed = isLocal(destination.address);
    if (!isServed && !isLocal(source.address)) return NOTHING;
    const device = deviceAt(this.#context, isServed ? destination : source);
    return this.#learn(observation, device, what, isServed);
  }

  #learn(seen: Recognised, device: string, what: number, isServed: boolean): readonly Signal[] {
    const { at } = seen;
    const ports = this.#devices.of(device, at);
    const known = spokenAt(ports, isServed ? what : CALLED + what);
    const spoken = spokenOf(seen);
    const before = known.protocols.get(spoken);
    const isNew = before === undefined && known.conversations >= KNOWN;
    if (known.protocols.size < PROTOCOLS || before !== undefined) {
      known.protocols.set(spoken, (before ?? 0) + 1);
    }
    known.conversations += 1;
    if (!isNew || known.isTold || isLearning(this.#context, device, at)) return NOTHING;
    if (known.protocols.size > 3 || this.#context.about(device).infrastructure) return [];
    known.isTold = true;
    return [tellOf(seen, device, serviceOf(what), { spoken, known, isServed })];
  }
}

function spokenAt(ports: BoundedMap<number, Spoken>, port: number): Spoken {
  const known = ports.get(port);
  if (known !== undefined) return known;
  const spoken = { protocols: new Map<string, number>(), conversations: 0, isTold: false };
  ports.set(port, spoken);
  return spoken;
}

type Recognised = Extract<Observation, { kind: 'recognised' }>;

/** HTTP within TLS is HTTP to whoever sees inside and TLS to everybody else: the carrier decides. */
function spokenOf({ protocol, over }: Recognised): string {
  return over === 'tls' || over === 'dtls' ? over : protocol;
}

function tellOf(
  { at, source, destination, frame, certainty, ipProtocol }: Recognised,
  device: string,
  what: string,
  { spoken, known, isServed }: { spoken: string; known: Spoken; isServed: boolean },
): Signal {
  const usual = [...known.protocols.keys()].filter((protocol) => protocol !== spoken);
  const transport = transportOf(ipProtocol);
  return tell({
    type: 'protocol_mismatch',
    at,
    severity: 'medium',
    threat: 'malware',
    devices: [device],
    peer: isServed ? source.address : destination.address,
    port: destination.port,
    ...(transport === undefined ? {} : { transport }),
    about: `${isServed ? 'serves' : 'calls'} ${what}`,
    summary: `${device} ${isServed ? 'is spoken to on' : 'speaks to'} ${what} in ${said(spoken)}`,
    usual: `In ${known.conversations - 1} conversations there it was ${usual.join(' or ')}.`,
    remedy:
      'Look what was changed at the device or service; a tunnel or a miner hides behind ports that are let through.',
    reasons: ['the port did not change, what is spoken on it did'],
    facts: { spoken, usual: usual.join(', '), certainty },
    frames: [frame],
  });
}
