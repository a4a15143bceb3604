import { z } from 'zod';
import { addressSet } from '../../base/address-set.ts';
import type { OwnScan } from '../../flows/own-scans.ts';
import { parseRange } from '../scan/ranges.ts';
import type { Row } from './driver.ts';

const DAY = 24 * 60 * 60_000;
/** Milliseconds that a scan takes at most: of longer ones the rest is like anybody's traffic. */
const LONGEST = 30 * DAY;

/** Where a scan crashed, it is not known when: nobody takes what this machine does later for it. */
const UNTIL = `coalesce(json_extract(record, '$.sent.until'), started_at + ${DAY})`;

/** Scans that were under way at a time, with what tells their traffic. */
export const SELECT_OWN_SCANS = `SELECT id, started_at AS begin, ${UNTIL} AS end,
    json_extract(record, '$.targets') AS targets, json_extract(record, '$.sent.from') AS sources
  FROM scan
  WHERE json_extract(record, '$.sent.from') IS NOT NULL AND started_at > ?1 - ${LONGEST}
    AND started_at <= ?2 AND ${UNTIL} >= ?1`;

const texts = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.array(z.string()));

const ownScanRow = z.object({
  id: z.string(),
  begin: z.number(),
  end: z.number(),
  targets: texts,
  sources: texts,
});

export function ownScanFromRow(row: Row): OwnScan {
  const { id, begin, end, targets, sources } = ownScanRow.parse(row);
  return {
    ...{ id, begin, end },
    from: new Set(sources),
    targets: addressSet(targets.flatMap((text) => parseRange(text) ?? [])),
  };
}
