import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { reveal } from '../../../src/base/untrusted.ts';
import { parseCpe } from '../../../src/importers/feeds/cpe.ts';
import { csaf } from '../../../src/importers/feeds/csaf.ts';
import { instantOf } from '../../../src/importers/feeds/feed-format.ts';
import { feedFormats } from '../../../src/importers/feeds/index.ts';
import { kev } from '../../../src/importers/feeds/kev.ts';
import { nvd } from '../../../src/importers/feeds/nvd.ts';
import { readRanges } from '../../../src/importers/feeds/version-text.ts';
import { CSAF, itemsOf, json, KEV, NVD } from './samples.ts';

test.each([
  [NVD, 'nvd'],
  [KEV, 'kev'],
  [CSAF, 'csaf'],
])('%s is known as %s', (file, id) => {
  const start = readFileSync(file, 'latin1').slice(0, 4096);
  expect(feedFormats.all.find((format) => format.recognise(start))?.id).toBe(id);
});

test('another JSON document is no feed', () => {
  const start = '{"vulnerabilities": 3, "items": [{"id": 1}]}';
  expect(feedFormats.all.filter((format) => format.recognise(start))).toEqual([]);
});

describe('NVD', () => {
  const records = itemsOf(NVD).flatMap((item) => nvd.records(item) ?? []);
  const record = (id: string) => records.find((one) => one.cve === id);

  test('score, vector, day, title and use', () => {
    const { affected: _, title, ...rest } = record('CVE-2017-17562') ?? { title: undefined };
    expect(rest).toEqual({
      cve: 'CVE-2017-17562',
      published: '2017-12-12',
      modified: Date.parse('2025-10-21T20:16:52Z'),
      score: 8.1,
      vector: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H',
      exploited: true,
    });
    expect(title === undefined ? '' : reveal(title)).toMatch(/^Embedthis GoAhead before 3\.6\.5/);
  });

  test('a program with its range', () => {
    expect(record('CVE-2021-23017')?.affected[0]).toEqual({
      vendor: 'f5',
      product: 'nginx',
      part: 'application',
      conditional: false,
      ranges: [{ from: '0.6.18', before: '1.20.1' }],
    });
  });

  test('firmware stands for the devices beside it', () => {
    const found = record('CVE-2020-15782')?.affected.map(
      ({ product, ranges }) => `${product} ${ranges[0]?.before}`,
    );
    expect(found).toEqual([
      's71200 4.5.0',
      '1211c 4.5.0',
      '1214c 4.5.0',
      '1215c 4.5.0',
      'drivercontroller 2.9.2',
      '1504dtf 2.9.2',
    ]);
  });

  test('a version that is not told is not "all versions"', () => {
    expect(record('CVE-2021-36260')?.affected).toContainEqual({
      vendor: 'hikvision',
      product: 'ds2cd2186g2isu',
      part: 'firmware',
      conditional: false,
      ranges: [{ unstated: true }],
    });
  });

  const cve = (parts: object) => ({ cve: { id: 'CVE-2026-0001', ...parts } });
  const criteria = 'cpe:2.3:a:acme:thttpd:*:*:*:*:*:*:*:*';
  test('a program that is affected only on another system is conditional', () => {
    const [found] =
      nvd.records(
        cve({
          configurations: [
            {
              operator: 'AND',
              nodes: [
                { cpeMatch: [{ vulnerable: true, criteria }] },
                {
                  cpeMatch: [
                    {
                      vulnerable: false,
                      criteria: 'cpe:2.3:o:microsoft:windows:-:*:*:*:*:*:*:*',
                    },
                  ],
                },
              ],
            },
          ],
        }),
      ) ?? [];
    expect(found?.affected[0]?.conditional).toBe(true);
  });

  test('what is negated says nothing', () => {
    const nodes = [{ negate: true, cpeMatch: [{ vulnerable: true, criteria }] }];
    expect(nvd.records(cve({ configurations: [{ nodes }] }))?.[0]?.affected).toEqual([]);
  });

  test('a record that was rejected is left out', () => {
    expect(nvd.records(cve({ vulnStatus: 'Rejected' }))).toEqual([]);
  });

  test.each([
    ['no object', 3],
    ['another number', { cve: { id: 'GHSA-1' } }],
    ['a hostile number', { cve: { id: 'CVE-2020-1\u001b[2J' } }],
  ])('%s is not a record', (_, item) => {
    expect(nvd.records(item)).toBeUndefined();
  });

  test('a hostile vector and score are not taken', () => {
    const data = { baseScore: 99, vectorString: 'AV:N\u001b[2J</script>' };
    const metrics = { cvssMetricV31: [{ cvssData: data }] };
    const [found] = nvd.records(cve({ metrics })) ?? [];
    expect([found?.score, found?.vector]).toEqual([undefined, undefined]);
  });

  test('the newest version of CVSS, and of it the primary opinion', () => {
    const one = (baseScore: number, type: string) => ({ type, cvssData: { baseScore } });
    const metrics = {
      cvssMetricV2: [one(10, 'Primary')],
      cvssMetricV31: [one(9.1, 'Secondary'), one(7.5, 'Primary')],
    };
    expect(nvd.records(cve({ metrics }))?.[0]?.score).toBe(7.5);
  });
});

