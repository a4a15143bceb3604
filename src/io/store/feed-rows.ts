import { z } from 'zod';
import { untrusted } from '../../base/untrusted.ts';
import { foreign } from '../../model/schema.ts';
import type {
  AffectedEntry,
  Feed,
  FeedHead,
  FeedKind,
  FeedRecord,
  VersionRange,
} from '../../model/vulnerability.ts';
import type { Row, Value } from './driver.ts';

export const INSERT_FEED = `INSERT INTO feed (id, kind, title, dated, imported_at)
  VALUES (?, ?, ?, ?, ?)`;

export const UPDATE_FEED = 'UPDATE feed SET title = ?, dated = ? WHERE id = ?';

export const SELECT_FEEDS = `SELECT feed.*,
    (SELECT count(*) FROM vulnerability WHERE vulnerability.feed = feed.id) AS records
  FROM feed ORDER BY imported_at DESC, id`;

export const INSERT_VULNERABILITY = `INSERT INTO vulnerability
    (feed, cve, title, published, modified, score, vector, exploited)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

export const INSERT_AFFECTED = `INSERT INTO affected
    (vendor, product, vulnerability, part, conditional, ranges)
  VALUES (?, ?, ?, ?, ?, ?)`;

/** The same CVE in another file of the same kind: yearly files and those of recent changes overlap. */
export const SELECT_SAME = `SELECT vulnerability.id, vulnerability.modified
  FROM vulnerability JOIN feed ON feed.id = vulnerability.feed
  WHERE vulnerability.cve = ? AND feed.kind = ?`;

export const DELETE_VULNERABILITY: readonly string[] = [
  'DELETE FROM affected WHERE vulnerability = ?',
  'DELETE FROM vulnerability WHERE id = ?',
];

export const DELETE_FEED: readonly string[] = [
  'DELETE FROM affected WHERE vulnerability IN (SELECT id FROM vulnerability WHERE feed = ?)',
  'DELETE FROM vulnerability WHERE feed = ?',
  'DELETE FROM feed WHERE id = ?',
];

/** Any feed may say that a vulnerability is being used, whichever describes it. */
export const SELECT_AFFECTED = `SELECT a.vendor, a.product, a.part, a.conditional, a.ranges,
    v.id, v.feed, v.cve, v.title, v.published, v.modified, v.score, v.vector,
    EXISTS (SELECT 1 FROM vulnerability k WHERE k.cve = v.cve AND k.exploited = 1) AS exploited,
    coalesce(f.dated, f.imported_at) AS as_of
  FROM affected a
  JOIN vulnerability v ON v.id = a.vulnerability
  JOIN feed f ON f.id = v.feed
  WHERE a.vendor = ? AND a.product = ?
  ORDER BY v.score DESC, v.cve LIMIT ?`;

export function feedToRow(
  { id, kind, title, dated }: FeedHead,
  importedAt: number,
): readonly Value[] {
  return [id, kind, String(title), dated ?? null, importedAt];
}

export function vulnerabilityToRow(feed: string, record: FeedRecord): readonly Value[] {
  const { cve, title, published, modified, score, vector, exploited } = record;
  const flag = exploited ? 1 : 0;
  return [feed, cve, String(title), published, modified, score ?? null, vector ?? null, flag];
}

const feedKind: z.ZodType<FeedKind> = z.enum(['nvd', 'csaf', 'kev']);

const feedRow = z.object({
  id: z.string(),
  kind: feedKind,
  title: foreign,
  dated: z.number().nullable(),
  imported_at: z.number(),
  records: z.int(),
});

const end = z.exactOptional(z.string());
const ranges: z.ZodType<readonly VersionRange[]> = z.array(
  z.object({
    from: end,
    after: end,
    to: end,
    before: end,
    unstated: z.exactOptional(z.literal(true)),
  }),
);

const affectedRow = z.object({
  vendor: z.string(),
  product: z.string(),
  part: z.enum(['application', 'firmware', 'hardware', 'unknown']),
  conditional: z.int(),
  ranges: z.string(),
  feed: z.string(),
  cve: z.string(),
  title: z.string(),
  published: z.string(),
  modified: z.number(),
  score: z.number().nullable(),
  vector: z.string().nullable(),
  exploited: z.int(),
  as_of: z.number(),
});

/** @throws ZodError where the row is not what we write */
export function feedFromRow(row: Row): Feed {
  const { dated, imported_at: importedAt, ...rest } = feedRow.parse(row);
  return { ...rest, importedAt, ...(dated === null ? {} : { dated }) };
}

/** @throws ZodError, SyntaxError where the row is not what we write */
export function affectedFromRow(row: Row): AffectedEntry {
  const {
    title,
    score,
    vector,
    exploited,
    conditional,
    ranges: text,
    as_of: asOf,
    ...rest
  } = affectedRow.parse(row);
  return {
    ...rest,
    title: untrusted(title),
    exploited: exploited === 1,
    conditional: conditional === 1,
    ranges: ranges.parse(JSON.parse(text)),
    asOf,
    ...(score === null ? {} : { score }),
    ...(vector === null ? {} : { vector }),
  };
}

const sameRow = z.object({ id: z.int(), modified: z.number() });

/** @throws ZodError where the row is not what we write */
export function sameFromRow(row: Row): z.infer<typeof sameRow> {
  return sameRow.parse(row);
}
