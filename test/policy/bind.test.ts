import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatAddress, parseNetwork } from '../../src/base/address.ts';
import type { AddressSet } from '../../src/base/address-set.ts';
import {
  addressSet,
  EVERY_ADDRESS,
  isEveryAddress,
  networksOf,
} from '../../src/base/address-set.ts';
import type { BoundPolicy, BoundRule } from '../../src/model/bound-policy.ts';
import { bindPolicy } from '../../src/policy/bind.ts';
import type { BindContext } from '../../src/policy/bind-context.ts';
import { HOUSEKEEPING_SOURCES } from '../../src/policy/housekeeping.ts';
import { diagnosticText } from '../../src/policy/problem.ts';
import { readPolicy } from '../../src/policy/read.ts';
import { name as nameForm } from '../../src/policy/schema-values.ts';

const NOW = 1_790_000_000_000;

const CONTEXT: BindContext = {
  devices: [
    device('PTL-D-CAM1', '192.168.20.11', 'https://cam.example/c200.json'),
    device('PTL-D-CAM2', '192.168.20.12', 'https://cam.example/c300.json'),
    device('PTL-D-HVB1', '192.168.20.13', 'https://hub.cam.example/hub.json'),
    device('PTL-D-NEW1', '192.168.20.40'),
    { id: 'PTL-D-GHST', addresses: ['0.0.0.0', '224.0.0.1', 'no address at all'], macs: [] },
  ],
  resolved: (name) =>
    name === 'mq.example.com' ? { addresses: ['203.0.113.9'], at: NOW - 1000 } : undefined,
  localNetworks: addressSet([parseNetwork('192.168.30.0/24')].filter((one) => one !== undefined)),
  resolvers: ['192.168.20.1'],
  ntpServers: ['192.168.20.2'],
  now: NOW,
};

function device(id: string, address: string, mudUrl?: string): BindContext['devices'][number] {
  const macs = [`02:00:00:00:00:${address.split('.')[3] ?? ''}`];
  return { id, addresses: [address], macs, ...(mudUrl === undefined ? {} : { mudUrl }) };
}

const BASE = `
zones:
  iot: { interfaces: br-iot, networks: [192.168.20.0/24, fd00:20::/64], default: deny }
  lan: { interfaces: br-lan, networks: 192.168.1.0/24 }
  wan: { interfaces: wan, internet: true }
  far: { networks: 10.9.0.0/16 }
endpoints:
  cam: { device: CAM1, state: enforcing }
  cam2: { device: CAM2, state: trial }
  hub: { device: HVB1 }
  newcomer: { device: NEW1, state: quarantine }
  cloud: { names: [mq.example.com] }
  office: { networks: 198.51.100.0/24 }
  both: { members: [cam, newcomer] }
  deep: { members: [both, office, cloud] }
  maker: { selector: manufacturer, value: cam.example }
  kin: { selector: model, value: 'https://cam.example/c300.json' }
  resolver: { selector: controller, value: 'urn:ietf:params:mud:dns' }
  clock: { selector: controller, value: 'urn:ietf:params:mud:ntp' }
  boss: { selector: my-controller, value: 'https://cam.example/c300.json' }
guard: { admins: net:192.168.1.2 }
`;

function bound(rest: string, context = CONTEXT): { bound: BoundPolicy; notes: string[] } {
  const { policy, document } = readPolicy(BASE + rest, 'p.yaml');
  const result = bindPolicy(policy, context, document);
  return { bound: result.bound, notes: result.notes.map(diagnosticText) };
}

function oneRule(from: string, to = 'any', more = ''): BoundRule | undefined {
  const rule = `{id: r, from: '${from}', to: '${to}', service: any, action: allow${more}}`;
  return bound(`rules: [${rule}]`).bound.egress.find(({ id }) => id === 'r');
}

function text(set: AddressSet): string {
  return isEveryAddress(set) ? 'every' : set.flatMap(networksOf).join(' ');
}

