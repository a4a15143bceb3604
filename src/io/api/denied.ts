import type { BoundPolicy } from '../../model/bound-policy.ts';
import type { Policy } from '../../model/policy.ts';
import type { Site } from '../../model/site.ts';
import { bindAll } from '../../policy/bind.ts';
import { connectionOf, interfacesOf } from '../../policy/replay.ts';
import { simulate } from '../../policy/simulate/simulate.ts';
import type { DaemonContext } from '../daemon/context.ts';
import { bindContext } from '../site/bind-context.ts';
import { ownAddresses } from '../site/plan.ts';
import type { Talk } from '../store/flow-totals.ts';

interface Bound {
  readonly policy: Policy;
  readonly site: Site;
  readonly bound: BoundPolicy;
}

const kept = new WeakMap<DaemonContext, Bound>();

/** Whether the policy, as it is written, would deny a conversation; without a policy it denies none. */
export async function denies(context: DaemonContext): Promise<(talk: Talk) => boolean> {
  const bound = boundOf(context);
  if (bound === undefined) return () => false;
  const own = await ownAddresses();
  const interfaceAt = interfacesOf(bound);
  return (talk) => {
    const connection = connectionOf(recorded(talk), bound, interfaceAt, own);
    if (connection === undefined) return false;
    const { verdict } = simulate(bound, connection);
    return verdict !== 'allow' && verdict !== 'leave';
  };
}

/** Names are looked up once for each state of the site. */
function boundOf(context: DaemonContext): BoundPolicy | undefined {
  const { session, world } = context;
  const policy = session.rules.policy()?.policy;
  if (policy === undefined) return undefined;
  const { site } = context.site();
  const before = kept.get(context);
  if (before?.policy === policy && before.site === site) return before.bound;
  const { bound } = bindAll(policy, bindContext(world, { ...session, site: () => site }));
  kept.set(context, { policy, site, bound });
  return bound;
}

/** The one that came last stands for all of them: any port of the source may have been the first. */
function recorded({
  source,
  destination,
  port,
  transport,
  ipProtocol,
  name,
  first,
  last,
  bytes,
}: Talk) {
  return {
    source: { address: source, port: 49_152 },
    destination: { address: destination, port },
    transport,
    ipProtocol,
    ...(name === '' ? {} : { name }),
    firstSeen: first,
    lastSeen: last,
    sent: { packets: 1, bytes },
    received: { packets: 0, bytes: 0 },
    outcome: 'answered' as const,
  };
}
