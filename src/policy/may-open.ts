import type { BoundPolicy } from '../model/bound-policy.ts';
import type { Observation } from '../model/observation.ts';
import type { RecordedFlow } from './replay.ts';
import { connectionOf, interfacesOf } from './replay.ts';
import { simulate } from './simulate/simulate.ts';

/** Answers that are remembered; then all are forgotten. */
const REMEMBERED = 16_384;
const NOTHING = { packets: 0, bytes: 0 };
const TCP = 6;
const UDP = 17;
const ICMP: ReadonlySet<number> = new Set([1, 58]);

/**
 * Whether a policy lets a conversation be opened, as it is asked for each that is seen. Undefined where
 * the policy says nothing: of devices that it does not manage, of what is said to everybody, and of what
 * stays within one segment, where no rule of a router reaches. A device in trial breaks its rules too.
 *
 * @param own addresses of the router itself
 */
export function mayOpenBy(
  policy: BoundPolicy,
  own: ReadonlySet<string>,
): (observation: Observation) => boolean | undefined {
  const interfaceAt = interfacesOf(policy);
  let known = new Map<string, boolean | undefined>();
  return (observation) => {
    if (observation.kind !== 'opened') return undefined;
    const flow = flowOf(observation);
    const key = keyOf(flow);
    if (known.has(key)) return known.get(key);
    const connection = connectionOf(flow, policy, interfaceAt, own);
    const answer = connection === undefined ? undefined : answerOf(simulate(policy, connection));
    if (known.size === REMEMBERED) known = new Map();
    known.set(key, answer);
    return answer;
  };
}

/** As it would be recorded if it ended at once. */
function flowOf({ source, destination, ipProtocol, name, at }: Opened): RecordedFlow {
  return {
    ...{ source, destination, ipProtocol, firstSeen: at, lastSeen: at },
    transport: transportOf(ipProtocol),
    outcome: 'silent',
    ...{ sent: NOTHING, received: NOTHING },
    ...(name === undefined ? {} : { name }),
  };
}

/** What decides: of ICMP the type stands where others have the source's port. */
function keyOf({ source, destination, ipProtocol, transport, name = '' }: RecordedFlow): string {
  const { port } = transport === 'icmp' ? source : destination;
  return `${source.address} ${destination.address} ${ipProtocol} ${port} ${name}`;
}

function answerOf({ verdict, wouldBlock }: ReturnType<typeof simulate>): boolean | undefined {
  if (wouldBlock) return false;
  return verdict === 'leave' ? undefined : verdict === 'allow';
}

function transportOf(ipProtocol: number): 'tcp' | 'udp' | 'icmp' | 'other' {
  if (ipProtocol === TCP) return 'tcp';
  if (ipProtocol === UDP) return 'udp';
  return ICMP.has(ipProtocol) ? 'icmp' : 'other';
}

type Opened = Extract<Observation, { kind: 'opened' }>;
