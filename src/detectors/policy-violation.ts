import type { Signal } from '../model/alert.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import { deviceAt, transportOf } from './learned/ends.ts';
import { said, service, tell } from './learned/tell.ts';

/** Violations that were told: by device, peer and port. */
const TOLD = 8_192;
/** Those of one device that are told by themselves in an hour; more are one. */
const AN_HOUR = 5;
const HOUR = 3_600_000;

export const policyViolation = {
  id: 'policy_violation',
  title: 'Something that no rule of the policy allows',
  types: ['policy_violation'],
  sources: ['RFC 8520', 'NIST SP 1800-15'],
  learns: false,
  knownFalse: ['a policy that was learned in too short a time'],
  sees: ['opened'],
  start: (context): Watch => new PolicyViolation(context),
} as const satisfies Detector;

interface Quota {
  readonly hour: number;
  told: number;
}

class PolicyViolation implements Watch {
  readonly #context: DetectorContext;
  readonly #told = new BoundedMap<string, true>(TOLD);
  readonly #quota = new BoundedMap<string, Quota>(4_096);

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    return { octets: this.#told.size * 160 + this.#quota.size * 96, dropped: this.#told.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind !== 'opened' || observation.group || observation.midway) return [];
    if (this.#context.mayOpen?.(observation) !== false) return [];
    const { source, destination, at, ipProtocol } = observation;
    const isOutward = this.#context.isLocal(source.address);
    const device = deviceAt(this.#context, isOutward ? source : destination);
    const transport = transportOf(ipProtocol);
    const what =
      transport === undefined ? `protocol ${ipProtocol}` : service(transport, destination.port);
    const about = `${isOutward ? destination.address : source.address} ${what}`;
    const key = `${device} ${about}`;
    if (this.#told.has(key)) return [];
    this.#told.set(key, true);
    const told = this.#count(device, at);
    if (told > AN_HOUR + 1) return [];
    return [tellOf(observation, device, what, told > AN_HOUR ? 'many' : about)];
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
}

function tellOf(
  { source, destination, at, frame, name }: Extract<Observation, { kind: 'opened' }>,
  device: string,
  what: string,
  about: string,
): Signal {
  const called = name === undefined ? '' : ` (${said(name)})`;
  return tell({
    type: 'policy_violation',
    at,
    severity: 'medium',
    threat: 'unauthorised-access',
    devices: [device],
    peer: destination.address,
    port: destination.port,
    about,
    summary:
      about === 'many'
        ? `${device} does many things that its policy does not allow`
        : `${source.address} opened ${what} to ${destination.address}${called}, which no rule allows`,
    usual: 'The policy in force says what this device needs, and this is not in it.',
    remedy:
      'If it is right, let the policy learn it; if not, put the policy into force at the firewall so that it is stopped.',
    reasons: ['a rule of yours is broken'],
    facts: { service: what },
    frames: [frame],
    unseen: ['whether a firewall stops it further on'],
  });
}