describe('what an end of a rule stands for', () => {
  test.each([
    ['any', 'every', undefined, []],
    ['net:192.168.20.0/28', '192.168.20.0/28', undefined, ['dcam1', 'dcam2']],
    ['cam', '192.168.20.11', undefined, ['dcam1']],
    ['office', '198.51.100.0/24', undefined, []],
    ['both', '192.168.20.11 192.168.20.40', undefined, ['dcam1', 'dnew1']],
    ['zone:iot', 'every', 'z_1', []],
    ['zone:wan', 'every', 'z_3', []],
    ['zone:far', '10.9.0.0/16', undefined, []],
    ['maker', '192.168.20.11 192.168.20.12', undefined, ['dcam1', 'dcam2']],
    ['kin', '192.168.20.12', undefined, ['dcam2']],
    ['resolver', '192.168.20.1', undefined, []],
    ['clock', '192.168.20.2', undefined, []],
  ])('%s', (from, ranges, zone, devices) => {
    const rule = oneRule(from);
    expect(text(rule?.from.ranges ?? [])).toBe(ranges);
    expect(rule?.fromZone).toBe(zone);
    if (ranges !== 'every') expect(rule?.from.devices).toEqual(devices);
  });

  test('a DNS name is a set of its own, with what it was last seen to stand for', () => {
    const { bound: result } = bound(
      'rules: [{id: r, from: cam, to: deep, service: any, action: allow}, {id: s, from: cam, to: cloud, service: any, action: allow}]',
    );
    const [r, s] = result.egress.filter(({ id }) => id === 'r' || id === 's');
    expect(result.names).toHaveLength(1);
    expect(result.names[0]).toMatchObject({ patterns: ['mq.example.com'], resolvedAt: NOW - 1000 });
    expect(result.names[0]?.id).toMatch(/^n_[0-9a-z]{12}$/);
    expect(s?.to).toEqual({ ranges: [], names: [result.names[0]?.id], devices: [] });
    expect(text(r?.to.ranges ?? [])).toBe('192.168.20.11 192.168.20.40 198.51.100.0/24');
    expect(r?.to.names).toEqual(s?.to.names);
  });
});

describe('what is said of names that stand for nothing', () => {
  test.each([
    [
      'a name that was never seen to resolve',
      'rules:\n  - {id: r, from: cam, to: name:gone.example, service: any, action: allow}',
      'p.yaml:+2:5: rule r: gone.example was never seen to resolve',
    ],
    [
      'a controller that nobody named',
      'rules:\n  - {id: r, from: cam, to: boss, service: any, action: allow}',
      'p.yaml:+2:5: rule r: nobody said who the my-controller "https://cam.example/c300.json" is',
    ],
    [
      'a rule that has expired',
      'rules:\n  - {id: r, from: cam, to: any, service: any, action: allow, expires: 2026-01-01}',
      'p.yaml:+2:5: rule r: has expired at 2026-01-01T00:00:00Z',
    ],
    [
      'a forward to a machine without an address of that family',
      'nat:\n  forwards:\n    - {id: f, in: wan, port: 80, to: cam, external: "2001:db8::1"}',
      'p.yaml:+3:7: rule f: leads to a machine with no IPv6 address: it is left out',
    ],
  ])('%s', (_, rest, expected) => {
    const line = (_whole: string, after: string): string =>
      `p.yaml:${BASE.split('\n').length - 1 + Number(after)}`;
    expect(bound(rest).notes).toContain(expected.replace(/p\.yaml:\+(\d)/, line));
  });

  test('a device without a usable address', () => {
    const { policy } = readPolicy(
      'endpoints: {g: {device: GHST}}\nrules: [{id: r, from: g, to: any, service: any, action: allow}]',
      'p.yaml',
    );
    const { bound: result, notes } = bindPolicy(policy, CONTEXT);
    expect(notes.map(diagnosticText)).toEqual(['rule r: "g" (PTL-D-GHST) has no known address']);
    expect(result.egress).toEqual([]);
  });

  test('a device that the inventory does not have is an error with the rule and its line', () => {
    const { policy, document } = readPolicy(
      'endpoints: {g: {device: "0000"}}\nrules:\n  - {id: r, from: g, to: any, service: any, action: allow}',
      'p.yaml',
    );
    expect(() => bindPolicy(policy, CONTEXT, document)).toThrow(
      'p.yaml:1:25: rule r: there is no device PTL-D-0000 (line 3)',
    );
  });

  test('a managed policy without an administrator', () => {
    const { policy } = readPolicy('zones: {iot: {interfaces: br-iot, default: deny}}', 'p.yaml');
    expect(bindPolicy(policy, CONTEXT).notes.map(({ message }) => message)).toEqual([
      'nobody is sure to reach the router: guard.admins is empty',
    ]);
  });

  test('two devices that claim one address', () => {
    const [first] = CONTEXT.devices;
    const devices = CONTEXT.devices.map((one) =>
      one.id === 'PTL-D-CAM2' ? { ...one, addresses: first?.addresses ?? [] } : one,
    );
    expect(bound('', { ...CONTEXT, devices }).notes.join()).toContain(
      'PTL-D-CAM2 and PTL-D-CAM1 claim one address',
    );
  });
});

