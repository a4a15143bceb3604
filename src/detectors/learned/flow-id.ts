import { communityIdOf } from '../../base/community-id.ts';
import type { Signal } from '../../model/alert.ts';
import type { Observation } from '../../model/observation.ts';

const TCP = 6;
const UDP = 17;
/** Whose operations go in datagrams. */
const DATAGRAMS: ReadonlySet<string> = new Set(['bacnet']);

/** With the conversation that showed it, by the name that all tools have for it. */
export function withFlow(signal: Signal, observation: Observation): Signal {
  if (signal.evidence.flows.length > 0) return signal;
  const id = flowIdOf(observation);
  return id === undefined ? signal : { ...signal, evidence: { ...signal.evidence, flows: [id] } };
}

function flowIdOf(observation: Observation): string | undefined {
  switch (observation.kind) {
    case 'opened':
    case 'answered':
    case 'recognised':
    case 'progress':
      return communityIdOf(observation.ipProtocol, observation.source, observation.destination);
    case 'closed': {
      // It is left out of most records: it costs more than all else.
      const { communityId, ipProtocol, source, destination } = observation.record;
      return communityId === '' ? communityIdOf(ipProtocol, source, destination) : communityId;
    }
    case 'login':
    case 'operation': {
      const { protocol, client, server } = observation;
      return communityIdOf(DATAGRAMS.has(protocol) ? UDP : TCP, client, server);
    }
    case 'handshake':
      return communityIdOf(TCP, observation.client, observation.server);
    case 'lookup':
      return communityIdOf(UDP, observation.client, observation.resolver);
    default:
      return undefined;
  }
}
