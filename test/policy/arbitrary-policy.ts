import fc from 'fast-check';
import type { Policy, PolicyEndpoint, PolicyRule, ServiceMatch } from '../../src/model/policy.ts';
import { protocolOf } from '../../src/policy/services.ts';

/** Whatever people, devices and attackers may call a thing; two never meet, as the number differs. */
const word = (kind: string): fc.Arbitrary<string[]> =>
  fc
    .array(
      fc.oneof(
        fc.string({ maxLength: 12 }),
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.constantFrom('yes', '1e5', 'a: b', '# c', '- d', '0x1F', '"', "'", '{', '*x', '&y', ' '),
      ),
      { maxLength: 4 },
    )
    .map((words) => words.map((text, index) => `${text}${kind}${index}`));

const moment = fc.integer({ min: 0, max: 4_102_444_800_000 });
const note = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 20 }));

const ranges = fc
  .uniqueArray(fc.nat(16_000), { maxLength: 4 })
  .map((numbers) =>
    [...numbers].sort((a, b) => a - b).map((n) => ({ from: n * 4, to: n * 4 + (n % 3) })),
  );

const match: fc.Arbitrary<ServiceMatch> = fc.oneof(
  fc.record({
    protocol: fc.constantFrom('tcp' as const, 'udp' as const, 132),
    destinationPorts: ranges,
    sourcePorts: ranges,
    types: fc.constant([]),
  }),
  fc.record({
    protocol: fc.constantFrom('icmp' as const, 'icmpv6' as const),
    destinationPorts: fc.constant([]),
    sourcePorts: fc.constant([]),
    types: fc
      .uniqueArray(fc.nat(255), { maxLength: 4 })
      .map((types) => [...types].sort((a, b) => a - b)),
  }),
  fc.nat(255).map((number): ServiceMatch => {
    const protocol = protocolOf(String(number)) ?? 'any';
    return { protocol, destinationPorts: [], sourcePorts: [], types: [] };
  }),
);

interface Names {
  readonly zones: readonly string[];
  readonly endpoints: readonly string[];
  readonly services: readonly string[];
}

function endpoint(names: Names, index: number): fc.Arbitrary<PolicyEndpoint> {
  const others = names.endpoints.slice(0, index);
  return fc.oneof(
    fc.record({
      kind: fc.constant('device' as const),
      device: fc.constant(`PTL-D-${'ABCD'.charAt(index)}${index}`),
      addresses: fc.constantFrom([], ['192.0.2.1'], ['2001:db8::1', '192.0.2.9']),
      state: fc.constantFrom('observing', 'learned', 'trial', 'enforcing', 'quarantine'),
    }),
    fc.record({
      kind: fc.constant('net' as const),
      networks: fc.constantFrom(['192.0.2.0/24'], ['2001:db8::/32', '10.0.0.1'], []),
    }),
    fc.record({
      kind: fc.constant('name' as const),
      names: fc.constantFrom(['mq.example.com'], ['*.example.com', '_x._tcp.example']),
    }),
    fc.record({ kind: fc.constant('group' as const), members: fc.subarray([...others]) }),
    fc.record({
      kind: fc.constant('mud' as const),
      selector: fc.constantFrom('manufacturer', 'model', 'controller', 'my-controller'),
      value: note,
    }),
  );
}

function rule(names: Names, index: number): fc.Arbitrary<PolicyRule> {
  const ends = ['any', 'net:198.51.100.0/24', 'name:a.example'].concat(
    names.endpoints,
    names.zones.map((zone) => `zone:${zone}`),
  );
  const keyed = fc.constantFrom('rule' as const, 'source' as const);
  const positive = fc.integer({ min: 1, max: 1000 });
  return fc.record(
    {
      id: fc.constant(`r${index}`),
      from: fc.constantFrom(...ends),
      to: fc.constantFrom('self', ...ends),
      ...(names.zones.length === 0 ? {} : { toZone: fc.constantFrom(...names.zones) }),
      service: fc.constantFrom(
        'any',
        'tcp/8883',
        'udp/53,5353',
        'ssh',
        'icmp/8',
        ...names.services,
      ),
      action: fc.constantFrom('allow', 'deny', 'reject'),
      side: fc.constantFrom('both', 'egress', 'ingress'),
      rate: fc.record({
        packets: positive,
        per: fc.constantFrom('second', 'minute', 'hour'),
        burst: positive,
        key: keyed,
      }),
      connections: fc.record({ max: positive, key: keyed }),
      log: fc.boolean(),
      expires: moment,
      origin: fc.record(
        {
          kind: fc.constantFrom('manual', 'learned', 'mud', 'template', 'dossier'),
          ref: note,
          firstSeen: moment,
          flows: fc.nat(),
          evidence: fc.array(fc.nat(), { maxLength: 8 }),
        },
        { requiredKeys: ['kind'] },
      ),
      note,
    },
    { requiredKeys: ['id', 'from', 'to', 'service', 'action', 'side', 'log', 'origin'] },
  );
}

function policyOf(names: Names): fc.Arbitrary<Policy> {
  const { zones, endpoints, services } = names;
  const zone = (index: number) =>
    fc.record({
      interfaces: fc.constant([`eth${index}`]),
      networks: fc.constantFrom([], [`10.${index}.0.0/16`]),
      internet: fc.boolean(),
      default: fc.constantFrom('leave' as const, 'deny' as const),
    });
  return fc.record({
    version: fc.constant(1 as const),
    zones: recordOf(zones, zone),
    endpoints: recordOf(endpoints, (index) => endpoint(names, index)),
    services: recordOf(services, () => fc.array(match, { minLength: 1, maxLength: 3 })),
    rules: fc
      .nat(6)
      .chain((length) => fc.tuple(...Array.from({ length }, (_, index) => rule(names, index)))),
    refuse: fc.constantFrom('drop', 'reject'),
    nat: fc.constant({ masquerade: [], forwards: [], oneToOne: [], pools: [], redirects: [] }),
    guard: fc.record({
      admins: fc.subarray(['any', 'net:192.0.2.7', ...endpoints]),
      services: fc.subarray(['ssh', 'https', 'tcp/8443', ...services]),
    }),
    tests: fc.array(
      fc.record(
        {
          from: fc.constantFrom('any', ...endpoints),
          to: fc.constantFrom('self', ...endpoints),
          service: fc.constantFrom('tcp/1', ...services),
          expect: fc.constantFrom('allow' as const, 'deny' as const),
          note,
        },
        { requiredKeys: ['from', 'to', 'service', 'expect'] },
      ),
      { maxLength: 3 },
    ),
  });
}

function recordOf<T>(
  names: readonly string[],
  make: (index: number) => fc.Arbitrary<T>,
): fc.Arbitrary<Record<string, T>> {
  return fc.tuple(...names.map((_, index) => make(index))).map((values) =>
    Object.fromEntries(
      names.flatMap((name, index) => {
        const value = values[index];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  );
}

/** Policies that are fit, with names that nobody would give a thing. */
export const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({ zones: word('z'), endpoints: word('e'), services: word('s') })
  .chain(policyOf);