describe('the guard', () => {
  const { guard } = bound('').bound;

  test('administrators come first, to the router and to their services only', () => {
    expect(guard[0]).toMatchObject({ id: 'ptl-admin-1', toZone: 'self', action: 'allow' });
    expect(guard[0]?.matches.map(({ destinationPorts }) => destinationPorts?.[0]?.from)).toEqual([
      22, 443,
    ]);
  });

  test('housekeeping goes to the router only, and each part has its source', () => {
    const own = guard.slice(1);
    expect(own.map(({ id }) => id)).toEqual([...HOUSEKEEPING_SOURCES.keys()]);
    expect(own.every(({ toZone, action }) => toZone === 'self' && action === 'allow')).toBe(true);
    expect(
      own.every(({ matches }) => matches.every(({ protocol }) => protocol !== undefined)),
    ).toBe(true);
  });

  test('DHCP is for who has no address and for the networks of the site', () => {
    const dhcp = guard.find(({ id }) => id === 'ptl-dhcp');
    expect(text(dhcp?.from.ranges ?? [])).toBe(
      '0.0.0.0 10.9.0.0/16 192.168.1.0/24 192.168.20.0/24 192.168.30.0/24',
    );
  });
});

describe('quarantine', () => {
  const rules = `rules:
  - {id: everyone, from: any, to: any, service: any, action: allow}
  - {id: mixed, from: both, to: any, service: ntp, action: allow}
  - {id: own, from: newcomer, to: cloud, service: mqtts, action: allow}
  - {id: into, from: cam, to: newcomer, service: http, action: allow}
nat: {forwards: {id: f, in: wan, port: 80, to: newcomer}}
`;

  test('its own rules come first, all else of it is denied before anybody else is thought of', () => {
    const { egress, ingress } = bound(rules).bound;
    expect(egress.map(({ id }) => id)).toEqual([
      'own',
      'ptl-quarantine',
      'f',
      'everyone',
      'mixed',
      'into',
    ]);
    expect(ingress.map(({ id }) => id)).toEqual([
      'into',
      'ptl-quarantine',
      'f',
      'everyone',
      'mixed',
      'own',
    ]);
    expect(egress[1]).toMatchObject({ action: 'deny', matches: [{}] });
    expect(text(egress[1]?.from.ranges ?? [])).toBe('192.168.20.40');
    expect(text(ingress[1]?.to.ranges ?? [])).toBe('192.168.20.40');
  });
});

describe('translation', () => {
  const nat = (part: string): BoundPolicy => bound(`nat: {${part}}`).bound;

  test('a forward opens its own port, in both judgements, for those who may', () => {
    const result = nat(
      'forwards: {id: f, in: wan, port: 8443, to: cam, toPort: 443, allowFrom: office}',
    );
    expect(result.nat.destination).toEqual([
      {
        id: 'f',
        fromZones: ['z_3'],
        sources: addressSet([parseNetwork('198.51.100.0/24')].filter((one) => one !== undefined)),
        destinations: [],
        local: true,
        match: { protocol: 6, destinationPorts: [{ from: 8443, to: 8443 }] },
        toAddress: '192.168.20.11',
        toPort: 443,
      },
    ]);
    for (const list of [result.egress, result.ingress]) {
      expect(list.find(({ id }) => id === 'f')).toMatchObject({
        fromZone: 'z_3',
        translated: true,
        matches: [{ protocol: 6, destinationPorts: [{ from: 443, to: 443 }] }],
        to: { devices: ['dcam1'] },
      });
    }
  });

  test('who may use a forward by name only is let through, everybody else is not', () => {
    const { egress, nat: found } = nat(
      'forwards: {id: f, in: wan, port: 80, to: cam, allowFrom: cloud}',
    );
    expect(isEveryAddress(found.destination[0]?.sources ?? [])).toBe(true);
    const own = egress.filter(({ translated }) => translated === true);
    expect(own.map(({ id, action }) => `${id} ${action}`)).toEqual([
      'f allow',
      'ptl-forward-1 deny',
    ]);
  });

  test('a hairpin translates from inside, and for neighbours of the target the source too', () => {
    const { nat: found } = nat(
      'forwards: {id: f, in: wan, port: 80, to: cam, hairpin: true, external: 203.0.113.1}',
    );
    expect(found.destination.map(({ fromZones }) => fromZones)).toEqual([
      ['z_3'],
      ['z_1', 'z_2', 'z_4'],
    ]);
    expect(found.source).toEqual([
      {
        id: 'f',
        family: 4,
        sources: [parseNetwork('192.168.20.0/24')],
        toZone: 'z_1',
        translated: true,
        oneToOne: false,
      },
    ]);
  });

  test('one to one lets in what it names and nothing else that was translated', () => {
    const result = nat(
      'oneToOne: {id: o, in: wan, external: 203.0.113.5, internal: cam, allow: https}',
    );
    const own = result.ingress.filter(({ translated }) => translated === true);
    expect(own.map(({ id, action }) => `${id} ${action}`)).toEqual(['o allow', 'ptl-one-1 deny']);
    expect(result.nat.source[0]).toMatchObject({ oneToOne: true, to: { from: '203.0.113.5' } });
  });

  test('pools go before masquerade, each for the families that it has', () => {
    const { source } = nat(
      'masquerade: {from: iot, out: wan, family: both}, pools: {from: lan, out: wan, addresses: 198.51.100.10-198.51.100.19}',
    ).nat;
    expect(source.map(({ id, family }) => `${id} ${family}`)).toEqual([
      'ptl-pool-1 4',
      'ptl-masquerade-1 4',
      'ptl-masquerade-1 6',
    ]);
    expect(source[0]?.to).toEqual({
      from: '198.51.100.10',
      to: '198.51.100.19',
      persistent: false,
    });
  });

  test('a redirect leads a service to the router, except from and to whom it spares', () => {
    const result = nat('redirects: {id: d, from: iot, service: dns, toPort: 5353, except: cam}');
    expect(result.nat.destination.map(({ match, toPort }) => [match.protocol, toPort])).toEqual([
      [17, 5353],
      [6, 5353],
    ]);
    const [first] = result.nat.destination;
    const cam = parseNetwork('192.168.20.11');
    expect(first?.fromZones).toEqual(['z_1']);
    expect(first?.sources.some(({ from }) => from === cam?.from)).toBe(false);
    expect(first?.destinations).toHaveLength(3);
    expect(result.egress.find(({ id }) => id === 'd')).toMatchObject({
      toZone: 'self',
      translated: true,
    });
  });
});

