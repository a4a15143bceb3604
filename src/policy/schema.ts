import { z } from 'zod';
import type { PolicyEndpoint, RateLimit } from '../model/policy.ts';
import { MOST } from './document.ts';
import {
  address,
  addressRange,
  dnsName,
  id,
  instant,
  interfaceName,
  listOf,
  name,
  network,
  peer,
  serviceObject,
  serviceWord,
  shown,
  strict,
} from './schema-values.ts';

const note = z.string().max(2000, { error: 'is longer than 2000 characters' });

const zone = strict({
  interfaces: listOf(interfaceName).default([]),
  networks: listOf(network).default([]),
  internet: z.boolean().default(false),
  default: z.enum(['leave', 'deny']).default('leave'),
});

const states = z.enum(['observing', 'learned', 'trial', 'enforcing', 'quarantine']);

/** `7f3k` and `ptl-d-7f3k` are `PTL-D-7F3K`. */
const deviceId = z
  .string()
  .regex(/^(?:PTL-D-)?[0-9A-Z]{1,24}$/i, { error: 'is no id of a device such as PTL-D-7F3K' })
  .transform((text) => `PTL-D-${text.toUpperCase().replace(/^PTL-D-/, '')}`);

const endpointKeys = {
  device: z.exactOptional(deviceId),
  addresses: z.exactOptional(listOf(address)),
  state: z.exactOptional(states),
  networks: z.exactOptional(listOf(network)),
  names: z.exactOptional(listOf(dnsName)),
  members: z.exactOptional(listOf(z.string().min(1))),
  selector: z.exactOptional(z.enum(['manufacturer', 'model', 'controller', 'my-controller'])),
  value: z.exactOptional(z.string().max(2048)),
};

type Kind = PolicyEndpoint['kind'];

/** What each kind must have, and what it may have besides. */
const KINDS: Readonly<Record<Kind, { needs: readonly string[]; may: readonly string[] }>> = {
  device: { needs: ['device'], may: ['addresses', 'state'] },
  net: { needs: ['networks'], may: [] },
  name: { needs: ['names'], may: [] },
  group: { needs: ['members'], may: [] },
  mud: { needs: ['selector', 'value'], may: [] },
};

/** The kind may be left out: what an endpoint has says what it is. */
const endpoint = strict({
  kind: z.exactOptional(z.enum(['device', 'net', 'name', 'group', 'mud'])),
  ...endpointKeys,
}).transform((given, context): PolicyEndpoint => {
  const { kind: said, ...rest } = given;
  const keys = Object.keys(rest);
  const kind = said ?? kindOf(keys);
  const refuse = (message: string): PolicyEndpoint => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (kind === undefined) return refuse('needs one of device, networks, names, members, selector');
  const { needs, may } = KINDS[kind];
  const missing = needs.find((key) => !keys.includes(key));
  if (missing !== undefined) return refuse(`an endpoint of kind ${kind} needs "${missing}"`);
  const odd = keys.find((key) => !needs.includes(key) && !may.includes(key));
  if (odd !== undefined) return refuse(`an endpoint of kind ${kind} has no "${odd}"`);
  return endpointOf(kind, rest);
});

function kindOf(keys: readonly string[]): Kind | undefined {
  return kinds().find((kind) => KINDS[kind].needs.some((key) => keys.includes(key)));
}

function kinds(): readonly Kind[] {
  return ['device', 'net', 'name', 'group', 'mud'];
}

function endpointOf(
  kind: Kind,
  given: z.output<ReturnType<typeof strict<typeof endpointKeys>>>,
): PolicyEndpoint {
  switch (kind) {
    case 'device': {
      const { device = '', addresses = [], state = 'observing' } = given;
      return { kind, device, addresses, state };
    }
    case 'net':
      return { kind, networks: given.networks ?? [] };
    case 'name':
      return { kind, names: given.names ?? [] };
    case 'group':
      return { kind, members: given.members ?? [] };
    case 'mud':
      return { kind, selector: given.selector ?? 'manufacturer', value: given.value ?? '' };
  }
}

const positive = z.int().min(1).max(1_000_000);

