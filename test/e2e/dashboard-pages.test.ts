import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AlertItem } from '../../src/model/api/alerts.ts';
import type { Page } from '../../src/model/api/common.ts';
import type { DeviceItem } from '../../src/model/api/site.ts';
import { overflow, violations } from '../web/harness.ts';
import type { Look } from './dashboard-stage.ts';
import { cannotLook, Served } from './dashboard-stage.ts';
import { PATIENCE, Stage } from './stage.ts';

const why = cannotLook(['nft']);
/** As Home Assistant puts a dashboard below its own. */
const BASE = '/api/hassio_ingress/abc';
const CAMERA = 'camera';
const TABS = ['summary', 'services', 'connections', 'policy', 'alerts', 'history', 'raw'];

describe.skipIf(why !== false)(`every page${why === false ? '' : ` (${why})`}`, () => {
  let stage: Stage;
  let served: Served;
  let first: Look;
  let pages: readonly string[];

  beforeAll(async () => {
    stage = await Stage.open({
      devices: [CAMERA, 'phone', 'nas', 'meter', 'broker', 'thermostat'],
      life: { incidentAfter: 3 },
    });
    const camera = stage.lab.truth.find(({ id }) => id === CAMERA)?.address ?? '';
    served = await Served.start({
      enter: stage.lab.enter,
      data: stage.data(),
      args: [
        ...['--capture', 'span0', '--enforce', '--state', stage.data('enforce')],
        ...['--base-path', BASE],
      ],
    });
    first = await served.begin();
    await stage.portolan(['scan', ...stage.lab.targets, '-p', 'T:22-23,80,443,502,554,1883']);
    const devices = await first.json<Page<DeviceItem>>('devices');
    const alert = await alertOf(first);
    const device = devices.items.find(({ addresses }) => addresses.includes(camera))?.id ?? '';
    pages = [
      ...[
        '',
        'devices',
        'services',
        'services?view=list',
        'flows',
        'flows?view=table',
        'flows?view=lanes',
        'flows?view=picture',
        'policy',
        'changes',
      ],
      ...['alerts', 'alerts?view=single', 'alerts/expected', 'reports', 'scans', 'settings'],
      ...TABS.map((tab) => `devices/${device}?tab=${tab}`),
      ...[`alerts/${alert.id}`, `alerts/${alert.id}?contain=1`],
    ];
  }, PATIENCE);
  afterAll(async () => {
    await served?.close();
    await stage?.close();
  });

  test.each([
    ['in daylight', { colorScheme: 'light' }],
    ['in the dark', { colorScheme: 'dark' }],
    ['on a telephone', { viewport: { width: 360, height: 740 } }],
    ['at 200 %', { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }],
    ['in forced colours', { forcedColors: 'active' }],
  ] as const)(
    '%s has no violation of WCAG 2.2 AA, below a path of a proxy',
    async (way, options) => {
      const look = await served.look(options);
      for (const path of pages) {
        await look.go(path);
        await look.page.getByRole('main').waitFor();
        const found = {
          path,
          axe: await violations(look.page),
          sideways: await overflow(look.page),
        };
        expect(found).toEqual({ path, axe: [], sideways: 0 });
        await shot(look, `${way}-${path}`);
      }
      expect(look.wrongs).toEqual([]);
      await look.close();
    },
  );

  test('at 200 % a policy is still written, on a telephone it is read', async () => {
    for (const [width, count] of [
      [640, 1],
      [360, 0],
    ] as const) {
      const look = await served.look({ viewport: { width, height: 600 } });
      await look.go('policy');
      await look.page.getByRole('tab', { name: 'YAML' }).waitFor();
      expect(await look.page.getByRole('button', { name: 'Save' }).count()).toBe(count);
      await look.close();
    }
  });

  test('is reached by the keyboard alone, and what has the focus is seen', async () => {
    const look = await served.look();
    const { page } = look;
    await look.go('');
    for (const name of ['Devices', 'Services', 'Flows', 'Policy', 'Alerts', 'Reports']) {
      await tabTo(look, new RegExp(`^${name}`), 'a');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      await page.waitForURL(new RegExp(`${BASE}/${name.toLowerCase()}`));
    }
    expect(look.wrongs).toEqual([]);
    await look.close();
  });

  test.each([
    ['Scan', 'scans'],
    ['Changes', 'changes'],
    ['Settings', 'settings'],
  ])('%s is in the menu, which opens, is gone through and closed by keys', async (item, path) => {
    const look = await served.look();
    const { page } = look;
    await look.go('');
    await tabTo(look, /^ada/, 'button');
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    const wanted = page.getByRole('menuitem', { name: new RegExp(`^${item}`) });
    for (let turn = 0; turn < 20; turn += 1) {
      if (await wanted.evaluate((one) => one === one.ownerDocument.activeElement)) break;
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`${BASE}/${path}`));
    expect(look.wrongs).toEqual([]);
    await look.close();
  });

  test('a containment is asked for and left by the keyboard alone', async () => {
    const look = await served.look();
    const { page } = look;
    await look.go('alerts');
    await tabTo(look, /looks for/, 'a');
    await page.keyboard.press('Enter');
    await page.waitForURL(/alerts\/PTL-A-/);
    await tabTo(look, /^Contain…/, 'button');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    // What each way would cut is worked out first.
    await page.getByRole('button', { name: /^Block for/ }).waitFor();
    await tabTo(look, /^Block for/, 'button');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // Where one was before.
    expect(await focused(look)).toMatchObject({ tag: 'button', text: 'Contain…' });
    expect(look.wrongs).toEqual([]);
    await look.close();
  });
});

/** The alert about the camera's search, as soon as it is there. */
async function alertOf(look: Look): Promise<AlertItem> {
  for (;;) {
    const { items } = await look.json<Page<AlertItem>>('alerts?sort=-severity');
    const found = items.find(({ type }) => /scan|propagation/.test(type));
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

interface Focused {
  readonly tag: string;
  readonly text: string;
  readonly isSeen: boolean;
}

function focused({ page }: Look): Promise<Focused> {
  return page.evaluate(() => {
    const { activeElement: one } = document;
    const { outlineStyle, boxShadow } = getComputedStyle(one);
    const isMarked = outlineStyle !== 'none' || boxShadow !== 'none';
    const { tagName, textContent } = one;
    return { tag: tagName.toLowerCase(), text: textContent.trim(), isSeen: isMarked };
  });
}

/** Tab until that has the focus; each on the way has to be marked. */
async function tabTo(look: Look, text: RegExp, tag: string): Promise<void> {
  for (let turn = 0; turn < 80; turn += 1) {
    await look.page.keyboard.press('Tab');
    const now = await focused(look);
    if (now.tag === tag && text.test(now.text)) return;
    if (now.tag !== 'body') expect(now).toMatchObject({ isSeen: true });
  }
  throw new Error(`Tab does not come to ${text}`);
}

/** For who looks at them: PORTOLAN_SHOTS names a folder. */
async function shot({ page }: Look, name: string): Promise<void> {
  const folder = process.env['PORTOLAN_SHOTS'];
  if (folder === undefined) return;
  await page.screenshot({ path: `${folder}/${name.replaceAll(/[^\w-]+/g, '_')}.png` });
}

interface Element {
  readonly tagName: string;
  readonly textContent: string;
}
declare const document: { readonly activeElement: Element };
declare function getComputedStyle(element: Element): {
  readonly outlineStyle: string;
  readonly boxShadow: string;
};