/** Names as people and devices write them to break whoever prints them. */
function hostileNames(): readonly string[] {
  const file = join(import.meta.dirname, '../../../shared/tools/hostile/strings.json');
  const own = [
    'constructor',
    'toString',
    '"; flush ruleset; "',
    '\n} drop\n',
    '\u202egnp',
    '$(id)',
  ];
  if (!existsSync(file)) return own;
  const parsed: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'));
  const texts = Object.values(parsed)
    .flat()
    .filter((one) => typeof one === 'string');
  return [...own, ...texts];
}

test('hostile names of zones, endpoints, groups and services leave no trace', () => {
  // What cannot be a name at all is refused when it is read; test/policy/read.test.ts has those.
  const names = hostileNames().filter(
    (one) => one !== '__proto__' && one.length < 200 && nameForm.safeParse(one).success,
  );
  expect(names.length).toBeGreaterThan(5);
  const plain = JSON.stringify(withName('x'), bigints);
  for (const one of names) expect(JSON.stringify(withName(one), bigints), one).toBe(plain);
});

function bigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** As a policy of JSON, bound; zones keep their names for people, so those are taken off. */
function withName(name: string): object {
  const [zone, group, service] = [`${name}z`, `${name}g`, `${name}s`];
  const { policy } = readPolicy(
    JSON.stringify({
      zones: { [zone]: { interfaces: 'br0', networks: '10.0.0.0/24', default: 'deny' } },
      endpoints: { [name]: { device: 'CAM1', state: 'trial' }, [group]: { members: name } },
      services: { [service]: 'tcp/1' },
      rules: [
        {
          id: 'r',
          from: group,
          to: `zone:${zone}`,
          service,
          action: 'allow',
          note: name.slice(0, 200),
        },
      ],
      nat: { masquerade: { from: zone, out: zone } },
    }),
    'p.json',
  );
  const { bound: result } = bindPolicy(policy, CONTEXT);
  return { ...result, zones: result.zones.map((one) => ({ ...one, name: '' })) };
}

test('ids have the form that rulesets rely on', () => {
  const { bound: result } = bound(
    'rules: [{id: r, from: cam, to: cloud, service: any, action: allow}]',
  );
  const ids = [...result.zones, ...result.devices, ...result.names].map(({ id }) => id);
  expect(ids.filter((id) => !/^[a-z][a-z0-9_]{0,30}$/.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(formatAddress({ family: 4, value: EVERY_ADDRESS[0]?.to ?? 0n })).toBe('255.255.255.255');
});
