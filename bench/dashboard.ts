import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import type { Dashboard } from '../test/web/harness.ts';
import { closeBrowser, openDashboard, settled } from '../test/web/harness.ts';
import type { Figure, Measured } from './_bench.ts';
import { median, runBench } from './_bench.ts';

const DEVICES = 10_000;
const RUNS = 7;
const KILO = 1000;
const MEGA = 1_000_000;
/** As a cheap telephone is to the machine that this runs on. */
const SLOWER = 4;
/** What people type to find something, a key at a time. */
const FILTERS = ['camera 7', 'risk >= high', 'zone = ot', 'broker', 'port = 502', 'vendor ~ sie'];
const DIST = join(import.meta.dirname, '../../dist/web');

/** Seconds of processor that the page's main thread has used: what other work does not change. */
type Clock = () => Promise<number>;

async function clockOf(page: Page): Promise<Clock> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
  };
}

interface ManifestEntry {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
  readonly isEntry?: boolean;
}

/** The dashboard in Chromium, with an API that answers at once: what is measured is the page. */
async function measure(): Promise<Measured> {
  const dashboard = await openDashboard({ fixture: { devices: DEVICES } });
  try {
    const busy = await clockOf(dashboard.page);
    const figures = [
      await opened(dashboard, 'overview', '', '.needs li', 1000),
      await opened(dashboard, 'devices', 'devices', 'tr[data-index="0"] a', 1000),
      await nodes(dashboard, 'devices', 'devices'),
      ...(await filtered(dashboard, busy)),
      ...(await scrolled(dashboard, busy, 'devices', '.table-scroller')),
      await opened(dashboard, 'matrix', 'services', '[role=gridcell]', 1000),
      await nodes(dashboard, 'matrix', 'services'),
      ...(await scrolled(dashboard, busy, 'matrix', '.matrix')),
      ...(await slow(dashboard)),
      ...(await kept(dashboard)),
      ...downloads(),
    ];
    return {
      figures,
      notes: [
        `${DEVICES} devices; canned answers on loopback; Chromium without a window, 1280 × 800 pixels.`,
        'The server’s own share: npm run bench -- lists.',
      ],
    };
  } finally {
    await dashboard.close();
    await closeBrowser();
  }
}

/** From the request of the page until what one came for is there, with nothing in the cache. */
async function opened(
  { page, server }: Dashboard,
  name: string,
  path: string,
  ready: string,
  atMost: number,
): Promise<Figure> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    await page.goto('about:blank');
    const start = performance.now();
    await page.goto(server.address + path, { waitUntil: 'commit' });
    await page.locator(ready).first().waitFor();
    times.push(performance.now() - start);
  }
  return {
    name: `${name}: usable, median of ${RUNS}`,
    unit: 'ms',
    ours: median(times),
    target: { atMost },
  };
}

async function nodes(dashboard: Dashboard, name: string, path: string): Promise<Figure> {
  await dashboard.go(path);
  return {
    name: `${name}: elements in the document`,
    unit: '',
    ours: await dashboard.nodes(),
    target: { atMost: 1000 },
  };
}

/** From the last key until the rows are those of the filter: the pause for further keys is in it. */
async function filtered(dashboard: Dashboard, busy: Clock): Promise<readonly Figure[]> {
  const { page } = dashboard;
  await dashboard.go('devices');
  const times: number[] = [];
  let used = 0;
  // Each is another one: what was asked before is not asked again.
  const filters = FILTERS.flatMap((filter) => [
    filter,
    `${filter} and port > 1`,
    `${filter} and port > 2`,
  ]);
  for (const filter of filters) {
    await unfiltered(page);
    const before = await busy();
    times.push(await filterOnce(page, filter));
    await settled(page);
    used += (await busy()) - before;
  }
  return [
    {
      name: `devices: key to rows, 95th of 100 (${filters.length} filters)`,
      unit: 'ms',
      ours: percentile(times, 0.95),
      target: { atMost: 200 },
    },
    processor('devices: a filter, processor time', (used * KILO) / filters.length, 60),
  ];
}

async function unfiltered(page: Page): Promise<void> {
  await page.locator('.filter-bar input').fill('');
  await page.locator('table[aria-rowcount="10001"][data-old=false]').waitFor();
}

/** @returns milliseconds from the last key until the rows are those of the filter */
async function filterOnce(page: Page, filter: string): Promise<number> {
  await unfiltered(page);
  const answer = page.waitForResponse((response) => response.url().includes('devices?filter='));
  const start = performance.now();
  await page.locator('.filter-bar input').fill(filter);
  await answer;
  await page.locator('table:not([aria-rowcount="10001"])[data-old=false]').waitFor();
  return performance.now() - start;
}

/** Frames while somebody scrolls through the list, and what each costs. */
async function scrolled(
  dashboard: Dashboard,
  busy: Clock,
  name: string,
  scroller: string,
): Promise<readonly Figure[]> {
  const path = name === 'matrix' ? 'services' : 'devices';
  await dashboard.go(path);
  const before = await busy();
  const times = await framesOf(dashboard.page, scroller);
  const used = ((await busy()) - before) * KILO;
  return [
    {
      name: `${name}: a frame while scrolling, 95th of 100`,
      unit: 'ms',
      ours: percentile(times, 0.95),
      target: { atMost: 50 },
    },
    processor(`${name}: a frame, processor time`, used / times.length, 16),
  ];
}

