import { z } from 'zod';
import { ERROR_CODES } from '../../base/errors.ts';
import type { NewEvidence } from '../../model/evidence.ts';
import type { Flow } from '../../model/flow.ts';
import {
  carrier,
  certainty,
  fact,
  instant,
  port,
  proof,
  source,
  transport,
} from '../../model/schema.ts';
import type { CaptureMessage, CaptureStatus } from './messages.ts';
import { observationSchema } from './observation-schema.ts';

/** Octets of one message: a conversation or 64 pieces of evidence take far less. */
export const MESSAGE_LIMIT = 1 << 22;

const count = z.number().min(0);
const address = z.string().max(64);
const mac = z.string().max(17);

const subject = z.object({
  address,
  mac: mac.exactOptional(),
  transport: transport.exactOptional(),
  port: port.exactOptional(),
  over: carrier.exactOptional(),
});

const evidence: z.ZodType<NewEvidence> = z.object({
  at: instant,
  source,
  observer: z.string(),
  subject,
  certainty,
  fact,
  proof: proof.exactOptional(),
});

const endpoint = z.object({ address, port, mac: mac.exactOptional() });
const volume = z.object({ packets: count, bytes: count });

const flow: z.ZodType<Flow> = z.object({
  firstSeen: instant,
  lastSeen: instant,
  active: z.literal(true).exactOptional(),
  source: endpoint,
  destination: endpoint,
  midStream: z.literal(true).exactOptional(),
  transport: z.enum(['tcp', 'udp', 'icmp', 'other']),
  ipProtocol: z.int(),
  vlan: z.int().exactOptional(),
  sent: volume,
  received: volume,
  outcome: z.enum(['answered', 'refused', 'silent']),
  protocol: z.string(),
  version: z.string(),
  over: z.enum(['tcp', 'udp', 'tls', 'dtls', 'none']),
  certainty,
  sni: z.string().exactOptional(),
  name: z.string().exactOptional(),
  communityId: z.string(),
  frames: z.tuple([count, count]),
  lost: count,
  facts: z.array(z.object({ of: z.enum(['source', 'destination']), fact })),
});

const status: z.ZodType<CaptureStatus> = z.object({
  packets: count,
  octets: count,
  dropped: count.exactOptional(),
  active: count,
  flows: count,
  lost: count,
  streamed: count,
  evicted: count,
  undecoded: count,
  untold: count.exactOptional(),
});

/**
 * What the helper may say. It looks at strangers' octets, so whoever started it does not take its word
 * for the form of anything.
 */
export const captureMessage: z.ZodType<CaptureMessage> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ready'),
    method: z.enum(['ring', 'tcpdump', 'dumpcap', 'file']),
    rights: z.enum(['none', 'kept']),
    linkType: z.int(),
  }),
  z.object({ kind: z.literal('flow'), flow }),
  z.object({ kind: z.literal('evidence'), evidence: z.array(evidence) }),
  z.object({
    kind: z.literal('observations'),
    observations: z.array(observationSchema(flow)).max(1024),
  }),
  z.object({ kind: z.literal('status'), status }),
  z.object({
    kind: z.literal('end'),
    why: z.enum(['stopped', 'count', 'end-of-file', 'failed']),
  }),
  z.object({
    kind: z.literal('error'),
    code: z.enum(ERROR_CODES),
    message: z.string().max(1000),
    remedy: z.string().max(1000),
  }),
]);
