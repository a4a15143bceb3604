import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { BoundPolicy } from '../../../src/model/bound-policy.ts';
import type {
  Policy,
  PolicyEndpoint,
  PolicyRule,
  ServiceMatch,
} from '../../../src/model/policy.ts';
import { bindPolicy } from '../../../src/policy/bind.ts';
import { comparePolicies, isNotWider } from '../../../src/policy/decide/difference.ts';
import { mudPolicy } from '../../../src/policy/mud/mud-policy.ts';
import { readMud } from '../../../src/policy/mud/read-mud.ts';
import type { WrittenMud } from '../../../src/policy/mud/write-mud.ts';
import { writeMud } from '../../../src/policy/mud/write-mud.ts';
import { BULB, CONTEXT, LOCAL, policyOf, URL } from './context.ts';
import { whyNoYanglint, yanglint } from './yanglint.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'portolan-mud-'));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));
const SEED = 20_261_125;

const ENDPOINTS: Readonly<Record<string, PolicyEndpoint>> = {
  hub: { kind: 'device', device: 'PTL-D-H0B1', addresses: [], state: 'observing' },
  nas: { kind: 'device', device: 'PTL-D-NA51', addresses: [], state: 'observing' },
  panel: { kind: 'device', device: 'PTL-D-PA01', addresses: [], state: 'observing' },
  cloud: { kind: 'name', names: ['mq.lumen.example', 'other.example'] },
  home: { kind: 'net', networks: ['192.168.20.0/24', 'fd00:20::/64'] },
  far: { kind: 'net', networks: ['198.51.100.0/25', '2001:db8:9::/48'] },
  both: { kind: 'group', members: ['hub', 'cloud'] },
  siblings: { kind: 'mud', selector: 'manufacturer', value: 'lumen.example' },
  bridges: { kind: 'mud', selector: 'manufacturer', value: 'bridge.example' },
  panels: { kind: 'mud', selector: 'model', value: 'https://panel.example/mud/p2.json' },
  dns: { kind: 'mud', selector: 'controller', value: 'urn:ietf:params:mud:dns' },
};

const SERVICES: Readonly<Record<string, readonly ServiceMatch[]>> = {
  two: [
    {
      protocol: 'tcp',
      destinationPorts: [
        { from: 1, to: 9 },
        { from: 80, to: 80 },
      ],
      sourcePorts: [],
      types: [],
    },
    { protocol: 'udp', destinationPorts: [], sourcePorts: [{ from: 500, to: 500 }], types: [] },
  ],
  symmetric: [
    {
      protocol: 'udp',
      destinationPorts: [{ from: 123, to: 123 }],
      sourcePorts: [{ from: 123, to: 123 }],
      types: [],
    },
  ],
};

const peer = fc.constantFrom(
  ...Object.keys(ENDPOINTS),
  'any',
  'name:six.lumen.example',
  'net:203.0.113.9',
  'net:198.51.100.64/26',
  'net:2001:db8:5::/64',
);
const service = fc.constantFrom(
  ...['any', 'tcp/443', 'tcp/1-1023,8883', 'tcp', 'udp/53', 'udp', 'udp/5000-5009', 'two'],
  ...['symmetric', 'icmp/8', 'icmp', 'icmpv6/128,129', 'icmp/3', '50', 'ping', 'dns'],
);

const rule = fc.record({
  peer,
  service,
  side: fc.constantFrom('egress' as const, 'ingress' as const),
  action: fc.constantFrom(
    'allow' as const,
    'allow' as const,
    'allow' as const,
    'deny' as const,
    'reject' as const,
  ),
  family: fc.constantFrom(undefined, undefined, 4 as const, 6 as const),
  log: fc.boolean(),
});

const rules: fc.Arbitrary<PolicyRule[]> = fc.array(rule, { maxLength: 12 }).map((all) =>
  all.map(({ peer: other, side, family, ...rest }, index) => ({
    id: `r${index}`,
    from: side === 'egress' ? BULB.endpoint : other,
    to: side === 'egress' ? other : BULB.endpoint,
    side,
    ...(family === undefined ? {} : { family }),
    ...rest,
    origin: { kind: 'manual' },
  })),
);

