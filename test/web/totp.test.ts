import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import type { Fixture } from './fixture-answers.ts';
import { browserMissing, closeBrowser, openDashboard } from './harness.ts';
import { readQr } from './qr-reader.ts';

const missing = browserMissing();
afterAll(closeBrowser);

const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const QUIET = 4;

function asking(address: string): Fixture {
  return { answers: { 'POST me/totp': { secret: SECRET, address } } };
}

async function begin(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Turn on…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Password now' }).fill('correct horse battery');
  await dialog.getByRole('button', { name: 'Turn on…' }).click();
  await page.getByRole('img', { name: 'QR code with the address' }).waitFor();
}

/** What is on the screen: in each module's middle, whether it is dark. */
async function photographed(page: Page): Promise<readonly (readonly boolean[])[]> {
  const symbol = page.getByRole('img', { name: 'QR code with the address' });
  await symbol.scrollIntoViewIfNeeded();
  const side = Number((await symbol.getAttribute('viewBox'))?.split(' ').at(-1));
  const picture = (await symbol.screenshot({ scale: 'css' })).toString('base64');
  return page.evaluate(
    async ({ base64, modules }) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('no canvas');
      context.drawImage(image, 0, 0);
      const darkAt = (row: number, column: number): boolean => {
        const x = Math.floor(((column + 0.5) * image.width) / modules);
        const y = Math.floor(((row + 0.5) * image.height) / modules);
        const [red = 0, green = 0, blue = 0] = context.getImageData(x, y, 1, 1).data;
        return red + green + blue < 384;
      };
      return Array.from({ length: modules }, (_, row) =>
        Array.from({ length: modules }, (_module, column) => darkAt(row, column)),
      );
    },
    { base64: picture, modules: side },
  );
}

describe.skipIf(missing !== undefined)('the QR code of the second factor', () => {
  test.each([
    ['a short name, light', 'mira', { theme: 'light' }],
    ['a name in mail’s form, dark', 'mira%40site.example', { theme: 'dark' }],
    ['on a telephone, dark', 'mira', { theme: 'dark', width: 360 }],
    ['with forced colours', 'mira', { forcedColors: 'active' }],
  ] as const)('says the address to a camera: %s', async (_, name, look) => {
    const address = `otpauth://totp/Portolan:${name}?secret=${SECRET}&issuer=Portolan`;
    const { page, go, axe, overflow, wrongs, close } = await openDashboard({
      ...look,
      fixture: asking(address),
    });
    await go('settings');
    await begin(page);
    const seen = await photographed(page);
    const inner = seen.slice(QUIET, -QUIET).map((row) => row.slice(QUIET, -QUIET));
    expect(readQr(inner)).toBe(address);
    const dark = (rows: readonly (readonly boolean[])[]): number =>
      rows.flat().filter(Boolean).length;
    expect(dark(seen), 'dark modules in the quiet zone').toBe(dark(inner));
    expect(await overflow()).toBe(0);
    expect(await axe()).toEqual([]);
    // For who has no camera at hand.
    await page.getByText('GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ').waitFor();
    expect(await page.getByRole('link', { name: /Open in the auth/ }).getAttribute('href')).toBe(
      address,
    );
    await close();
    expect(wrongs).toEqual([]);
  });

  test('is loaded only where one is shown', async () => {
    const { page, go, close } = await openDashboard({
      fixture: asking(`otpauth://totp/x?secret=${SECRET}`),
    });
    const scripts: string[] = [];
    page.on('request', (request) => scripts.push(request.url()));
    const loaded = (): number => scripts.filter((url) => url.includes('qr-code')).length;
    await go('settings');
    expect(loaded()).toBe(0);
    await begin(page);
    expect(loaded()).toBe(1);
    await close();
  });
});

/** In the page, where the picture is looked at. */
declare function createImageBitmap(picture: Blob): Promise<Bitmap>;
declare class OffscreenCanvas {
  constructor(width: number, height: number);
  getContext(kind: '2d'): {
    drawImage(image: Bitmap, x: number, y: number): void;
    getImageData(x: number, y: number, width: number, height: number): { data: number[] };
  } | null;
}
interface Bitmap {
  readonly width: number;
  readonly height: number;
}
