import { z } from 'zod';
import { productKey, vendorKey } from '../../base/product-key.ts';
import { untrusted } from '../../base/untrusted.ts';
import type {
  AffectedProduct,
  FeedHead,
  FeedRecord,
  VersionRange,
} from '../../model/vulnerability.ts';
import type { Cpe } from './cpe.ts';
import { parseCpe } from './cpe.ts';
import type { FeedFormat } from './feed-format.ts';
import { dayOf, instantOf, isCve, safeName, scoreOf, TITLE_CAP, vectorOf } from './feed-format.ts';
import { Products } from './products.ts';

export const nvd = {
  id: 'nvd',
  title: 'NVD CVE records (API 2.0)',
  sources: [
    'NIST, NVD CVE API 2.0 schema cve_api_json_2.0.schema (https://csrc.nist.gov/schema/nvd/api/2.0)',
    'NISTIR 7695 (2011-08), CPE naming specification 2.3 §6.2; NISTIR 7696 (2011-08), name matching',
    'fkie-cad/nvd-json-data-feeds README (read 2026-11-25): yearly files with cve_items',
  ],
  where: 'https://nvd.nist.gov/vuln/data-feeds',
  recognise: (start) =>
    /"format"\s?:\s?"NVD_CVE"/.test(start) ||
    /"(?:vulnerabilities|cve_items)"\s?:\s?\[\s{0,40}\{\s{0,40}"(?:cve|id)"\s?:/.test(start),
  streamed: { items: ['vulnerabilities', 'cve_items'], id: idOf },
  head,
  records,
} as const satisfies FeedFormat;

const outerForm = z.object({ timestamp: z.string().optional() });

const match = z.object({
  vulnerable: z.boolean(),
  criteria: z.string(),
  versionStartIncluding: z.string().optional(),
  versionStartExcluding: z.string().optional(),
  versionEndIncluding: z.string().optional(),
  versionEndExcluding: z.string().optional(),
});

const configuration = z.object({
  operator: z.string().optional(),
  negate: z.boolean().optional(),
  nodes: z.array(
    z.object({ negate: z.boolean().optional(), cpeMatch: z.array(match).default([]) }),
  ),
});

const metrics = z.array(
  z.object({
    type: z.string().optional(),
    cvssData: z.object({ baseScore: z.number(), vectorString: z.string().optional() }),
  }),
);

/** Newest first. */
const SCORES = ['cvssMetricV40', 'cvssMetricV31', 'cvssMetricV30', 'cvssMetricV2'] as const;

const cveForm = z.object({
  id: z.string(),
  published: z.string().optional(),
  lastModified: z.string().optional(),
  vulnStatus: z.string().optional(),
  cisaExploitAdd: z.string().optional(),
  descriptions: z.array(z.object({ lang: z.string(), value: z.string() })).default([]),
  metrics: z.partialRecord(z.enum(SCORES), metrics).catch({}),
  configurations: z.array(configuration).default([]),
});

/** The API wraps each record; yearly files of others do not. */
const itemForm = z.union([z.object({ cve: cveForm }).transform(({ cve }) => cve), cveForm]);

type Cve = z.infer<typeof cveForm>;
type Match = z.infer<typeof match>;

function idOf(name: string): string {
  return `nvd:${safeName(name)}`;
}

function head(outer: unknown, name: string): FeedHead | undefined {
  const parsed = outerForm.safeParse(outer);
  if (!parsed.success) return undefined;
  const dated = instantOf(parsed.data.timestamp);
  return {
    kind: 'nvd',
    id: idOf(name),
    title: untrusted(`NVD ${name}`, TITLE_CAP),
    ...(dated === undefined ? {} : { dated }),
  };
}

function records(item: unknown): readonly FeedRecord[] | undefined {
  const parsed = itemForm.safeParse(item);
  if (!parsed.success || !isCve(parsed.data.id)) return undefined;
  const cve = parsed.data;
  if (cve.vulnStatus === 'Rejected') return [];
  const affected = affectedOf(cve);
  const english = cve.descriptions.find(({ lang }) => lang === 'en')?.value ?? '';
  return [
    {
      cve: cve.id,
      title: untrusted(english, TITLE_CAP),
      published: dayOf(cve.published),
      modified: instantOf(cve.lastModified) ?? 0,
      ...scoreAndVector(cve),
      exploited: cve.cisaExploitAdd !== undefined,
      affected,
    },
  ];
}

/** Of the newest version of CVSS; what NVD itself or the maker gave (`Primary`) before others' opinion. */
function scoreAndVector({ metrics: given }: Cve): Pick<FeedRecord, 'score' | 'vector'> {
  const all = SCORES.flatMap((name) => {
    const ofVersion = given[name] ?? [];
    return ofVersion.find(({ type }) => type === 'Primary') ?? ofVersion[0] ?? [];
  });
  const score = scoreOf(all[0]?.cvssData.baseScore);
  const vector = vectorOf(all[0]?.cvssData.vectorString);
  return { ...(score === undefined ? {} : { score }), ...(vector === undefined ? {} : { vector }) };
}

function affectedOf({ configurations }: Cve): readonly AffectedProduct[] {
  const products = new Products();
  for (const { operator, negate, nodes } of configurations) {
    if (negate === true || nodes.some((node) => node.negate === true)) continue;
    const named = nodes
      .flatMap(({ cpeMatch }) => cpeMatch)
      .flatMap((one) => {
        const cpe = parseCpe(one.criteria);
        return cpe === undefined ? [] : [{ ...one, cpe }];
      });
    const broken = named.filter(({ vulnerable }) => vulnerable);
    const beside = named.filter(({ vulnerable }) => !vulnerable);
    const conditional = operator === 'AND' && beside.length > 0;
    for (const one of broken) {
      // Firmware has its device beside it, which is no condition that we cannot see.
      const isApplication = one.cpe.part === 'a';
      products.add(keysOf(one.cpe, conditional && isApplication), rangeOf(one, one.cpe));
    }
    addHardware(products, broken, beside);
  }
  return products.all;
}

type Named = Match & { readonly cpe: Cpe };

/**
 * Where one firmware stands beside devices, it is the firmware of each of them: that is how the
 * order numbers of a controller get into a record of its family's firmware. With several firmwares
 * it is not told which belongs to which.
 */
function addHardware(products: Products, broken: readonly Named[], beside: readonly Named[]): void {
  const firmware = broken.filter(({ cpe }) => cpe.part === 'o');
  const names = new Set(firmware.map(({ cpe }) => `${cpe.vendor} ${cpe.product}`));
  if (names.size !== 1 || firmware.length !== broken.length) return;
  for (const { cpe } of beside) {
    const isAny = cpe.version === '-' || cpe.version === '*';
    if (cpe.part !== 'h' || !isAny) continue;
    for (const one of firmware) products.add(keysOf(cpe, false), rangeOf(one, one.cpe));
  }
}

const PARTS = { a: 'application', o: 'firmware', h: 'hardware' } as const;

function keysOf(
  { part, vendor, product }: Cpe,
  conditional: boolean,
): Omit<AffectedProduct, 'ranges'> {
  const key = vendorKey(vendor.replaceAll('_', ' '));
  return { vendor: key, product: productKey(product, key), part: PARTS[part], conditional };
}

/**
 * NISTIR 7696: a range stands with the version `*`. `-` alone is what NVD writes where its source
 * named the product and no version: that is not known, and is not "all".
 */
function rangeOf(one: Match, { version, update }: Cpe): VersionRange {
  if (version === '-') return { unstated: true };
  if (version !== '*') {
    const exact = update === '*' || update === '-' ? version : `${version} ${update}`;
    return { from: exact, to: exact };
  }
  return {
    ...bound('from', one.versionStartIncluding),
    ...bound('after', one.versionStartExcluding),
    ...bound('to', one.versionEndIncluding),
    ...bound('before', one.versionEndExcluding),
  };
}

const LONGEST_VERSION = 64;

function bound(name: keyof VersionRange, version: string | undefined): VersionRange {
  return version === undefined ? {} : { [name]: version.slice(0, LONGEST_VERSION) };
}