test('KEV marks what is used, since when', () => {
  expect(itemsOf(KEV).flatMap((item) => kev.records(item) ?? [])).toMatchObject([
    { cve: 'CVE-2021-36260', exploited: true, published: '2022-01-10', affected: [] },
    { cve: 'CVE-2017-17562', exploited: true, published: '2021-12-10', affected: [] },
  ]);
});

describe('CSAF', () => {
  test('the families of an advisory with their versions', () => {
    const [found] = csaf.records(json(CSAF)) ?? [];
    expect(found).toMatchObject({ cve: 'CVE-2020-15782', score: 8.1, published: '2021-09-14' });
    expect(found?.affected).toContainEqual({
      vendor: 'siemens',
      product: 's71200',
      part: 'unknown',
      conditional: false,
      ranges: [{ before: 'V4.5.0' }],
    });
    expect(found?.affected.map(({ product, ranges }) => [product, ranges[0]])).toContainEqual([
      'et200spopencontroller1515sppc',
      {},
    ]);
    expect(csaf.head(json(CSAF))).toMatchObject({ id: 'csaf:ICSA-21-152-01', kind: 'csaf' });
  });

  const named = (id: string) => ({ name: id, product_id: id });
  const document = (tree: object, affected: string) => ({
    document: {
      csaf_version: '2.0',
      title: 'Advisory',
      tracking: { id: 'VDE-2026-001' },
    },
    product_tree: tree,
    vulnerabilities: [{ cve: 'CVE-2026-0001', product_status: { known_affected: [affected] } }],
  });

  test('firmware that is installed on a device affects the device', () => {
    const tree = {
      branches: [
        {
          category: 'vendor',
          name: 'WAGO',
          branches: [
            { category: 'product_name', name: '750-8212', product: named('HW') },
            {
              category: 'product_name',
              name: 'Firmware',
              branches: [{ category: 'product_version_range', name: '<=26', product: named('FW') }],
            },
          ],
        },
      ],
      relationships: [
        {
          category: 'installed_on',
          product_reference: 'FW',
          relates_to_product_reference: 'HW',
          full_product_name: named('BOTH'),
        },
      ],
    };
    expect(csaf.records(document(tree, 'BOTH'))?.[0]?.affected).toEqual([
      {
        vendor: 'wago',
        product: '7508212',
        part: 'unknown',
        conditional: false,
        ranges: [{ to: '26' }],
      },
    ]);
  });

  test('branches without an end in one another are read as far as they go', () => {
    let branch: object = { category: 'product_name', name: 'X', product: named('P') };
    for (let depth = 0; depth < 5000; depth += 1) {
      branch = { category: 'product_family', name: 'F', branches: [branch] };
    }
    expect(csaf.records(document({ branches: [branch] }, 'P'))?.[0]?.affected).toEqual([]);
  });

  test.each([
    ['nothing', {}],
    ['a document without a tree', { document: { csaf_version: '2.0' } }],
    ['a list', []],
  ])('%s is no advisory', (_, given) => {
    expect(csaf.records(given)).toBeUndefined();
    expect(csaf.head(given)).toBeUndefined();
  });
});

