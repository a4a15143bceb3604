import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { visible } from '../../src/base/untrusted.ts';
import { reports } from '../../src/reports/index.ts';
import type { Report } from '../../src/reports/report.ts';
import { ATTACKS } from './attacks.ts';
import { EVIDENCE, hostileSite, OPTIONS, SITE } from './sample-site.ts';

const FOLDER = join(import.meta.dirname, '../../src/reports');

const byId = (id: string): Report => {
  const report = reports.get(id);
  if (report === undefined) throw new Error(`no report ${id}`);
  return report;
};

const render = (id: string, site = SITE): string => [...byId(id).render(site, OPTIONS)].join('');

test('the list names every file of the folder', () => {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.ts') && !['index.ts', 'report.ts'].includes(name))
    .map((name) => name.slice(0, -3));
  expect(reports.all.map(({ id }) => id).sort()).toEqual(files.sort());
});

test.each([
  ['site.html', 'html'],
  ['site.json', 'json'],
  ['site.csv', 'csv'],
  ['site.devices.csv', 'csv-devices'],
  ['site.md', 'markdown'],
  ['site.xml', 'nmap-xml'],
])('a file named %s is the report %s', (file, id) => {
  expect(reports.all.find(({ extension }) => file.endsWith(extension))?.id).toBe(id);
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what must not be there
const CONTROLS = /[\u0000-\u0008\u000b-\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/;

describe.each(reports.all.map((report) => [report.id, report] as const))('%s', (id, report) => {
  test('renders a site about which nothing is known', () => {
    const empty = { ...SITE, devices: [], services: [], ledger: [], findings: [], scans: [] };
    const text = [...report.render(empty, { version: '0.1.0', limits: [] })].join('');
    expect(text.length).toBeGreaterThan(50);
  });

  test('renders the same twice, and does not depend on the order in which things were found', () => {
    const turned = {
      ...SITE,
      devices: [...SITE.devices].reverse(),
      services: [...SITE.services].reverse(),
      ledger: [...SITE.ledger].reverse(),
      findings: [...SITE.findings].reverse(),
    };
    expect(render(id)).toBe(render(id));
    if (id !== 'json') expect(render(id, turned)).toBe(render(id));
  });

  test('comes in pieces: a large site never stands in memory as one text', () => {
    const many = {
      ...SITE,
      devices: Array.from({ length: 100 }, (_, index) =>
        SITE.devices.map((device) => ({ ...device, id: `${device.id}${index}` })),
      ).flat(),
    };
    const sizes = Array.from(report.render(many, OPTIONS), (chunk) => chunk.length);
    expect(Math.max(...sizes)).toBeLessThan(
      Math.max(64_000, sizes.reduce((sum, size) => sum + size) / 3),
    );
  });

  test.each(ATTACKS)('moves no cursor with %j', (attack) => {
    if (id === 'csv' || id === 'csv-devices') return;
    expect(render(id, hostileSite(attack))).not.toMatch(CONTROLS);
  });
});

/** RFC 4180, strictly: every field quoted, CRLF behind every record. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [[]];
  const field = /"((?:[^"]|"")*)"(,|\r\n)/y;
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const match = field.exec(text);
    if (match === null) throw new Error(`not RFC 4180 at ${at}: ${text.slice(at, at + 40)}`);
    records.at(-1)?.push((match[1] ?? '').replaceAll('""', '"'));
    if (match[2] === '\r\n') records.push([]);
  }
  return records.slice(0, -1);
}

describe.each(['csv', 'csv-devices'])('%s', (id) => {
  test.each(ATTACKS)('keeps %j in its field and starts no formula', (attack) => {
    const [calm, hostile] = [render(id, hostileSite('calm')), render(id, hostileSite(attack))];
    const before = parseCsv(calm);
    const after = parseCsv(hostile);
    const kept = visible(attack);
    const expected = /^[=+\-@\t\r]/.test(attack) ? `'${kept}` : kept;
    // Rows of equal devices may change places with their names: compare as sets of fields.
    expect(after.flat().sort()).toEqual(
      before
        .flat()
        .map((field) => (field === 'calm' ? expected : field))
        .sort(),
    );
    for (const record of after) expect(record).toHaveLength(before[0]?.length ?? 0);
    expect(after.flat().filter((field) => /^[=+\-@\t\r]/.test(field))).toEqual([]);
  });
});

describe('markdown', () => {
  /** What is left when every escape is taken away is markup: ours alone. */
  const bare = (text: string): string =>
    text.replaceAll(/\\[\\`*_{}[\]()<>#+!|~&$:.]|&lt;|&amp;/g, '');
  const marks = (text: string): string => bare(text).replaceAll(/[^\n`*_[\]<>|#]/g, '');

  test.each(ATTACKS)('makes no markup of %j', (attack) => {
    const text = render('markdown', hostileSite(attack));
    expect(marks(text)).toBe(marks(render('markdown', hostileSite('calm'))));
    expect(bare(text)).not.toMatch(/https?:\/\/|www\./i);
  });
});

describe('json', () => {
  test.each(ATTACKS)('gives back %j as it was', (attack) => {
    const document: unknown = JSON.parse(render('json', hostileSite(attack)));
    const names = Object(document).devices.map(({ name }: { name: string }) => name);
    expect(new Set(names)).toEqual(new Set([attack]));
  });

  test('carries the evidence on which the findings rest, and no other', () => {
    const document: unknown = JSON.parse(render('json'));
    expect(Object(document).evidence).toEqual(EVIDENCE.slice(0, 2));
  });
});