async function frames(
  dashboard: Dashboard,
  name: string,
  path: string,
  scroller: string,
  atMost: number,
): Promise<Figure> {
  await dashboard.go(path);
  return {
    name: `${name}: a frame while scrolling, 95th of 100`,
    unit: 'ms',
    ours: percentile(await framesOf(dashboard.page, scroller), 0.95),
    target: { atMost },
  };
}

/** Milliseconds of each frame while the list moves by 60 pixels in each. */
function framesOf(page: Page, scroller: string): Promise<readonly number[]> {
  return page.locator(scroller).evaluate(
    (element: { scrollTop: number }) =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        let last = performance.now();
        const step = (now: number): void => {
          times.push(now - last);
          last = now;
          element.scrollTop += 60;
          if (times.length < 120) requestAnimationFrame(step);
          else resolve(times.slice(1));
        };
        requestAnimationFrame(step);
      }),
  );
}

function processor(name: string, ours: number, atMost: number): Figure {
  return { name, unit: 'ms', ours, target: { atMost } };
}

/** The same on a machine of a quarter of the speed. */
async function slow(dashboard: Dashboard): Promise<readonly Figure[]> {
  const session = await dashboard.page.context().newCDPSession(dashboard.page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  const figures = [
    await opened(dashboard, `overview, ${SLOWER} × slower`, '', '.needs li', 2000),
    await opened(dashboard, `devices, ${SLOWER} × slower`, 'devices', 'tr[data-index="0"] a', 2000),
    await answered(dashboard),
    await frames(dashboard, `devices, ${SLOWER} × slower`, 'devices', '.table-scroller', 100),
  ];
  await session.detach();
  return figures;
}

/** Key to rows on that machine, median: what it is at its slowest depends on what else it does. */
async function answered(dashboard: Dashboard): Promise<Figure> {
  const { page } = dashboard;
  await dashboard.go('devices');
  const times: number[] = [];
  for (const filter of FILTERS) times.push(await filterOnce(page, filter));
  return {
    name: `devices, ${SLOWER} × slower: key to rows, median of ${FILTERS.length}`,
    unit: 'ms',
    ours: median(times),
    target: { atMost: 500 },
  };
}

/** Pages that somebody goes through, each by its link. */
const ROUND = ['Devices', 'Services', 'Flows', 'Policy', 'Alerts', 'Reports', 'Overview'];
const CHANGES = 15 * ROUND.length;

/** What is in the memory of the page after many changes of the page, beyond what was there before. */
async function kept(dashboard: Dashboard): Promise<readonly Figure[]> {
  const { page } = dashboard;
  await dashboard.go('');
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const walk = async (changes: number): Promise<void> => {
    for (let change = 0; change < changes; change += 1) {
      const name = ROUND[change % ROUND.length] ?? '';
      await page.locator('nav.nav').getByRole('link', { name }).click();
      await settled(page);
    }
  };
  const held = async (): Promise<readonly number[]> => {
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    return ['JSHeapUsedSize', 'Nodes', 'JSEventListeners'].map(
      (wanted) => metrics.find(({ name }) => name === wanted)?.value ?? 0,
    );
  };
  // Code and answers of every page are there once each was seen.
  await walk(5 * ROUND.length);
  const before = await held();
  await walk(CHANGES);
  const after = await held();
  const grown = after.map((value, index) => value - (before[index] ?? 0));
  const [heap = 0, elements = 0, listeners = 0] = grown;
  await session.detach();
  return [
    memory('heap', 'MB', (after[0] ?? 0) / MEGA, 50),
    memory(`heap gained by ${CHANGES} changes of the page`, 'MB', heap / MEGA, 1),
    memory(`nodes gained by ${CHANGES} changes of the page`, '', elements, 200),
    memory(`listeners gained by ${CHANGES} changes of the page`, '', listeners, 20),
  ];
}

function memory(name: string, unit: string, ours: number, atMost: number): Figure {
  return { name: `memory: ${name}`, unit, ours: Math.max(0, ours), target: { atMost } };
}

/** What a first visit fetches, packed. */
function downloads(): readonly Figure[] {
  const manifest: Readonly<Record<string, ManifestEntry>> = JSON.parse(
    readFileSync(join(DIST, 'manifest.json'), 'utf8'),
  );
  const [entry] = Object.entries(manifest).find(([, { isEntry }]) => isEntry === true) ?? [''];
  const first = new Set<string>();
  for (const start of [entry, 'src/pages/overview.tsx']) collect(manifest, start, first);
  const size = (extension: string): number =>
    [...first]
      .filter((file) => file.endsWith(extension))
      .reduce((sum, file) => sum + gzipSync(readFileSync(join(DIST, file))).length, 0) / KILO;
  return [
    {
      name: 'scripts until the overview, packed',
      unit: 'kB',
      ours: size('.js'),
      target: { atMost: 130 },
    },
    {
      name: 'style until the overview, packed',
      unit: 'kB',
      ours: size('.css'),
      target: { atMost: 15 },
    },
  ];
}

function collect(
  manifest: Readonly<Record<string, ManifestEntry>>,
  name: string,
  into: Set<string>,
): void {
  const entry = manifest[name];
  if (entry === undefined || into.has(entry.file)) return;
  into.add(entry.file);
  for (const file of entry.css ?? []) into.add(file);
  for (const next of entry.imports ?? []) collect(manifest, next, into);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** In the page, where `scrolled` runs it. */
declare const requestAnimationFrame: (step: (now: number) => void) => void;

await runBench({ title: 'The dashboard with 10,000 devices', measure });
