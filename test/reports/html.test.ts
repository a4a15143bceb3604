import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { forHtml } from '../../src/base/encode.ts';
import { untrusted } from '../../src/base/untrusted.ts';
import type { Site } from '../../src/model/site.ts';
import { html as markup } from '../../src/reports/html/markup.ts';
import { html } from '../../src/reports/html.ts';
import { ATTACKS } from './attacks.ts';
import { device, hostileSite, OPTIONS, row, SITE, service } from './sample-site.ts';

const page = (site: Site): string => [...html.render(site, OPTIONS)].join('');

/** Every tag with the names of its attributes, in order. */
const skeleton = (text: string): string[] =>
  (text.match(/<[^>]*>/g) ?? []).map((tag) => tag.replaceAll(/="[^"]*"/g, ''));

const CALM = skeleton(page(hostileSite('calm')));

test.each(ATTACKS)('%j adds no tag and no attribute', (attack) => {
  const text = page(hostileSite(attack));
  expect(skeleton(text)).toEqual(CALM);
  expect(text).toContain(`<h3>${forHtml(attack)}</h3>`);
});

test.each([
  ['a string', 'a<b>', 'a&lt;b&gt;'],
  ['text from the network', untrusted('"\u0000'), '&quot;\\x00'],
  ['a number', 7, '7'],
  ['markup', markup`<i>${'<'}</i>`, '<i>&lt;</i>'],
  ['a list of markup', [markup`<i>`, markup`</i>`], '<i></i>'],
])('a template takes %s', (_, value, expected) => {
  expect(markup`${value}`.toString()).toBe(expected);
});

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run',
  '--disable-background-networking --disable-component-update --disable-sync',
]
  .join(' ')
  .split(' ');

/** A browser is no condition for working on the code; CI has one. */
const inBrowser = test.skipIf(!existsSync(CHROMIUM) && process.env['CI'] === undefined);

