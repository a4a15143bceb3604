import { z } from 'zod';
import type { ErrorCode } from '../../base/errors.ts';
import { ERROR_CODES } from '../../base/errors.ts';

/** What the process beside is asked for. */
export const asideJob = z.discriminatedUnion('kind', [
  /** Whether the database is whole. */
  z.strictObject({ kind: z.literal('check') }),
  z.strictObject({
    kind: z.literal('talks'),
    since: z.number(),
    from: z.exactOptional(z.number()),
    limit: z.int(),
  }),
  z.strictObject({ kind: z.literal('hours'), since: z.number() }),
  /** A copy of the database as it is now, which is checked. */
  z.strictObject({ kind: z.literal('copy'), to: z.string() }),
]);

export type AsideJob = z.infer<typeof asideJob>;

export const asideRequest = z.strictObject({ id: z.int(), job: asideJob });

export type AsideRequest = z.infer<typeof asideRequest>;

const errorCode = z.custom<ErrorCode>((value) => ERROR_CODES.some((code) => code === value));

export const asideReply = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('done'), id: z.int(), value: z.unknown() }),
  z.strictObject({
    kind: z.literal('failed'),
    id: z.int(),
    code: errorCode,
    message: z.string(),
    remedy: z.string(),
  }),
]);

export type AsideReply = z.infer<typeof asideReply>;