function exported(list: readonly PolicyRule[]): WrittenMud {
  return writeMud(policyOf({ rules: list, endpoints: ENDPOINTS, services: SERVICES }), {
    device: BULB.id,
    url: URL,
    lastUpdate: CONTEXT.now,
    context: CONTEXT,
  });
}

/** ICMP is of IPv4 and ICMPv6 of IPv6: whatever a policy says of the other, no such packet exists. */
const IMPOSSIBLE = ['net:0.0.0.0/0', 'net:::/0'].flatMap((every, family) =>
  (['from', 'to'] as const).map(
    (end): PolicyRule => ({
      id: `impossible-${end}${family}`,
      from: 'any',
      to: 'any',
      [end]: every,
      service: family === 0 ? 'icmpv6' : 'icmp',
      action: 'deny',
      side: 'both',
      log: false,
      origin: { kind: 'manual' },
    }),
  ),
);

function bound(policy: Policy): BoundPolicy {
  return bindPolicy({ ...policy, rules: [...IMPOSSIBLE, ...policy.rules] }, CONTEXT).bound;
}

/** What the file says, read back at the same site with its classes filled as the export said. */
function imported({ text, mappings }: WrittenMud): ReturnType<typeof policyOf> {
  const read = readMud(text, { url: URL, now: CONTEXT.now });
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  const groups = mappings.map(
    ({ endpoint, members }) => [endpoint, { kind: 'group', members }] as const,
  );
  const endpoints = { ...ENDPOINTS, ...Object.fromEntries(groups) };
  return policyOf(mudPolicy(read.mud, BULB, { localNetworks: LOCAL, endpoints }), endpoints);
}

describe('a policy, exported and imported again at the same site', () => {
  test('decides the same; where something cannot be said it allows less, and says so', () => {
    let whole = 0;
    fc.assert(
      fc.property(rules, (list) => {
        const written = exported(list);
        const before = bound(policyOf({ rules: list, endpoints: ENDPOINTS, services: SERVICES }));
        const after = bound(imported(written));
        const left = written.lints.some(({ code }) => code === 'not-exported');
        if (!left) {
          whole += 1;
          expect(comparePolicies(before, after).equal).toBe(true);
        } else expect(isNotWider(after, before)).toBe(true);
      }),
      { seed: SEED, numRuns: 300 },
    );
    expect(whole).toBeGreaterThan(100);
  });

  test('both ways of what has no direction in MUD are kept apart by their ports', () => {
    const [out, back] = (['egress', 'ingress'] as const).map(
      (side): PolicyRule => ({
        id: side,
        from: side === 'egress' ? 'bulb' : 'name:six.lumen.example',
        to: side === 'egress' ? 'name:six.lumen.example' : 'bulb',
        service: 'udp',
        action: 'allow',
        side,
        log: false,
        origin: { kind: 'manual' },
      }),
    );
    const written = exported([out, back].filter((one) => one !== undefined));
    expect(written.lints).toEqual([]);
    expect(imported(written).rules.map(({ side }) => side)).toEqual([
      'egress',
      'ingress',
      'ingress',
    ]);
  });
});

const missing = whyNoYanglint();

describe.skipIf(missing !== undefined && process.env['CI'] === undefined)(
  `yanglint${missing === undefined ? '' : `: ${missing}`}`,
  () => {
    test('takes every file that is exported', () => {
      const files = fc.sample(rules, { seed: SEED, numRuns: 300 }).map((list, index) => {
        const file = join(FOLDER, `${index}.json`);
        writeFileSync(file, exported(list).text);
        return file;
      });
      expect(yanglint(...files)).toEqual({ valid: true, said: '' });
      // It does look at each of them.
      const broken = join(FOLDER, 'broken.json');
      writeFileSync(broken, '{"ietf-mud:mud": {}}');
      expect(yanglint(...files, broken).valid).toBe(false);
      expect(yanglint(broken, ...files).valid).toBe(false);
    });
  },
);
