import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress } from '../../src/base/address.ts';
import type { NewConnection } from '../../src/model/packet-verdict.ts';
import type { DeviceState, Policy, PolicyRule } from '../../src/model/policy.ts';
import { bindPolicy } from '../../src/policy/bind.ts';
import { readPolicy } from '../../src/policy/read.ts';
import { simulate } from '../../src/policy/simulate/simulate.ts';

/**
 * The meaning of a policy written down once more, by names and without any set: what is bound has to
 * mean the same. No address is in two devices, and no name of DNS takes part.
 */

const SEED = 20_261_125;
const DEVICES = ['d0', 'd1', 'd2', 'd3'];
const HOME: Readonly<Record<string, string>> = {
  '10.0.0.1': 'a',
  '10.0.0.2': 'a',
  '10.1.0.3': 'b',
  '10.1.0.4': 'b',
  '10.1.0.99': 'b',
  '198.51.100.7': 'wan',
};
const ADDRESSES = Object.keys(HOME);
const OWNER: Readonly<Record<string, string>> = {
  '10.0.0.1': 'd0',
  '10.0.0.2': 'd1',
  '10.1.0.3': 'd2',
  '10.1.0.4': 'd3',
};
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  pair: ['d0', 'd1'],
  mixed: ['d2', 'net'],
  nested: ['pair', 'd3'],
};
const INTERFACE: Readonly<Record<string, string>> = { a: 'eth0', b: 'eth1', wan: 'eth2' };

const ENDS = ['any', 'zone:a', 'zone:b', 'zone:wan', 'net', ...DEVICES, ...Object.keys(GROUPS)];

const rule = fc.record({
  from: fc.constantFrom(...ENDS),
  to: fc.constantFrom('self', ...ENDS),
  service: fc.constantFrom('any', 'tcp/80', 'tcp/443', 'udp/443'),
  action: fc.constantFrom('allow', 'deny'),
  side: fc.constantFrom('both', 'egress', 'ingress'),
});

const states = fc.array(
  fc.constantFrom<DeviceState>('observing', 'learned', 'enforcing', 'quarantine'),
  {
    minLength: 4,
    maxLength: 4,
  },
);

const policies = fc
  .record({
    rules: fc.array(rule, { maxLength: 8 }),
    states,
    denies: fc.tuple(fc.boolean(), fc.boolean()),
  })
  .map(({ rules, states: chosen, denies }) => {
    const zone = (name: string, network: string, deny: boolean): [string, object] => [
      name,
      { interfaces: INTERFACE[name], networks: network, default: deny ? 'deny' : 'leave' },
    ];
    return JSON.stringify({
      zones: Object.fromEntries([
        zone('a', '10.0.0.0/24', denies[0]),
        zone('b', '10.1.0.0/24', denies[1]),
        ['wan', { interfaces: 'eth2', internet: true }],
      ]),
      endpoints: {
        ...Object.fromEntries(
          DEVICES.map((name, index) => [name, { device: `PTL-D-${name}`, state: chosen[index] }]),
        ),
        net: { networks: '10.1.0.96/28' },
        ...Object.fromEntries(Object.entries(GROUPS).map(([name, members]) => [name, { members }])),
      },
      rules: rules.map((one, index) => ({ id: `r${index}`, ...one })),
    });
  });

interface Asked {
  readonly source: string;
  /** `self`: the router. */
  readonly target: string;
  readonly service: string;
}

const connections = fc.record({
  source: fc.constantFrom(...ADDRESSES),
  target: fc.constantFrom('self', ...ADDRESSES),
  service: fc.constantFrom('tcp/80', 'tcp/443', 'udp/443', 'udp/80'),
});

function isOf(end: string, address: string): boolean {
  if (end === 'any') return true;
  if (end === 'self' || address === 'self') return end === address;
  if (end.startsWith('zone:')) return HOME[address] === end.slice('zone:'.length);
  if (end === 'net') return address === '10.1.0.99';
  const members = GROUPS[end];
  return members === undefined
    ? OWNER[address] === end
    : members.some((member) => isOf(member, address));
}

/** Devices that an end names, by itself or as members; undefined where it names anything else. */
function named(end: string): readonly string[] | undefined {
  if (DEVICES.includes(end)) return [end];
  const parts = GROUPS[end]?.map(named);
  if (parts === undefined || parts.includes(undefined)) return undefined;
  return parts.flatMap((part) => part ?? []);
}

function stateOf(policy: Policy, address: string): DeviceState | undefined {
  const endpoint = policy.endpoints[OWNER[address] ?? ''];
  return endpoint?.kind === 'device' ? endpoint.state : undefined;
}

type Opinion = 'allow' | 'deny' | 'none';

function opinion(policy: Policy, asked: Asked, side: 'egress' | 'ingress'): Opinion {
  const [end, address] =
    side === 'egress' ? (['from', asked.source] as const) : (['to', asked.target] as const);
  const state = stateOf(policy, address);
  const speaks = (one: PolicyRule): boolean => {
    if (state !== 'quarantine') return true;
    const names = named(one[end]);
    return (
      names?.every((name) => {
        const endpoint = policy.endpoints[name];
        return endpoint?.kind === 'device' && endpoint.state === 'quarantine';
      }) === true
    );
  };
  const found = policy.rules.find(
    (one) =>
      (one.side === 'both' || one.side === side) &&
      speaks(one) &&
      isOf(one.from, asked.source) &&
      isOf(one.to, asked.target) &&
      (one.service === 'any' || one.service === asked.service),
  );
  if (found !== undefined) return found.action === 'allow' ? 'allow' : 'deny';
  const managed = state === 'enforcing' || state === 'quarantine';
  return managed || policy.zones[HOME[address] ?? '']?.default === 'deny' ? 'deny' : 'none';
}

function verdict(policy: Policy, asked: Asked): string {
  const both = [opinion(policy, asked, 'egress'), opinion(policy, asked, 'ingress')];
  if (both.includes('deny')) return 'drop';
  return both.includes('allow') ? 'allow' : 'leave';
}

function connection({ source, target, service }: Asked): NewConnection {
  const [protocol, port] = service.split('/');
  const address = (text: string) => parseAddress(text) ?? { family: 4 as const, value: 0n };
  const out = target === 'self' ? {} : { outInterface: INTERFACE[HOME[target] ?? ''] ?? '' };
  return {
    inInterface: INTERFACE[HOME[source] ?? ''] ?? '',
    ...out,
    source: address(source),
    destination: address(target === 'self' ? '10.0.0.254' : target),
    protocol: protocol === 'tcp' ? 6 : 17,
    sourcePort: 50_000,
    destinationPort: Number(port),
  };
}

const CONTEXT = {
  devices: Object.entries(OWNER).map(([address, name]) => ({
    id: `PTL-D-${name.toUpperCase()}`,
    addresses: [address],
    macs: [],
  })),
  resolved: () => undefined,
  localNetworks: [],
  resolvers: [],
  ntpServers: [],
  now: 0,
};

test('a bound policy decides as the policy says, quarantine, groups and sides included', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(policies, fc.array(connections, { minLength: 20, maxLength: 20 }), (text, all) => {
      const { policy } = readPolicy(text, 'p.json');
      const { bound } = bindPolicy(policy, CONTEXT);
      for (const asked of all) {
        const wanted = verdict(policy, asked);
        seen.add(wanted);
        expect(simulate(bound, connection(asked)).verdict, JSON.stringify(asked)).toBe(wanted);
      }
    }),
    { numRuns: 300, seed: SEED },
  );
  expect([...seen].sort()).toEqual(['allow', 'drop', 'leave']);
});