function parsedByBrowser(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-html-'));
  try {
    const file = join(folder, 'page.html');
    writeFileSync(file, text);
    const { stdout } = spawnSync(
      CHROMIUM,
      [...FLAGS, `--user-data-dir=${join(folder, 'profile')}`, '--dump-dom', `file://${file}`],
      { encoding: 'utf8', timeout: 60_000, maxBuffer: 64 * 1024 * 1024 },
    );
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same site beside others: its devices are not theirs. */
function numbered(site: Site, index: number): Site {
  const other = <T extends { readonly device: string }>(one: T): T => ({
    ...one,
    device: `${one.device}${index}`,
  });
  return {
    ...site,
    devices: site.devices.map((one) => ({ ...one, id: `${one.id}${index}` })),
    services: site.services.map(other),
    ledger: site.ledger.map(other),
    findings: site.findings.map(other),
  };
}

const elements = (text: string): string[] =>
  [...new Set(text.match(/<[a-z][a-z0-9]*/gi) ?? [])].map((tag) => tag.slice(1)).sort();

inBrowser('a browser sees no element and no handler that is not ours', { timeout: 120_000 }, () => {
  const sites = ATTACKS.map((attack, index) => numbered(hostileSite(attack), index));
  const attacked: Site = {
    ...SITE,
    devices: sites.flatMap(({ devices }) => devices),
    services: sites.flatMap(({ services }) => services),
    ledger: sites.flatMap(({ ledger }) => ledger),
    findings: sites.flatMap(({ findings }) => findings.slice(0, 1)),
  };
  const dom = parsedByBrowser(page(attacked));
  expect(elements(dom)).toEqual(elements(parsedByBrowser(page(hostileSite('calm')))));
  expect(elements(dom)).not.toContain('script');
  expect(dom.replaceAll(/="[^"]*"/g, '=""')).not.toMatch(/<[^>]* on[a-z]+=/i);
  expect(dom).not.toMatch(/<(?:a|use|image)[^>]* (?:xlink:)?href="(?!#)/i);
});

test('needs nothing from outside and runs nothing', () => {
  const text = page(SITE);
  expect(text).toContain("default-src 'none'; style-src 'unsafe-inline'; img-src data:");
  expect(text).not.toMatch(/<script|<link|<img|<iframe|@import|url\(/i);
  expect([...text.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, to]) => to?.[0])).toEqual(
    expect.arrayContaining(['#']),
  );
  expect(text).not.toMatch(/(?:href|src)="[^#]/);
});

test('every link leads somewhere', () => {
  const text = page(SITE);
  const ids = new Set([...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id));
  const links = [...text.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
  expect(links.filter((link) => !ids.has(link))).toEqual([]);
  expect(links.length).toBeGreaterThan(5);
});

test('says first how many, how bad and where to begin', () => {
  const text = page(SITE).replaceAll(/<style>[\s\S]*?<\/style>/g, '');
  const order = [
    '7 devices, 14 open services, 5 findings.',
    'First: ',
    '>What to do</h2>',
    '>Devices and their ports</h2>',
    '>Each device</h2>',
    '>How this was found out</h2>',
    '>What could not be seen</h2>',
    '>Sources</h2>',
  ].map((part) => text.indexOf(part));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order).not.toContain(-1);
});

test.each([
  ['the request', '10 0c 00 04 4d 51 54 54 04 02 00 0a 00 00  |....MQTT......|'],
  ['the answer', '20 02 00 00'],
  ['the negative control', 'control  47 45 54 20  |GET |'],
  ['the clause', 'ETSI EN 303 645 5.5-1'],
  ['the budget', '1,204 connections, 88 datagrams, 40,112 bytes'],
  ['the most at once', '1 connection at once, 2 packets or connections a second'],
  ['the note of the scan', '192.168.1.58 is a printer'],
  ['the reason for an answer', 'needed no: The dossier says so (Hue developer guide, 2024)'],
])('shows %s', (_, expected) => {
  expect(page(SITE)).toContain(expected);
});

test.each([
  ['needed', 8883, 'open and needed'],
  ['to be closed and not needed', 23, 'open, not needed'],
  ['to be closed since unused', 80, 'open, nobody uses it'],
  ['in the clear', 1883, 'open, not encrypted'],
  ['on the wrong protocol', 8102, 'open, unexpected protocol'],
  ['gone', 2323, 'was open, closed now'],
  ['of unknown need', 5683, 'open, need not known'],
  ['needed and not there', 443, 'needed, not there'],
])('the matrix tells a port that is %s', (_, port, words) => {
  const tips = [...page(SITE).matchAll(/<title>([^<]*)<\/title>/g)].map(([, tip = '']) => tip);
  expect(tips.filter((tip) => tip.includes(` ${port}/`)).join('\n')).toContain(words);
});

test('a tarpit and a crowd are folded with a count, and the page stays a page', () => {
  const crowd = Array.from({ length: 400 }, (_, index) =>
    device(`${1000 + index}`, `Device ${index}`, 'smart-home', {}),
  );
  const ports = Array.from({ length: 3000 }, (_, index) => service('1000', index + 1, 'http'));
  const text = page({
    ...SITE,
    devices: crowd,
    services: ports,
    ledger: ports.map((one) => row(one, 'unknown', 'unknown', '')),
    findings: [],
  });
  expect(text).toContain('2,960 rarer ports are not drawn; 200 further devices are not drawn');
  expect(text).toContain('2,800 further ports are in the CSV and JSON reports.');
  expect(text.length).toBeLessThan(2_000_000);
});

/** WCAG 2.2, 1.4.3: relative luminance and contrast ratio. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string): number =>
    [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, index) => sum + part * ([0.2126, 0.7152, 0.0722][index] ?? 0), 0);
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

test.each([
  ['light', 0],
  ['dark', 1],
])('every text of the %s scheme has a contrast of at least 4.5', (_, index) => {
  const blocks = [...page(SITE).matchAll(/--page:[^}]*/g)].map(([block]) => block);
  const colours = Object.fromEntries(
    [...(blocks[index] ?? '').matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  );
  const pairs = [
    ...['ink', 'soft', 'accent'].flatMap((name) => [
      [name, 'page'],
      [name, 'panel'],
    ]),
    ...['critical', 'high', 'medium', 'low', 'info'].map((name) => [`${name}-ink`, name]),
  ];
  const weak = pairs.filter(
    ([ink = '', fill = '']) => contrast(colours[ink] ?? '', colours[fill] ?? '') < 4.5,
  );
  expect(Object.keys(colours)).toHaveLength(16);
  expect(weak).toEqual([]);
});
