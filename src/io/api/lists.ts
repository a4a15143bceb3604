import { z } from 'zod';
import { PortolanError } from '../../base/errors.ts';
import type { ListQuery, Page } from '../../model/api/common.ts';
import type { Instant } from '../../model/core.ts';
import type { Listing, Position } from '../../query/listing.ts';
import { MOST_LIMIT, strangeCursor, USUAL_LIMIT } from '../../query/listing.ts';
import { momentOf } from '../../query/values.ts';

/** Of every list. A filter is longer than its own language takes, so that that one says why. */
export const filterText = z.string().max(4000).optional();

export const listQuery = z.object({
  filter: filterText,
  sort: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(MOST_LIMIT).optional(),
  cursor: z.string().max(4000).optional(),
});

export type ListWords = z.infer<typeof listQuery>;

/** One page of a list in memory. */
export function pageOf<Item>(
  listing: Listing<Item>,
  { filter, sort, limit = USUAL_LIMIT, cursor }: ListWords,
  { version, now }: { readonly version: string; readonly now: Instant },
): Page<Item> {
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const { items, next, total, all } = listing.page({ filter, sort, limit, after }, now);
  return {
    items,
    ...(next === undefined ? {} : { next: writeCursor(next) }),
    total,
    all,
    version,
  };
}

const position: z.ZodType<Position> = z.object({
  sort: z.string(),
  key: z.union([z.string(), z.number()]),
  id: z.string(),
});

export function writeCursor({ sort, key, id }: Position): NonNullable<ListQuery['cursor']> {
  return Buffer.from(JSON.stringify({ sort, key, id })).toString('base64url');
}

/** @throws PortolanError E_USAGE where it is none of ours */
export function readCursor(cursor: string): Position {
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw strangeCursor();
  }
}

/** `7d`, `-24h`, `2026-11-01`, `2026-11-01T12:00Z`. */
export const momentText = z.string().max(40).optional();

/** @throws PortolanError E_USAGE */
export function sinceOf(text: string | undefined, usual: string, now: Instant): Instant {
  const moment = momentOf(text ?? usual, now);
  if (moment !== undefined) return moment;
  throw new PortolanError('E_USAGE', `since ${JSON.stringify(text)} is no time`, {
    remedy: 'For example since=24h, since=7d or since=2026-11-01',
  });
}
