import { z } from 'zod';
import type { Named, Page } from '../../../model/api/common.ts';

/** Parts of what the API gives. */
export const text = z.string();
export const count = z.number();
export const instant = z.number();
export const optional = z.exactOptional;
export const named: z.ZodType<Named> = z.object({ id: text, name: text });
export const severity = z.enum(['info', 'low', 'medium', 'high', 'critical']);
export const transport = z.enum(['tcp', 'udp']);
export const threat = z.enum(['unauthorised-access', 'interception', 'ddos', 'malware']);
export const certainty = z.enum(['proved', 'likely', 'hint']);
export const answer = z.enum(['yes', 'no', 'unknown']);
export const direction = z.enum(['to-device', 'from-device']);
export const source = z.enum(['active', 'passive', 'import', 'user']);
export const category = z.enum([
  'smart-home',
  'wearable',
  'industrial',
  'printer',
  'infrastructure',
  'general-purpose',
]);
export const categoryOrNot = z.union([category, z.literal('unknown')]);
export const verdict = z.enum([
  'close',
  'decide',
  'broken',
  'tighten',
  'encrypt',
  'look',
  'fine',
  'unknown',
]);

export function pageOf<Item>(item: z.ZodType<Item>): z.ZodType<Page<Item>> {
  return z.object({
    items: z.array(item),
    next: optional(text),
    total: count,
    isAtLeast: optional(z.literal(true)),
    all: count,
    version: text,
  });
}
