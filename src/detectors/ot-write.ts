import type { Signal } from '../model/alert.ts';
import type { Severity } from '../model/core.ts';
import type { Observation, Operation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import { deviceAt, isLearning } from './learned/ends.ts';
import { said, tell } from './learned/tell.ts';

/** Pairs of controller and client that are remembered, each with what it did. */
const PAIRS = 2_048;
const OBJECTS = 64;

export const otWrite = {
  id: 'ot_write',
  title: 'A controller is written to, stopped or programmed by somebody new',
  types: ['ot_write'],
  sources: [
    'Modbus Application Protocol 1.1b3 §6 (functions 5, 6, 15, 16, 22, 23)',
    'MITRE ATT&CK for ICS T0855 (unauthorized command message), T0816, T0843',
    'IEC 62443-3-3 SR 2.1 (authorization enforcement)',
  ],
  learns: true,
  knownFalse: ['an engineer at work: tell Portolan that it is expected until the evening'],
  sees: ['operation'],
  start: (context) => new OtWrite(context),
} as const satisfies Detector;

/** Who may write is learned; to stop or to program is never learned silently. */
class OtWrite implements Watch {
  readonly #context: DetectorContext;
  /** By controller, client and effect: objects that were touched. */
  readonly #known = new BoundedMap<string, Set<string>>(PAIRS);

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    return { octets: this.#known.size * (200 + OBJECTS * 20), dropped: this.#known.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind !== 'operation') return [];
    const { effect, at } = observation;
    if (effect === 'read' || effect === 'other') return [];
    const client = deviceAt(this.#context, observation.client);
    const server = deviceAt(this.#context, observation.server);
    const key = `${server} ${client} ${effect}`;
    const objects = this.#known.get(key);
    if (objects !== undefined) {
      if (objects.size < OBJECTS) objects.add(observation.object);
      return [];
    }
    this.#known.set(key, new Set([observation.object]));
    const isWrite = effect === 'write';
    if (isWrite && isLearning(this.#context, server, at)) return [];
    return [this.#tell(observation, client, server)];
  }

  #tell(operation: Operation, client: string, server: string): Signal {
    const { at, protocol, name, effect, object, frame } = operation;
    const writers = [...this.#known.keys()]
      .filter((key) => key.startsWith(`${server} `) && !key.startsWith(`${server} ${client} `))
      .map((key) => key.split(' ')[1] ?? '');
    const isLearned = isLearning(this.#context, server, at);
    const severity: Severity = isLearned ? 'medium' : 'critical';
    const known = [...new Set(writers)].slice(0, 4).join(', ');
    return tell({
      type: 'ot_write',
      at,
      severity,
      threat: 'unauthorised-access',
      devices: [client, server],
      peer: operation.server.address,
      port: operation.server.port,
      transport: protocol === 'bacnet' ? 'udp' : 'tcp',
      about: `${server} ${effect}`,
      summary: `${client} ${VERBS[effect]} ${server} for the first time (${protocol}: ${name}, ${said(object)})`,
      usual: known === '' ? 'Nobody was seen to write to it.' : `Those who write to it: ${known}.`,
      remedy: `Ask whoever runs the plant. If nobody did it on purpose, block ${client} from ${server} and check what it was set to.`,
      reasons: [
        `${name} changes a process`,
        effect === 'write'
          ? 'this writer was not learned'
          : 'to stop or program is never taken as usual',
      ],
      facts: { protocol, operation: name, object, writers: known },
      frames: [frame],
    });
  }
}

const VERBS: Readonly<Record<Operation['effect'], string>> = {
  read: 'reads',
  write: 'writes to',
  stop: 'stops',
  program: 'programs',
  other: 'commands',
};