/** `20/second`, or in full. Counted for each source unless it says `key: rule`. */
const rate = z.union([
  z.string().transform((text, context): RateLimit => {
    const [, packets, per] = /^(\d{1,6})\/(second|minute|hour)$/.exec(text.trim()) ?? [];
    if (per === 'second' || per === 'minute' || per === 'hour') {
      const limit = Math.max(1, Number(packets));
      return { packets: limit, per, burst: limit, key: 'source' };
    }
    context.addIssue({ code: 'custom', message: `${shown(text)} is no rate such as 20/second` });
    return z.NEVER;
  }),
  strict({
    packets: positive,
    per: z.enum(['second', 'minute', 'hour']),
    burst: z.exactOptional(positive),
    key: z.enum(['rule', 'source']).default('source'),
  }).transform(
    ({ packets, per, burst = packets, key }): RateLimit => ({ packets, per, burst, key }),
  ),
]);

const connections = z.union([
  positive.transform((max) => ({ max, key: 'source' as const })),
  strict({ max: positive, key: z.enum(['rule', 'source']).default('source') }),
]);

const originKind = z.enum(['manual', 'learned', 'mud', 'template', 'dossier']);
const count = z.int().min(0);

const origin = z.union([
  originKind.transform((kind) => ({ kind })),
  strict({
    kind: originKind,
    ref: z.exactOptional(z.string().max(2048)),
    firstSeen: z.exactOptional(instant),
    lastSeen: z.exactOptional(instant),
    flows: z.exactOptional(count),
    bytes: z.exactOptional(count),
    days: z.exactOptional(count),
    evidence: z.exactOptional(z.array(count).max(8)),
  }),
]);

const service = z.string().min(1, { error: 'is empty' }).max(300);

const rule = strict({
  id,
  from: peer,
  to: peer,
  fromZone: z.exactOptional(z.string().min(1)),
  toZone: z.exactOptional(z.string().min(1)),
  family: z.exactOptional(z.union([z.literal(4), z.literal(6)])),
  service,
  action: z.enum(['allow', 'deny', 'reject']),
  side: z.enum(['both', 'egress', 'ingress']).default('both'),
  rate: z.exactOptional(rate),
  connections: z.exactOptional(connections),
  log: z.boolean().default(false),
  expires: z.exactOptional(instant),
  origin: origin.default({ kind: 'manual' }),
  note: z.exactOptional(note),
});

const port = z.int().min(1).max(65_535);

const forward = strict({
  id,
  in: z.string().min(1),
  protocol: z.enum(['tcp', 'udp']).default('tcp'),
  port,
  to: peer,
  toPort: z.exactOptional(port),
  allowFrom: peer.default('any'),
  hairpin: z.boolean().default(false),
  external: z.exactOptional(address),
}).transform(({ toPort, ...rest }) => ({ ...rest, toPort: toPort ?? rest.port }));

const nat = strict({
  masquerade: listOf(
    strict({
      from: peer,
      out: z.string().min(1),
      family: z.enum(['ipv4', 'ipv6', 'both']).default('ipv4'),
    }),
  ).default([]),
  forwards: listOf(forward).default([]),
  oneToOne: listOf(
    strict({
      id,
      in: z.string().min(1),
      external: address,
      internal: peer,
      allow: listOf(service).default([]),
    }),
  ).default([]),
  pools: listOf(
    strict({
      from: peer,
      out: z.string().min(1),
      addresses: addressRange,
      persistent: z.boolean().default(false),
    }),
  ).default([]),
  redirects: listOf(
    strict({ id, from: peer, service, toPort: port, except: listOf(peer).default([]) }),
  ).default([]),
});

const test = strict({
  from: peer,
  to: peer,
  service,
  expect: z.enum(['allow', 'deny']),
  note: z.exactOptional(note),
});

const NO_NAT = { masquerade: [], forwards: [], oneToOne: [], pools: [], redirects: [] };
/** What an administrator reaches the router by where the policy does not say. */
const ADMIN_SERVICES = ['ssh', 'https'];

/** A policy as people write it; the output is the model's `Policy`. */
export const policySchema = strict({
  version: z.literal(1, { error: 'this portolan reads policies of version 1' }).default(1),
  zones: z.record(name, zone).default({}),
  endpoints: z.record(name, endpoint).default({}),
  services: z.record(name, listOf(z.union([serviceWord, serviceObject]))).default({}),
  rules: z
    .array(rule)
    .max(MOST.rules, { error: `more than ${MOST.rules} rules` })
    .default([]),
  refuse: z.enum(['drop', 'reject']).default('drop'),
  nat: nat.default(NO_NAT),
  guard: strict({
    admins: listOf(peer).default([]),
    services: listOf(service).default(ADMIN_SERVICES),
  }).default({ admins: [], services: ADMIN_SERVICES }),
  tests: listOf(test).default([]),
});

/** For completion and checks in editors. */
export function policyJsonSchema(): object {
  return z.toJSONSchema(policySchema, { io: 'input' });
}
