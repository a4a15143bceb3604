import { csaf } from '../../src/importers/feeds/csaf.ts';
import { kev } from '../../src/importers/feeds/kev.ts';
import { nvd } from '../../src/importers/feeds/nvd.ts';
import type {
  AffectedEntry,
  FeedRecord,
  VulnerabilityLookup,
} from '../../src/model/vulnerability.ts';
import { START } from '../evidence.ts';
import { CSAF, itemsOf, json, KEV, NVD } from '../importers/feeds/samples.ts';

const USED = new Set(
  itemsOf(KEV)
    .flatMap((item) => kev.records(item) ?? [])
    .map(({ cve }) => cve),
);

const ENTRIES: readonly AffectedEntry[] = [
  ...entriesOf(
    'nvd:sample',
    itemsOf(NVD).flatMap((item) => nvd.records(item) ?? []),
  ),
  ...entriesOf('csaf:ICSA-21-152-01', csaf.records(json(CSAF)) ?? []),
];

function entriesOf(feed: string, records: readonly FeedRecord[]): readonly AffectedEntry[] {
  return records.flatMap(({ affected, ...record }) =>
    affected.map((product) => ({
      ...record,
      ...product,
      exploited: USED.has(record.cve),
      feed,
      asOf: START,
    })),
  );
}

/** The real records of test/fixtures/feeds, as the store gives them. */
export const lookup: VulnerabilityLookup = {
  find: (vendor, product) =>
    ENTRIES.filter((entry) => entry.vendor === vendor && entry.product === product),
};
