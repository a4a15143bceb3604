import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { execute } from '../../lab/tools.ts';
import { settled } from '../web/harness.ts';
import { cannot, PRODUCT } from './stage.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const USER = { name: 'ada', password: 'correct horse battery' };

/** Why a real browser cannot look at the real daemon here. */
export function cannotLook(
  programs: readonly string[] = [],
  files: readonly string[] = [],
): string | false {
  if (process.env['CI'] === undefined && !existsSync(CHROMIUM)) {
    return 'Chromium is not installed: apt-get install chromium';
  }
  return cannot(programs, files);
}

export interface ServeOptions {
  /** Put before the command, so that it and the browser run in a network of their own. */
  readonly enter?: readonly string[];
  readonly args?: readonly string[];
  readonly data?: string;
}

interface Started {
  readonly address: string;
  readonly oneTimeLink?: string;
  /** As its own namespace counts. */
  readonly pid: number;
}

/** The daemon as somebody starts it, and a browser that is where it is. */
export class Served {
  readonly folder: string;
  readonly address: string;
  readonly pid: number;
  readonly oneTimeLink: string | undefined;
  /** What the daemon has said on its standard error. */
  get said(): string {
    return this.#said.join('');
  }
  readonly #said: string[] = [];
  readonly #child: ChildProcess;
  readonly #enter: readonly string[];
  #browser: Browser | undefined;
  #signedIn: Awaited<ReturnType<BrowserContext['storageState']>> | undefined;

  private constructor(
    folder: string,
    child: ChildProcess,
    started: Started,
    enter: readonly string[],
  ) {
    this.folder = folder;
    this.address = started.address;
    this.pid = started.pid;
    this.oneTimeLink = started.oneTimeLink;
    this.#child = child;
    child.stderr?.on('data', (chunk: Buffer) => this.#said.push(chunk.toString()));
    this.#enter = enter;
  }

  static async start({ enter = [], args = [], data }: ServeOptions = {}): Promise<Served> {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-dashboard-'));
    const store = ['--data', data ?? join(folder, 'data')];
    const command = [...enter, ...PRODUCT, ...store, 'serve', '--listen', '127.0.0.1:7797'];
    const [program = '', ...rest] = [...command, ...args, '--json'];
    const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    return new Served(folder, child, await firstDocument(child), enter);
  }

  /** Sends a signal to the daemon, or to another process that is where it is. */
  async signal(name: 'TERM' | 'KILL', pid = this.pid): Promise<void> {
    await execute([...this.#enter, 'kill', `-${name}`, String(pid)]);
  }

  /** @returns milliseconds from SIGTERM to the end, and its status */
  async end(): Promise<{ readonly took: number; readonly status: number | null }> {
    const from = performance.now();
    const gone = new Promise<number | null>((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode === null) await this.signal('TERM');
    const status = this.#child.exitCode ?? (await gone);
    return { took: performance.now() - from, status };
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The first account, by the one-time link; then the overview. */
  async begin(): Promise<Look> {
    const look = await this.look({}, false);
    const { page } = look;
    await page.goto(this.oneTimeLink ?? '');
    await page.getByLabel('Name', { exact: true }).fill(USER.name);
    await page.getByLabel('Password', { exact: true }).fill(USER.password);
    await page.getByLabel('Password again', { exact: true }).fill(USER.password);
    await page.getByRole('button', { name: 'Make account and go on' }).click();
    await page.getByRole('heading', { name: /^Needs you/ }).waitFor();
    this.#signedIn = await page.context().storageState();
    return look;
  }

  /** A window of whoever is signed in. */
  async look(options: BrowserContextOptions = {}, signedIn = true): Promise<Look> {
    this.#browser ??= await this.#launch();
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'UTC',
      ...(signedIn && this.#signedIn !== undefined ? { storageState: this.#signedIn } : {}),
      ...options,
    });
    return new Look(await context.newPage(), this.address);
  }

  #launch(): Promise<Browser> {
    const script = join(this.folder, 'chromium');
    const words = [...this.#enter, CHROMIUM].join(' ');
    writeFileSync(script, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
    return chromium.launch({
      executablePath: script,
      // In the namespaces of the lab it is root's, whose sandbox Chromium refuses.
      args: ['--disable-dev-shm-usage', '--no-sandbox'],
    });
  }
}

/** A page that is watched: whatever a stranger's name could do in it is in `wrongs`. */
export class Look {
  readonly page: Page;
  readonly wrongs: string[] = [];
  readonly #address: string;

  constructor(page: Page, address: string) {
    this.page = page;
    this.#address = address;
    page.on('pageerror', ({ message }) => this.wrongs.push(`error: ${message}`));
    page.on('console', (message) => {
      // A refusal of the content security policy is among them.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        this.wrongs.push(`console: ${message.text()}`);
      }
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(address)) this.wrongs.push(`request: ${request.url()}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 500) this.wrongs.push(`${response.status()}: ${response.url()}`);
    });
    page.on('dialog', (dialog) => {
      this.wrongs.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  async go(path: string): Promise<void> {
    await this.page.goto(this.#address + path);
    await settled(this.page);
  }

  /** The same without loading everything anew, as a link of ours goes there. */
  async turn(path: string): Promise<void> {
    await this.page.evaluate((url) => history.pushState(null, '', url), this.#address + path);
    await settled(this.page);
  }

  /** Every text of the page, with its white space. */
  text(): Promise<string> {
    return this.page.evaluate(() => document.body.textContent);
  }

  /** Elements and attributes that the dashboard does not have. */
  alien(): Promise<readonly string[]> {
    return this.page.evaluate(() => {
      const foreign = 'img,iframe,math,object,embed,form[action],[onerror],[onload],[srcdoc],style';
      const links = 'a[href^="javascript:"],a[href^="data:"],a[href*="evil.example"]';
      return [...document.querySelectorAll(`body :is(${foreign},${links})`)].map((one) =>
        one.outerHTML.slice(0, 200),
      );
    });
  }

  /** What the API says to whoever is signed in here. */
  json<T>(path: string): Promise<T> {
    return this.page.evaluate(
      async (url): Promise<T> => JSON.parse(await (await fetch(url)).text()),
      `${this.#address}api/v1/${path}`,
    );
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

function firstDocument(child: ChildProcess): Promise<Started> {
  return new Promise((resolve, reject) => {
    let text = '';
    let words = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-2000);
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.trimEnd().endsWith('}')) resolve(JSON.parse(text)); // The product's own document.
    });
    child.once('error', reject);
    child.once('exit', (status) => reject(new Error(`The daemon ended with ${status}: ${words}`)));
  });
}

/** What is found in the page; the types of the DOM are not those of these tests. */
declare const history: { pushState(state: null, unused: string, url: string): void };
declare const document: {
  readonly body: { readonly textContent: string };
  querySelectorAll(selectors: string): Iterable<{ readonly outerHTML: string }>;
};
