import { z } from 'zod';
import type { Flow } from '../../model/flow.ts';
import type { Observation } from '../../model/observation.ts';
import { carrier, certainty, instant, port, transport } from '../../model/schema.ts';

const count = z.number().min(0);
const name = z.string().max(1024);
const address = z.string().max(64);
const mac = z.string().max(17);
const endpoint = z.object({ address, port, mac: mac.exactOptional() });
const volume = z.object({ packets: count, bytes: count });
const when = { at: instant, frame: count.exactOptional() };
const ofFlow = {
  ...when,
  flow: count,
  source: endpoint,
  destination: endpoint,
  ipProtocol: z.int(),
};
const between = { ...when, client: endpoint, server: endpoint };

const codes = z.array(z.int().min(0).max(65_535)).max(256);
const offer = z.object({
  versions: codes,
  cipherSuites: codes,
  extensions: codes,
  groups: codes,
  signatureAlgorithms: codes,
  certificateAlgorithms: codes,
  keyExchangeModes: codes,
  compressions: codes,
  applicationProtocols: z.array(name).max(256),
});

/** What the helper says of what happens: it looked at strangers' octets, so its form is checked. */
export function observationSchema(record: z.ZodType<Flow>): z.ZodType<Observation> {
  return z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('opened'),
      ...ofFlow,
      midway: z.boolean(),
      group: z.boolean(),
      octets: count,
      name: name.exactOptional(),
      stateless: z.boolean(),
      icmpType: count.exactOptional(),
    }),
    z.object({ kind: z.literal('answered'), ...ofFlow, refused: z.boolean() }),
    z.object({
      kind: z.literal('recognised'),
      ...ofFlow,
      protocol: name,
      version: name,
      over: z.union([carrier, z.literal('none')]),
      certainty,
      sni: name.exactOptional(),
    }),
    z.object({
      kind: z.literal('progress'),
      ...ofFlow,
      sent: volume,
      received: volume,
      name: name.exactOptional(),
      protocol: name,
    }),
    z.object({
      kind: z.literal('closed'),
      at: instant,
      flow: count,
      record,
      sent: volume,
      received: volume,
    }),
    ...ofTheLink,
    ...ofDialogues,
  ]);
}

const ofTheLink = [
  z.object({
    kind: z.literal('announced'),
    ...when,
    device: endpoint.omit({ port: true }),
    transport,
    port,
    service: name,
  }),
  z.object({
    kind: z.literal('binding'),
    ...when,
    mac,
    address,
    via: z.enum(['asked', 'unasked', 'asking']),
    target: address.exactOptional(),
  }),
  z.object({
    kind: z.literal('dhcp'),
    ...when,
    family: z.union([z.literal(4), z.literal(6)]),
    message: name,
    clientMac: mac,
    serverMac: mac.exactOptional(),
    server: address.exactOptional(),
    address: address.exactOptional(),
    router: address.exactOptional(),
    resolvers: z.array(address),
    hostName: name.exactOptional(),
    fingerprint: name.exactOptional(),
  }),
  z.object({
    kind: z.literal('router-advertisement'),
    ...when,
    mac,
    address,
    prefixes: z.array(address),
    lifetime: count,
  }),
  z.object({
    kind: z.literal('lookup'),
    ...when,
    client: endpoint,
    resolver: endpoint,
    name,
    type: count,
    rcode: count.exactOptional(),
    addresses: z.array(address),
    octets: count,
  }),
] as const;

const ofDialogues = [
  z.object({
    kind: z.literal('login'),
    ...between,
    protocol: name,
    outcome: z.enum(['tried', 'refused', 'accepted']),
    clear: z.boolean(),
  }),
  z.object({
    kind: z.literal('operation'),
    ...between,
    protocol: name,
    name,
    effect: z.enum(['read', 'write', 'stop', 'program', 'other']),
    object: name,
  }),
  z.object({
    kind: z.literal('handshake'),
    ...between,
    transport: transport.exactOptional(),
    version: name,
    cipher: name,
    sni: name.exactOptional(),
    ja3: name.exactOptional(),
    offer: offer.exactOptional(),
    certificate: z
      .object({
        fingerprint: name,
        issuer: name,
        subject: name,
        selfSigned: z.boolean(),
        notBefore: instant,
        notAfter: instant,
        bits: count,
      })
      .exactOptional(),
  }),
  z.object({
    kind: z.literal('mapping'),
    ...when,
    client: endpoint,
    router: endpoint,
    via: z.enum(['upnp-igd', 'nat-pmp', 'pcp']),
    transport,
    outsidePort: port,
    insideAddress: address,
    insidePort: port,
  }),
] as const;