test.each([
  ['vers:all/*', false, [{}]],
  ['*', false, [{}]],
  ['All versions', false, [{}]],
  ['vers:intdot/<3.0.0', false, [{ before: '3.0.0' }]],
  ['vers:intdot/>=1.7.6|<1.15.17', false, [{ from: '1.7.6', before: '1.15.17' }]],
  [
    'vers:intdot/>=1|<2|>=3|<4',
    false,
    [
      { from: '1', before: '2' },
      { from: '3', before: '4' },
    ],
  ],
  ['< V4.5.0', false, [{ before: 'V4.5.0' }]],
  ['All versions < V2.9.2', false, [{ before: 'V2.9.2' }]],
  ['>= V4.0 < V4.5', false, [{ from: 'V4.0', before: 'V4.5' }]],
  ['>V2.0', false, [{ after: 'V2.0' }]],
  ['8.00.01', true, [{ from: '8.00.01', to: '8.00.01' }]],
  ['V17 Update 9', true, [{ from: 'V17 Update 9', to: 'V17 Update 9' }]],
  ['V4.0', false, [{ unstated: true }]],
  ['vers:intdot/!=5.1', false, [{ unstated: true }]],
  ['devices manufactured before 2021-08-13', false, [{ unstated: true }]],
  ['', false, [{ unstated: true }]],
])('versions %s', (text, exact, ranges) => {
  expect(readRanges(text, exact)).toEqual(ranges);
});

test.each([
  [
    'cpe:2.3:o:hikvision:ds-2cd2026g2-iu\\/sl_firmware:-:*:*:*:*:*:*:*',
    ['o', 'hikvision', 'ds-2cd2026g2-iu/sl_firmware', '-'],
  ],
  ['cpe:2.3:a:a\\:b:c:1.0\\:rc1:*:*:*:*:*:*:*', ['a', 'a:b', 'c', '1.0:rc1']],
  ['cpe:/o:old:form', undefined],
  ['cpe:2.3:x:vendor:product:1:*:*:*:*:*:*:*', undefined],
  ['cpe:2.3:a:vendor:*:1:*:*:*:*:*:*:*', undefined],
])('the name %s', (text, fields) => {
  const cpe = parseCpe(text);
  expect(cpe && [cpe.part, cpe.vendor, cpe.product, cpe.version]).toEqual(fields);
});

test.each(['2021-09-22T13:15:07.690', '1999-12-31', '2024-02-29T23:59:59Z', '2000-03-01'])(
  'the instant %s is that of the calendar',
  (text) => {
    const zoned = text.length > 10 && !text.endsWith('Z') ? `${text}Z` : text;
    expect(instantOf(text)).toBe(Math.floor(Date.parse(zoned) / 1000) * 1000);
  },
);

test('every format of the folder is in the list', () => {
  const folder = new URL('../../../src/importers/feeds/', import.meta.url);
  const helpers = [
    'index',
    'feed-format',
    'json-items',
    'cpe',
    'products',
    'csaf-products',
    'version-text',
  ];
  const files = readdirSync(folder).map((file) => file.replace('.ts', ''));
  expect(feedFormats.all.map(({ id }): string => id).toSorted()).toEqual(
    files.filter((file) => !helpers.includes(file)).toSorted(),
  );
});
