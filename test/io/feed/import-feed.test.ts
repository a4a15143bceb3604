import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PortolanError } from '../../../src/base/errors.ts';
import { feedFormatOf, importFeed } from '../../../src/io/feed/import-feed.ts';
import { openStore } from '../../../src/io/store/open.ts';
import type { Store } from '../../../src/io/store/store.ts';
import { CSAF, itemsOf, KEV, NVD } from '../../importers/feeds/samples.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');

let folder = '';
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-feed-'));
  store = openStore(':memory:');
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function take(file: string, stop = new AbortController().signal) {
  return importFeed(store, file, { now: NOW, stop });
}

function written(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** A file of NVD with these records of the fixture, its fields changed. */
function nvdFile(
  name: string,
  change: (cve: Record<string, unknown>) => unknown = (cve) => cve,
): string {
  const vulnerabilities = itemsOf(NVD).map((item) => {
    const { cve }: { cve: Record<string, unknown> } = JSON.parse(JSON.stringify(item));
    return { cve: change(cve) };
  });
  return written(name, JSON.stringify({ format: 'NVD_CVE', vulnerabilities }));
}

async function failure(work: Promise<unknown>): Promise<PortolanError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof PortolanError) return error;
  throw new Error(`It was expected to fail, and gave ${String(error)}`);
}

const GOAHEAD = ['embedthis', 'goahead'] as const;

test('three kinds of feeds are kept, with the day that they are of', async () => {
  await take(NVD);
  await take(CSAF);
  await take(KEV);
  const feeds = store.feeds.all().map(({ id, records, dated }) => ({ id, records, dated }));
  expect(feeds).toEqual([
    { id: 'csaf:ICSA-21-152-01', records: 1 },
    { id: 'kev', records: 2, dated: Date.parse('2025-02-25T20:33:53Z') },
    { id: 'nvd:nvdcve-2.0-sample', records: 5, dated: Date.parse('2026-11-01T08:00:00Z') },
  ]);
  const [goahead] = store.feeds.find(...GOAHEAD);
  expect(goahead).toMatchObject({ cve: 'CVE-2017-17562', exploited: true, score: 8.1 });
});

test('what the catalogue lists is used, whichever feed describes it', async () => {
  await take(nvdFile('year.json', ({ cisaExploitAdd: _, ...cve }) => cve));
  expect(store.feeds.find(...GOAHEAD)[0]?.exploited).toBe(false);
  await take(KEV);
  expect(store.feeds.find(...GOAHEAD)[0]?.exploited).toBe(true);
});

test('a feed replaces its former version as a whole', async () => {
  const file = nvdFile('year.json');
  await take(file);
  const { cve }: { cve: object } = JSON.parse(JSON.stringify(itemsOf(NVD)[2]));
  writeFileSync(file, JSON.stringify({ format: 'NVD_CVE', vulnerabilities: [{ cve }] }));
  await take(file);
  expect(store.feeds.all().map(({ id, records }) => `${id} ${records}`)).toEqual(['nvd:year 1']);
  expect(store.feeds.find(...GOAHEAD)).toEqual([]);
});

test('an older file does not take back what a newer one knows', async () => {
  await take(nvdFile('recent.json', (cve) => ({ ...cve, lastModified: '2026-11-20T00:00:00' })));
  await take(nvdFile('year.json'));
  expect(store.feeds.find(...GOAHEAD).map(({ feed }) => feed)).toEqual(['nvd:recent']);
  await take(nvdFile('later.json', (cve) => ({ ...cve, lastModified: '2026-11-24T00:00:00' })));
  expect(store.feeds.find(...GOAHEAD).map(({ feed }) => feed)).toEqual(['nvd:later']);
});

test('a packed file is the same feed', async () => {
  await take(written('nvdcve-2.0-sample.json.gz', gzipSync(readFileSync(NVD))));
  expect(store.feeds.all().map(({ id, records }) => [id, records])).toEqual([
    ['nvd:nvdcve-2.0-sample', 5],
  ]);
});

test('yearly files of others, without the wrapper of the API', async () => {
  const cve_items = itemsOf(NVD).map((item) => Object(item).cve);
  const { records } = await take(written('CVE-2021.json', JSON.stringify({ cve_items })));
  expect(records).toBe(5);
});

test('a record of another form is left out and counted', async () => {
  const document = { format: 'NVD_CVE', vulnerabilities: [{ cve: { id: 'no' } }, ...itemsOf(NVD)] };
  const outcome = await take(written('year.json', JSON.stringify(document)));
  expect([outcome.records, outcome.skipped]).toEqual([5, 1]);
});

describe('what is damaged changes nothing', () => {
  test.each([
    ['cut in the middle', (text: string) => text.slice(0, text.length / 2), 'ends early'],
    ['no JSON inside an item', (text: string) => text.replace('"lang"', 'lang'), ''],
    ['cut behind the list', (text: string) => text.trimEnd().slice(0, -1), 'ends early'],
  ])('%s', async (_, damage, why) => {
    const file = nvdFile('year.json');
    await take(file);
    const before = store.feeds.find(...GOAHEAD);
    writeFileSync(file, damage(readFileSync(NVD, 'utf8')));
    const error = await failure(take(file));
    expect(error.code).toBe('E_INPUT_MALFORMED');
    expect(error.message).toContain(why);
    expect(store.feeds.find(...GOAHEAD)).toEqual(before);
    expect(store.feeds.all().map(({ records }) => records)).toEqual([5]);
    // The next one can be imported: no transaction was left open.
    await take(KEV);
  });

  test('a packed file that is damaged', async () => {
    const packed = gzipSync(readFileSync(NVD));
    const file = written('year.json.gz', packed.subarray(0, packed.length - 20));
    expect((await failure(take(file))).code).toBe('E_INPUT_MALFORMED');
    expect(store.feeds.all()).toEqual([]);
  });

  test('an import that is interrupted', async () => {
    const stop = new AbortController();
    stop.abort();
    expect((await failure(take(NVD, stop.signal))).message).toContain('interrupted');
    expect(store.feeds.all()).toEqual([]);
  });
});

test.each([
  ['a file that is not there', 'nowhere.json', undefined, 'E_INPUT_UNREADABLE'],
  ['a file of something else', 'scan.json', '{"scan": []}', 'E_INPUT_MALFORMED'],
  ['an empty file', 'empty.json', '', 'E_INPUT_MALFORMED'],
])('%s says so', async (_, name, content, code) => {
  const file = content === undefined ? join(folder, name) : written(name, content);
  const error = await failure(take(file));
  expect(error.code).toBe(code);
  expect(error.message).toContain(file);
});

test('an advisory that is too large for memory is refused before it is read', async () => {
  const head = '{"document":{"csaf_version":"2.0","title":"';
  const file = written('huge.json', Buffer.alloc(33 * 1024 * 1024, 'x'));
  writeFileSync(file, head, { flag: 'r+' });
  expect((await failure(take(file))).message).toContain('larger than');
});

test('removing one leaves the others', async () => {
  await take(NVD);
  await take(KEV);
  expect(store.feeds.remove('nvd:nvdcve-2.0-sample')).toBe(true);
  expect(store.feeds.remove('nvd:nvdcve-2.0-sample')).toBe(false);
  expect(store.feeds.all().map(({ id }) => id)).toEqual(['kev']);
  expect(store.feeds.find(...GOAHEAD)).toEqual([]);
});

test('a capture is no feed', async () => {
  const file = written('day.pcap', Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0));
  expect(await feedFormatOf(file)).toBeUndefined();
});
