import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { json } from '../../src/reports/json.ts';
import { hostileSite, OPTIONS, SITE } from './sample-site.ts';
import { SITE_DOCUMENT } from './site-schema.ts';

const SCHEMA = new URL('../../docs/reference/site.schema.json', import.meta.url);

const parsed = (site = SITE): unknown => JSON.parse([...json.render(site, OPTIONS)].join(''));

test('the published schema is the one that the types are tied to', async () => {
  const schema = z.toJSONSchema(SITE_DOCUMENT, { io: 'input', target: 'draft-2020-12' });
  await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot(SCHEMA.pathname);
});

test('every member of the document is described: nothing is stripped', () => {
  const document = parsed();
  expect(SITE_DOCUMENT.parse(document)).toEqual(document);
});

test.each([
  ['a site', SITE],
  ['an attacked site', hostileSite('<script>\u0000\u202e')],
  ['an empty site', { ...SITE, devices: [], services: [], ledger: [], findings: [], scans: [] }],
])('%s is valid by the published file', (_, site) => {
  const published = z.fromJSONSchema(JSON.parse(readFileSync(SCHEMA, 'utf8')));
  expect(published.safeParse(parsed(site)).error).toBeUndefined();
});

test.each([
  ['another version', { schema: 'portolan/site/v2' }],
  ['a port that is none', { services: [{ ...SITE.services[0], port: 70_000 }] }],
  ['a device without a name', { devices: [{ ...SITE.devices[0], name: undefined }] }],
])('%s is not', (_, change) => {
  const published = z.fromJSONSchema(JSON.parse(readFileSync(SCHEMA, 'utf8')));
  const document: unknown = JSON.parse(JSON.stringify({ ...Object(parsed()), ...change }));
  expect(published.safeParse(document).success).toBe(false);
});
