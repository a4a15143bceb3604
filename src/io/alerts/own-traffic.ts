import { BoundedMap } from '../../detectors/learned/bounded.ts';
import type { OwnScans } from '../../flows/own-scans.ts';
import type { Flow } from '../../model/flow.ts';
import type { Observation } from '../../model/observation.ts';

/** Conversations of scans that are under way at once; a scan has some hundreds. */
const CAPACITY = 16_384;
/** IANA protocol numbers. */
const TRANSPORTS: Readonly<Record<number, Flow['transport']>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  58: 'icmp',
};

/** Tells what scans of ours do from what happens on the network, one observation at a time. */
export class OwnTraffic {
  /** Conversations that a scan began: all that follows in them is its doing. */
  readonly #flows = new BoundedMap<number, true>(CAPACITY);

  has(observation: Observation, scans: OwnScans): boolean {
    switch (observation.kind) {
      case 'opened':
        return this.#begins(observation, scans);
      case 'answered':
      case 'recognised':
      case 'progress':
        return this.#flows.has(observation.flow);
      case 'closed':
        return this.#ends(observation.flow);
      case 'login':
      case 'operation':
      case 'handshake':
        return scans.asks(observation.at, observation.client.address, observation.server.address);
      case 'mapping':
        return scans.asks(observation.at, observation.client.address, observation.router.address);
      case 'lookup':
        return scans.asks(observation.at, observation.client.address, observation.resolver.address);
      case 'binding':
        // Who answers says something of itself, whoever asked.
        return scans.asks(observation.at, observation.address, observation.target ?? '');
      default:
        return false;
    }
  }

  #begins(opened: Extract<Observation, { kind: 'opened' }>, scans: OwnScans): boolean {
    const { flow, ipProtocol } = opened;
    const transport = TRANSPORTS[ipProtocol] ?? 'other';
    const isOurs = scans.of({ ...opened, transport }) !== undefined;
    if (isOurs) this.#flows.set(flow, true);
    else this.#flows.delete(flow);
    return isOurs;
  }

  #ends(flow: number): boolean {
    const isOurs = this.#flows.has(flow);
    this.#flows.delete(flow);
    return isOurs;
  }
}
