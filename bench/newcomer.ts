import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';
import type { Measured } from './_bench.ts';
import { runBench } from './_bench.ts';
import { PRODUCT } from './_product.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const PASSWORD = 'correct horse battery';

/** Somebody who has just installed it: `portolan demo`, the link, an account, the first thing to know. */
async function measure(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-newcomer-'));
  const begun = performance.now();
  const since = (): number => (performance.now() - begun) / 1000;
  const demo = spawn(
    process.execPath,
    [PRODUCT, 'demo', '--stay', '--output', join(folder, 'report.html')],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
  try {
    const link = await linkOf(demo);
    const linked = since();
    const insight = await firstInsight(browser, link);
    const known = since();
    const asked = performance.now();
    const gone = new Promise((resolve) => demo.once('exit', resolve));
    demo.kill('SIGINT');
    await gone;
    return {
      figures: [
        { name: 'to the one-time link', unit: 's', ours: linked },
        { name: 'to the first insight', unit: 's', ours: known, target: { atMost: 60 } },
        {
          name: 'from Ctrl-C to the end',
          unit: 's',
          ours: (performance.now() - asked) / 1000,
          target: { atMost: 5 },
        },
      ],
      notes: [
        `What it said first: ${insight}`,
        'Counted from the start of the command; the account is made as fast as a browser types.',
      ],
    };
  } finally {
    await browser.close();
    if (demo.exitCode === null) demo.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function linkOf(demo: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const [link] = /http:\/\/\S+#k=\S+/.exec(text) ?? [];
      if (link !== undefined) resolve(link);
    };
    demo.stdout?.on('data', read);
    demo.stderr?.on('data', read);
    demo.once('exit', () => reject(new Error(`The demo ended: ${text.slice(-500)}`)));
  });
}

/** @returns the sentence that is on top of what needs somebody */
async function firstInsight(browser: Browser, link: string): Promise<string> {
  const page = await browser.newPage({ locale: 'en-GB' });
  await page.goto(link);
  await page.getByLabel('Name', { exact: true }).fill('ada');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password again', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Make account and go on' }).click();
  const sentence = page.locator('.needs li p').first();
  await sentence.waitFor({ timeout: 120_000 });
  return sentence.innerText();
}

await runBench({ title: 'Newcomer', measure });
