// Pictures of the dashboard for the documentation, taken from the demo network: what they show is
// what `portolan demo` shows. After `npm run build`: node tools/screenshots.mjs [FOLDER]
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { withPalette } from './png-palette.mjs';

const ROOT = new URL('..', import.meta.url).pathname;
const FOLDER = process.argv[2] ?? join(ROOT, 'docs/images');
const PASSWORD = 'correct horse battery';
/** More is too much for a page of text. */
const MOST_BYTES = 150_000;

const scratch = mkdtempSync(join(tmpdir(), 'portolan-pictures-'));
const demo = spawn(
  process.execPath,
  [join(ROOT, 'dist/portolan.js'), 'demo', '--stay', '--output', join(scratch, 'report.html')],
  { stdio: ['ignore', 'pipe', 'pipe'] },
);
let said = '';
for (const stream of [demo.stdout, demo.stderr]) {
  stream.on('data', (chunk) => {
    said += chunk;
  });
}

/** What the demo has said, once it has. */
async function told(form) {
  for (;;) {
    const [found] = form.exec(said) ?? [];
    if (found !== undefined) return found;
    if (demo.exitCode !== null) throw new Error(said);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--disable-dev-shm-usage', ...(process.getuid() === 0 ? ['--no-sandbox'] : [])],
});
try {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
  });
  const link = await told(/http:\/\/\S+#k=\S+/);
  await page.goto(link);
  await page.getByLabel('Name', { exact: true }).fill('ada');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password again', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Make account and go on' }).click();
  await page.getByRole('heading', { name: /^Needs you/ }).waitFor();
  await told(/^Report: .*$/m); // The scan is over.
  const address = link.split('#')[0];
  const take = async (name, path, ready) => {
    await page.goto(address + path);
    await ready();
    await page.waitForFunction(() => document.querySelector('[aria-busy=true], .awaited') === null);
    await page.mouse.move(0, 0);
    const file = join(FOLDER, `${name}.png`);
    const picture = withPalette(await page.screenshot());
    writeFileSync(file, picture);
    process.stdout.write(`${file} ${Math.round(picture.length / 1000)} kB\n`);
    if (picture.length > MOST_BYTES) process.exitCode = 1;
  };
  mkdirSync(FOLDER, { recursive: true });

  await page.goto(`${address}alerts`);
  const lead = page.getByRole('link', { name: /looks for devices to infect/ }).first();
  await lead.waitFor({ timeout: 180_000 });
  const alert = new URL(await lead.getAttribute('href'), address).pathname.slice(1);
  const device = await page.evaluate(async (path) => {
    const answer = await fetch(`api/v1/${path}`);
    return (await answer.json()).devices[0].id;
  }, alert);
  const block = page.getByRole('button', { name: /^Block for/ });
  await take('overview', '', () => page.locator('.needs li').first().waitFor());
  await take('services', 'services', () => page.getByRole('grid').waitFor());
  await take('device', `devices/${device}`, () => page.getByRole('tab').first().waitFor());
  await take('policy', 'policy', () => page.getByRole('textbox').first().waitFor());
  await take('contain', `${alert}?contain=1`, () => block.waitFor());
  await block.click();
  const held = page.getByText(/Blocked · verified ✓/);
  await held.waitFor({ timeout: 60_000 });
  await take('alert', alert, () => held.waitFor());
} finally {
  await browser.close();
  demo.kill('SIGINT');
  await new Promise((resolve) => demo.once('exit', resolve));
  rmSync(scratch, { recursive: true, force: true });
}
