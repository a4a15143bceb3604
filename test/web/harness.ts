import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import type { Fixture } from './fixture-answers.ts';
import type { FixtureServer } from './fixture-server.ts';
import { serveFixture } from './fixture-server.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** The built dashboard. `PORTOLAN_WEB` names another build. */
const DIST = process.env['PORTOLAN_WEB'] ?? join(import.meta.dirname, '../../dist/web');
/** The program that was built with it. */
export const PRODUCT = join(DIST, '../portolan.js');

export interface DashboardOptions {
  readonly theme?: 'light' | 'dark';
  /** CSS pixels: 1280 by default, 360 is a telephone. */
  readonly width?: number;
  readonly fixture?: Fixture;
  /** Of the address at which it is served, as behind a proxy: `/api/hassio_ingress/abc/`. */
  readonly prefix?: string;
  /** Kept in the browser before it starts. */
  readonly prefs?: Readonly<Record<string, string>>;
  readonly forcedColors?: 'active';
  readonly language?: string;
}

export interface Dashboard {
  readonly page: Page;
  readonly server: FixtureServer;
  /** What went wrong in the page: errors, refused scripts, requests to strangers. Must stay empty. */
  readonly wrongs: readonly string[];
  /** Goes to a page (`devices?filter=…`) and waits until it is complete. */
  go(path: string): Promise<void>;
  /** Violations of WCAG 2.2 AA, as `rule: selector`. */
  axe(): Promise<readonly string[]>;
  /** Elements in the document. */
  nodes(): Promise<number>;
  /** Pixels by which the page is wider than the window. */
  overflow(): Promise<number>;
  close(): Promise<void>;
}

/** Why the dashboard cannot be looked at here; in CI that is a failure. */
export function browserMissing(): string | undefined {
  const why = !existsSync(CHROMIUM)
    ? 'needs Chromium: apt-get install chromium'
    : existsSync(DIST)
      ? undefined
      : 'needs the built dashboard: npm run build';
  if (why === undefined || process.env['CI'] === undefined) return why;
  throw new Error(why);
}

let browser: Promise<Browser> | undefined;

/** One browser for all tests of a file; `closeBrowser` in `afterAll`. */
function theBrowser(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath: CHROMIUM,
    args: ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
  return browser;
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

export async function openDashboard(options: DashboardOptions = {}): Promise<Dashboard> {
  const { theme = 'light', width = 1280, fixture = {}, prefix = '/', prefs = {} } = options;
  const server = await serveFixture(fixture, DIST, prefix);
  const context = await (await theBrowser()).newContext({
    viewport: { width, height: 800 },
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale: options.language ?? 'en-GB',
    timezoneId: 'UTC',
    forcedColors: options.forcedColors ?? 'none',
  });
  await context.addInitScript((kept: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(kept))
      localStorage.setItem(`portolan.${name}`, value);
  }, prefs);
  const page = await context.newPage();
  const wrongs: string[] = [];
  page.on('pageerror', (error) => wrongs.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // The browser's own line about an answer that the page shows as what it is.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      wrongs.push(`console: ${message.text()}`);
    }
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(server.address)) wrongs.push(`request: ${request.url()}`);
  });
  page.on('dialog', (dialog) => {
    wrongs.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return {
    page,
    server,
    wrongs,
    go: async (path) => {
      await page.goto(server.address + path);
      await settled(page);
    },
    axe: () => violations(page),
    nodes: () => page.evaluate(() => document.querySelectorAll('*').length),
    overflow: () => overflow(page),
    close: async () => {
      await context.close();
      await server.close();
    },
  };
}

/** Until nothing is being loaded. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main').first().waitFor();
  await page.waitForFunction(() => document.querySelector('[aria-busy=true], .awaited') === null);
}

/** Pixels by which the page is wider than the window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Of WCAG 2.2 AA, as `rule: selector`. */
export async function violations(page: Page): Promise<readonly string[]> {
  // Into the page by the debugger: its policy lets no foreign script in.
  const { readFile } = await import('node:fs/promises');
  await page.evaluate(await readFile(AXE, 'utf8'));
  return page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations: found } = await axe.run(document, { runOnly: tags });
    return found.flatMap(({ id, nodes }) =>
      nodes.map(({ target }) => `${id}: ${target.join(' ')}`),
    );
  });
}

/** What the functions above find in the page; the types of the DOM are not those of these tests. */
declare const document: {
  readonly documentElement: { readonly scrollWidth: number; readonly clientWidth: number };
  querySelector(selectors: string): object | null;
  querySelectorAll(selectors: string): { readonly length: number };
};
declare const localStorage: { setItem(name: string, value: string): void };
declare const axe: {
  run(
    context: object,
    options: { readonly runOnly: readonly string[] },
  ): Promise<{ readonly violations: readonly Violation[] }>;
};

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}
