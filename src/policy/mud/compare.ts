import type { BoundPolicy } from '../../model/bound-policy.ts';
import type { Policy } from '../../model/policy.ts';
import { bindPolicy } from '../bind.ts';
import type { BindContext } from '../bind-context.ts';
import type { PolicyDifference } from '../decide/difference.ts';
import { comparePolicies, isNotWider } from '../decide/difference.ts';
import type { Mud } from './mud.ts';
import { mudPolicy } from './mud-policy.ts';

export interface MudComparison {
  /** It allows something that the one before did not. */
  readonly wider: boolean;
  readonly difference: PolicyDifference;
}

const DEVICE = { id: 'PTL-D-MUD0', endpoint: 'device' };
/** Documentation addresses (RFC 5737, RFC 3849), for a device that is not here yet. */
const ADDRESSES = ['192.0.2.1', '2001:db8::1'];
const MOST = 1000;

/** Two files of one MUD URL, as if a device that has it were governed by nothing else. */
export function compareMuds(
  before: Mud,
  after: Mud,
  context: BindContext,
  endpoints: Policy['endpoints'],
): MudComparison {
  const known = context.devices.find(({ mudUrl }) => mudUrl === after.url);
  const device = { id: DEVICE.id, addresses: ADDRESSES, macs: [] };
  const id = known?.id ?? DEVICE.id;
  const site =
    known === undefined ? { ...context, devices: [...context.devices, device] } : context;
  const [old, young] = [before, after].map((mud) => bound(mud, { ...DEVICE, id }, site, endpoints));
  if (old === undefined || young === undefined) throw new RangeError('two files, two policies');
  const difference = comparePolicies(old, young, { most: MOST });
  return { wider: !isNotWider(young, old), difference };
}

function bound(
  mud: Mud,
  device: typeof DEVICE,
  context: BindContext,
  known: Policy['endpoints'],
): BoundPolicy {
  const said = mudPolicy(mud, device, { localNetworks: context.localNetworks, endpoints: known });
  const own = Object.entries(known).filter(
    ([, one]) => one.kind !== 'device' || one.device !== device.id,
  );
  return bindPolicy(
    {
      version: 1,
      zones: {},
      endpoints: {
        ...Object.fromEntries(own),
        ...said.endpoints,
        [device.endpoint]: { kind: 'device', device: device.id, addresses: [], state: 'enforcing' },
      },
      services: said.services,
      rules: said.rules,
      refuse: 'drop',
      nat: { masquerade: [], forwards: [], oneToOne: [], pools: [], redirects: [] },
      guard: { admins: [], services: [] },
      tests: [],
    },
    context,
  ).bound;
}
