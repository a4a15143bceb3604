import { z } from 'zod';
import { BANNER_CAP, untrusted } from '../base/untrusted.ts';
import type { Fact, Proof, Signature, TlsFacts } from './evidence.ts';
import type { ScanRecord } from './scan.ts';

/**
 * The model as schemas, for where it comes back from outside (the store, a report, an import). Each
 * is tied to its type: a member that one has and the other lacks does not compile.
 */

/** Capped already when it was born; the cap here only stops a file that somebody else wrote. */
export const foreign = z.string().transform((text) => untrusted(text, BANNER_CAP));

export const transport = z.enum(['tcp', 'udp']);
export const carrier = z.enum(['tcp', 'udp', 'tls', 'dtls']);
export const certainty = z.enum(['proved', 'likely', 'hint']);
export const source = z.enum(['active', 'passive', 'import', 'user']);
export const port = z.int().min(0).max(65_535);
export const robustness = z.enum(['fragile', 'unknown', 'robust']);
export const access = z.enum(['open', 'credentials']);
export const instant = z.number().meta({ description: 'Milliseconds since 1970-01-01T00:00:00Z' });
const count = z.int().min(0);
const hex = z.string().regex(/^[0-9a-f.]*$/);

export const attributeName = z.enum([
  'vendor',
  'model',
  'firmware',
  'hardware',
  'serial',
  'name',
  'kind',
  'category',
  'os',
  'attachment',
]);

const via = z.enum([
  'neighbour',
  'arp',
  'tcp',
  'udp',
  'icmp',
  'mdns',
  'ssdp',
  'ws-discovery',
  'bacnet',
  'pn-dcp',
  'lease',
  'import',
]);

const scheme = z.enum(['uuid', 'mdns', 'host-key', 'serial', 'dhcp']);

const exchange = { request: hex, response: hex };

export const proof: z.ZodType<Proof> = z.object({
  ...exchange,
  control: z.exactOptional(z.object(exchange)),
});

export const signature: z.ZodType<Signature> = z.object({
  question: hex,
  start: hex,
  framing: z.enum(['line', 'length-u8', 'length-u16', 'length-u32', 'fixed', 'unknown']),
  lengthAt: z.int().min(-1),
  entropy: z.number(),
  length: count,
});

const certificate = z.object({
  subject: foreign,
  issuer: foreign,
  names: z.array(foreign),
  notBefore: instant,
  notAfter: instant,
  selfSigned: z.boolean(),
  key: z.string(),
  bits: count,
  signature: z.string(),
  fingerprint: z.string(),
  mudUrl: z.exactOptional(foreign),
  mudSigner: z.exactOptional(z.string()),
});

export const tlsFacts: z.ZodType<TlsFacts> = z.object({
  versions: z.array(z.string()),
  cipher: z.string(),
  alpn: z.exactOptional(foreign),
  certificate: z.exactOptional(certificate),
  clientCertificate: z.boolean(),
});

const observed = [
  z.object({ kind: z.literal('present'), via }),
  z.object({ kind: z.literal('open') }),
  z.object({ kind: z.literal('swept'), transport, closed: z.string(), silent: z.string() }),
  z.object({ kind: z.literal('speaks'), protocol: z.string(), version: z.string() }),
  z.object({ kind: z.literal('unrecognised'), signature }),
  z.object({ kind: z.literal('access'), level: access }),
  z.object({ kind: z.literal('attribute'), name: attributeName, value: foreign }),
  z.object({ kind: z.literal('identifier'), scheme, value: foreign }),
  z.object({ kind: z.literal('detail'), name: z.string(), value: foreign }),
  z.object({ kind: z.literal('tls'), tls: tlsFacts }),
  z.object({ kind: z.literal('amplification'), sent: count, received: count }),
  z.object({ kind: z.literal('advertises'), service: foreign, transport, port }),
  z.object({
    kind: z.literal('mapping'),
    transport,
    outsidePort: port,
    insideAddress: z.string(),
    insidePort: port,
    by: foreign,
    outsideLast: z.exactOptional(port),
    told: z.exactOptional(z.enum(['listed', 'asked', 'ended'])),
    via: z.exactOptional(z.enum(['upnp-igd', 'nat-pmp', 'pcp', 'kernel', 'pinhole', 'import'])),
    outsideAddress: z.exactOptional(z.string()),
    remoteHost: z.exactOptional(z.string()),
    description: z.exactOptional(foreign),
    leaseSeconds: z.exactOptional(count),
    pinhole: z.exactOptional(count),
    undo: z.exactOptional(z.array(foreign)),
  }),
  z.object({ kind: z.literal('distress'), after: z.string() }),
  z.object({ kind: z.literal('tarpit'), ports: count }),
] as const;

const said = [
  z.object({ kind: z.literal('called'), name: foreign }),
  z.object({ kind: z.literal('corrected'), name: attributeName, value: foreign }),
  z.object({ kind: z.literal('treat-as'), robustness }),
  z.object({ kind: z.enum(['same', 'not-same']), key: z.string() }),
  z.object({ kind: z.literal('child'), id: z.string(), name: foreign }),
  z.object({ kind: z.literal('named-protocol'), protocol: z.string(), signature }),
  z.object({ kind: z.literal('needed'), transport, port, needed: z.boolean() }),
  z.object({ kind: z.literal('retract'), evidence: count }),
] as const;

export const fact: z.ZodType<Fact> = z.discriminatedUnion('kind', [...observed, ...said]);

export const scanRecord: z.ZodType<ScanRecord> = z.object({
  id: z.string(),
  startedAt: instant,
  endedAt: z.exactOptional(instant),
  targets: z.array(z.string()),
  tcpPorts: z.string(),
  udpPorts: z.string(),
  pace: z.enum(['gentle', 'polite', 'normal', 'fast']),
  sent: z.exactOptional(z.object({ from: z.array(z.string()), until: z.exactOptional(instant) })),
  outcome: z.enum(['running', 'complete', 'interrupted', 'partial']),
  authorisation: z.exactOptional(z.string()),
  budget: z.object({
    devices: count,
    connections: count,
    datagrams: count,
    bytesSent: count,
    bytesReceived: count,
    maxParallel: count,
    maxPerSecond: count,
    maxPerSecondOverall: count,
  }),
  notes: z.array(z.string()),
});
