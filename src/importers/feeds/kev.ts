import { z } from 'zod';
import { untrusted } from '../../base/untrusted.ts';
import type { FeedHead, FeedRecord } from '../../model/vulnerability.ts';
import type { FeedFormat } from './feed-format.ts';
import { dayOf, instantOf, isCve, TITLE_CAP } from './feed-format.ts';

const ID = 'kev';

/** Names no versions: it marks what other feeds describe. */
export const kev = {
  id: 'kev',
  title: 'CISA catalogue of known exploited vulnerabilities',
  sources: [
    'CISA, known_exploited_vulnerabilities_schema.json (cisagov/kev-data, read 2026-11-25)',
  ],
  where: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog',
  recognise: (start) => /"catalogVersion"\s?:/.test(start),
  streamed: { items: ['vulnerabilities'], id: () => ID },
  head,
  records,
} as const satisfies FeedFormat;

const outerForm = z.object({ catalogVersion: z.string(), dateReleased: z.string() });

const itemForm = z.object({
  cveID: z.string(),
  vulnerabilityName: z.string(),
  dateAdded: z.string(),
});

function head(outer: unknown): FeedHead | undefined {
  const parsed = outerForm.safeParse(outer);
  if (!parsed.success) return undefined;
  const dated = instantOf(parsed.data.dateReleased);
  return {
    kind: 'kev',
    id: ID,
    title: untrusted(`CISA KEV ${parsed.data.catalogVersion}`, TITLE_CAP),
    ...(dated === undefined ? {} : { dated }),
  };
}

function records(item: unknown): readonly FeedRecord[] | undefined {
  const parsed = itemForm.safeParse(item);
  if (!parsed.success || !isCve(parsed.data.cveID)) return undefined;
  const { cveID, vulnerabilityName, dateAdded } = parsed.data;
  return [
    {
      cve: cveID,
      title: untrusted(vulnerabilityName, TITLE_CAP),
      published: dayOf(dateAdded),
      modified: instantOf(dateAdded) ?? 0,
      exploited: true,
      affected: [],
    },
  ];
}
