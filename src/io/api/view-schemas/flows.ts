import { z } from 'zod';
import type { FlowItem, FlowPicture, Lane, ZoneMatrix } from '../../../model/api/flows.ts';
import { count, direction, instant, named, optional, text } from './common.ts';

const end = z.object({ address: text, port: count, device: optional(named), zone: text });

export const flowItem: z.ZodType<FlowItem> = z.object({
  id: count,
  firstSeen: instant,
  lastSeen: instant,
  source: end,
  destination: end,
  transport: z.enum(['tcp', 'udp', 'icmp', 'other']),
  protocol: text,
  name: text,
  sentBytes: count,
  receivedBytes: count,
  packets: count,
  outcome: text,
  encrypted: z.boolean(),
  communityId: text,
  displayFilter: text,
});

export const zoneMatrixView: z.ZodType<ZoneMatrix> = z.object({
  zones: z.array(text),
  cells: z.array(
    z.object({
      from: text,
      to: text,
      flows: count,
      bytes: count,
      services: z.array(text),
      devices: count,
      newFlows: count,
      denied: count,
    }),
  ),
  since: instant,
});

export const pictureView: z.ZodType<FlowPicture> = z.object({
  nodes: z.array(
    z.object({
      id: text,
      label: text,
      zone: text,
      column: count,
      row: count,
      kind: z.enum(['device', 'peer', 'hub']),
    }),
  ),
  links: z.array(
    z.object({ from: text, to: text, services: z.array(text), flows: count, bytes: count }),
  ),
  folded: z.array(z.object({ zone: text, count })),
});

export const lane: z.ZodType<Lane> = z.object({
  peer: text,
  service: text,
  direction,
  bars: z.array(z.object({ from: instant, to: instant, bytes: count })),
  flows: count,
});
