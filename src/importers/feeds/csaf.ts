import { z } from 'zod';
import { untrusted } from '../../base/untrusted.ts';
import type { FeedHead, FeedRecord } from '../../model/vulnerability.ts';
import type { ProductTree } from './csaf-products.ts';
import { productTree, readProducts } from './csaf-products.ts';
import type { FeedFormat } from './feed-format.ts';
import { dayOf, instantOf, isCve, safeName, scoreOf, TITLE_CAP, vectorOf } from './feed-format.ts';
import { Products } from './products.ts';

export const csaf = {
  id: 'csaf',
  title: 'CSAF 2.0 advisory of a maker or of a CERT',
  sources: [
    'OASIS, Common Security Advisory Framework 2.0 (2022-11-18) §3.2.2 product tree, §3.2.3 vulnerabilities',
    'package-url/vers-spec (read 2026-11-25): version ranges `vers:intdot/>=1.7.6|<1.15.17`',
    'cisagov/CSAF, csaf_files/OT/white (read 2026-11-25): what advisories really write',
  ],
  where:
    'https://cert-portal.siemens.com/productcert/csaf/, https://certvde.com, https://github.com/cisagov/CSAF',
  recognise: (start) => /"csaf_version"\s?:\s?"2\.\d"/.test(start),
  head,
  records,
} as const satisfies FeedFormat;

const documentForm = z.object({
  document: z.object({
    csaf_version: z.string(),
    title: z.string(),
    tracking: z.object({
      id: z.string(),
      current_release_date: z.string().optional(),
      initial_release_date: z.string().optional(),
    }),
  }),
});

const ids = z.array(z.string()).default([]);

const vulnerability = z.object({
  cve: z.string().optional(),
  title: z.string().optional(),
  notes: z.array(z.object({ category: z.string(), text: z.string() })).default([]),
  product_status: z
    .object({ known_affected: ids, first_affected: ids, last_affected: ids })
    .default({ known_affected: [], first_affected: [], last_affected: [] }),
  scores: z
    .array(
      z.object({
        cvss_v3: z
          .object({ baseScore: z.number(), vectorString: z.string().optional() })
          .optional(),
      }),
    )
    .default([]),
  threats: z.array(z.object({ category: z.string(), details: z.string() })).default([]),
});

const bodyForm = z.object({
  product_tree: productTree.default({ branches: [], full_product_names: [], relationships: [] }),
  vulnerabilities: z.array(vulnerability).default([]),
});

type Vulnerability = z.infer<typeof vulnerability>;

function head(outer: unknown): FeedHead | undefined {
  const parsed = documentForm.safeParse(outer);
  if (!parsed.success) return undefined;
  const { title, tracking } = parsed.data.document;
  // Its date says nothing of its age: an advisory of 2015 that was never changed is up to date.
  return { kind: 'csaf', id: `csaf:${safeName(tracking.id)}`, title: untrusted(title, TITLE_CAP) };
}

function records(document: unknown): readonly FeedRecord[] | undefined {
  const outer = documentForm.safeParse(document);
  const body = bodyForm.safeParse(document);
  if (!outer.success || !body.success) return undefined;
  const { title, tracking } = outer.data.document;
  const products = readProducts(body.data.product_tree);
  return body.data.vulnerabilities.flatMap((one) => {
    if (one.cve === undefined || !isCve(one.cve)) return [];
    return [
      {
        cve: one.cve,
        title: untrusted(titleOf(one, title), TITLE_CAP),
        published: dayOf(tracking.initial_release_date),
        modified: instantOf(tracking.current_release_date) ?? 0,
        ...worstScore(one),
        exploited: false,
        affected: affectedOf(one, products),
      },
    ];
  });
}

/** Some advisories write the CVE's number as its title. */
function titleOf({ title, cve, notes }: Vulnerability, ofDocument: string): string {
  if (title !== undefined && title !== cve) return title;
  return notes.find(({ category }) => category === 'summary')?.text ?? ofDocument;
}

function worstScore({ scores }: Vulnerability): Pick<FeedRecord, 'score' | 'vector'> {
  const [worst] = scores
    .flatMap(({ cvss_v3: cvss }) => cvss ?? [])
    .sort((a, b) => b.baseScore - a.baseScore);
  const score = scoreOf(worst?.baseScore);
  const vector = vectorOf(worst?.vectorString);
  return { ...(score === undefined ? {} : { score }), ...(vector === undefined ? {} : { vector }) };
}

function affectedOf(
  { product_status: status }: Vulnerability,
  tree: ProductTree,
): FeedRecord['affected'] {
  const products = new Products();
  for (const id of [...status.known_affected, ...status.first_affected, ...status.last_affected]) {
    for (const { vendor, keys, ranges } of tree.get(id) ?? []) {
      for (const product of keys) {
        for (const range of ranges) {
          products.add({ vendor, product, part: 'unknown', conditional: false }, range);
        }
      }
    }
  }
  return products.all;
}
