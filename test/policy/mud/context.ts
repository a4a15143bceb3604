import { parseNetwork } from '../../../src/base/address.ts';
import { addressSet } from '../../../src/base/address-set.ts';
import type { Policy, PolicyEndpoint } from '../../../src/model/policy.ts';
import type { BindContext } from '../../../src/policy/bind-context.ts';
import type { MudPolicy } from '../../../src/policy/mud/mud-policy.ts';

export const BULB = { id: 'PTL-D-B01B', endpoint: 'bulb' };
export const URL = 'https://lumen.example/mud/bulb-v2.json';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'mq.lumen.example': ['203.0.113.200', '2001:db8:5::200'],
  'six.lumen.example': ['203.0.113.201', '2001:db8:5::201'],
  'other.example': ['203.0.113.202'],
};

function device(id: string, host: number, mudUrl?: string): BindContext['devices'][number] {
  const addresses = [`192.168.20.${host}`, `fd00:20::${host}`];
  const macs = [`02:00:00:00:00:${String(host).padStart(2, '0')}`];
  return { id, addresses, macs, ...(mudUrl === undefined ? {} : { mudUrl }) };
}

export const LOCAL = addressSet(
  ['192.168.20.0/24', 'fd00:20::/64'].map(parseNetwork).filter((one) => one !== undefined),
);

export const CONTEXT: BindContext = {
  devices: [
    device(BULB.id, 10, URL),
    device('PTL-D-P1A6', 11, 'https://lumen.example/mud/plug.json'),
    device('PTL-D-EV11', 12, 'https://evil.lumen.example/mud/plug.json'),
    device('PTL-D-BR1D', 13, 'https://bridge.example/mud/b1.json'),
    device('PTL-D-PA01', 14, 'https://panel.example/mud/p1.json'),
    device('PTL-D-PA02', 15, 'https://panel.example/mud/p2.json'),
    device('PTL-D-H0B1', 16),
    device('PTL-D-NA51', 17),
  ],
  resolved: (name) => {
    const addresses = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
    return addresses === undefined ? undefined : { addresses, at: 0 };
  },
  localNetworks: LOCAL,
  resolvers: ['192.168.20.1'],
  ntpServers: ['192.168.20.2'],
  now: Date.UTC(2026, 10, 25),
};

/** One managed device, with what a MUD file says of it and nothing else. */
export function policyOf(
  { rules, endpoints, services }: Pick<MudPolicy, 'rules' | 'endpoints' | 'services'>,
  also: Readonly<Record<string, PolicyEndpoint>> = {},
): Policy {
  return {
    version: 1,
    zones: {
      lan: {
        interfaces: ['lan'],
        networks: ['192.168.20.0/24', 'fd00:20::/64'],
        internet: false,
        default: 'leave',
      },
      wan: { interfaces: ['wan'], networks: [], internet: true, default: 'leave' },
    },
    endpoints: {
      [BULB.endpoint]: { kind: 'device', device: BULB.id, addresses: [], state: 'enforcing' },
      ...endpoints,
      ...also,
    },
    services,
    rules,
    refuse: 'drop',
    nat: { masquerade: [], forwards: [], oneToOne: [], pools: [], redirects: [] },
    guard: { admins: [], services: ['ssh', 'https'] },
    tests: [],
  };
}
