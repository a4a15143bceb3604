import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { NameLookup, Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap, fingerprint } from './learned/bounded.ts';
import { DeviceTable } from './learned/device-table.ts';
import { deviceAt, isLearning, learnedAt } from './learned/ends.ts';
import { RegisteredDomains } from './learned/registered-domain.ts';
import { octets, said, tell } from './learned/tell.ts';

/** Domains of one device that are counted, and of each the names that are told apart. */
const PARENTS = 4;
const NAMES = 32;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Octets of labels below one domain in an hour: 2 KiB is what a whole day of a usual device has. */
const OCTETS = 2_048;
/** While it is learned, and for a domain that was learned: four times as much. */
const LEARNING_FACTOR = 4;
/** Different questions. */
const QUESTIONS = 12;
/** Mean length of what stands before the domain: `edge-17.cdn` has less. */
const LENGTH = 16;
/** Bits a character of what stands there: words have about 3, base32 nearly 5. */
const ENTROPY = 3.2;

export const dnsTunnel = {
  id: 'dns_tunnel',
  title: 'Data in the names that are asked for',
  types: ['dns_tunnel'],
  thresholds: [`${OCTETS} octets in ${QUESTIONS} different names below one domain within an hour`],
  sources: [
    'MITRE ATT&CK T1071.004 (DNS)',
    'RITA 5.0: 100, 500, 1000 subdomains; there are content networks with as many',
    'Born and Gustafson, Detecting DNS Tunnels Using Character Frequency Analysis, 2010',
  ],
  learns: false,
  knownFalse: [
    'antivirus that asks for hashes by DNS',
    'content networks with a name for each object',
  ],
  sees: ['lookup'],
  start: (context): Watch => new DnsTunnel(context),
} as const satisfies Detector;

interface Parent {
  since: Instant;
  readonly first: Instant;
  questions: number;
  octets: number;
  entropy: number;
  readonly names: BoundedMap<number, true>;
  isTold: boolean;
}

class DnsTunnel implements Watch {
  readonly #context: DetectorContext;
  readonly #domains: RegisteredDomains;
  readonly #devices = new DeviceTable(() => new BoundedMap<string, Parent>(PARENTS));

  /** Since when questions are heard themselves: no flow says afterwards which were asked. */
  #hearsSince: Instant | undefined;

  constructor(context: DetectorContext) {
    this.#context = context;
    this.#domains = RegisteredDomains.of(context);
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    let held = 0;
    for (const [, parents] of this.#devices.entries()) {
      held += 128;
      for (const { names } of parents.values()) held += 220 + names.size * 40;
    }
    return { octets: held, dropped: this.#devices.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind !== 'lookup' || !this.#context.isLocal(observation.client.address)) {
      return [];
    }
    if (observation.rcode === undefined) this.#hearsSince ??= observation.at;
    const domain = this.#domains.of(observation.name);
    const front = observation.name.slice(0, Math.max(0, observation.name.length - domain.length));
    if (front.length < LENGTH / 2 || domain.endsWith('.arpa')) return [];
    return this.#count(observation, domain, front.toLowerCase());
  }

  #count(lookup: NameLookup, domain: string, front: string): readonly Signal[] {
    const { at, client } = lookup;
    const device = deviceAt(this.#context, client);
    if (this.#context.about(device).infrastructure) return [];
    const parent = this.#parentOf(device, domain, at);
    const name = fingerprint(front);
    if (parent.names.has(name)) {
      // The answer to a question, and the question again, are no new data.
      return [];
    }
    parent.names.set(name, true);
    parent.questions += 1;
    parent.octets += front.length;
    parent.entropy += (entropyOf(front) - parent.entropy) / parent.questions;
    if (!this.#isTunnel(parent, device, at)) return [];
    parent.isTold = true;
    return [tellOf(lookup, device, domain, parent)];
  }

  #parentOf(device: string, domain: string, at: Instant): Parent {
    const parents = this.#devices.of(device, at);
    const key = domain.slice(0, 64);
    const known = parents.get(key);
    if (known === undefined) {
      const made = begin(at);
      parents.set(key, made);
      return made;
    }
    if (at - known.since >= HOUR || at < known.since) {
      Object.assign(known, { since: at, questions: 0, octets: 0, entropy: 0 });
      known.names.clear();
    }
    return known;
  }

  #isTunnel(parent: Parent, device: string, at: Instant): boolean {
    const { questions, octets: count, entropy, first, isTold } = parent;
    const again = (this.#hearsSince ?? Number.NEGATIVE_INFINITY) + DAY;
    const isUsual = first < Math.max(learnedAt(this.#context, device), again);
    const factor = isUsual || isLearning(this.#context, device, at) ? LEARNING_FACTOR : 1;
    if (isTold || questions < QUESTIONS || count < OCTETS * factor) return false;
    return count / questions >= LENGTH && entropy >= ENTROPY;
  }
}

function begin(at: Instant): Parent {
  return {
    since: at,
    first: at,
    questions: 0,
    octets: 0,
    entropy: 0,
    names: new BoundedMap(NAMES),
    isTold: false,
  };
}

/** Shannon, bits a character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

function tellOf(
  { at, resolver, frame, name }: NameLookup,
  device: string,
  domain: string,
  { questions, octets: count, entropy, since }: Parent,
): Signal {
  return tell({
    type: 'dns_tunnel',
    at,
    severity: 'high',
    threat: 'malware',
    devices: [device],
    peer: resolver.address,
    port: resolver.port,
    about: domain.slice(0, 64),
    summary: `${device} asked for ${questions} different long names below ${said(domain)}, such as ${said(name)}: they carry data`,
    usual: 'Names that people give are short, and are asked for again.',
    remedy:
      'Block that domain at the resolver and cut the device off: what it sends leaves the network though no connection is open.',
    reasons: ['each name is asked for once', 'the names are longer and more random than names are'],
    facts: {
      questions,
      'data in names': octets(count),
      'bits a character': entropy.toFixed(1),
      seconds: Math.round((at - since) / 1000),
    },
    frames: [frame],
    count: questions,
  });
}
