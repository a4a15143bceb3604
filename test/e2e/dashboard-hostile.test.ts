import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { untrusted } from '../../src/base/untrusted.ts';
import { AlertKeeper } from '../../src/io/alerts/keeper.ts';
import { openSession } from '../../src/io/site/session.ts';
import type { AlertItem } from '../../src/model/api/alerts.ts';
import type { Page } from '../../src/model/api/common.ts';
import type { DeviceItem } from '../../src/model/api/site.ts';
import { signal } from '../alerts/signals.ts';
import { Story } from '../evidence.ts';
import { flow } from '../io/api/site-context.ts';
import type { Look } from './dashboard-stage.ts';
import { cannotLook, Served } from './dashboard-stage.ts';
import { HOSTILE_STRINGS, Stage } from './stage.ts';

const why = cannotLook([], [HOSTILE_STRINGS]);
const HOUR = 3_600_000;
const LITERAL = '<script>alert(1)</script>';
/** The device that says all of them, one on each port. */
const LOUD = { address: '10.9.0.1', mac: '02:09:00:00:00:01' };

/** What strangers can say of a service, by where it is read from. */
const INLETS = [
  ['title', 'http'],
  ['server', 'http'],
  ['banner', 'ssh'],
  ['topic', 'mqtt'],
  ['sysDescr', 'snmp'],
] as const;

describe.skipIf(why !== false)(`names that attack${why === false ? '' : ` (${why})`}`, () => {
  let stage: Stage;
  let served: Served;
  let look: Look;
  let devices: readonly DeviceItem[];
  let alerts: readonly AlertItem[];

  beforeAll(async () => {
    // Nobody else is in this network, so that a request to a stranger would go nowhere.
    stage = await Stage.open({ devices: ['phone'], life: {} });
    const strings = Object.values<string[]>(JSON.parse(readFileSync(HOSTILE_STRINGS, 'utf8')));
    feed(stage.data(), strings.flat());
    served = await Served.start({ enter: stage.lab.enter, data: stage.data() });
    look = await served.begin();
    devices = (await look.json<Page<DeviceItem>>('devices?limit=500')).items;
    alerts = (await look.json<Page<AlertItem>>('alerts?limit=500')).items;
  });
  afterAll(async () => {
    await served?.close();
    await stage?.close();
  });

  const idOf = (address: string): string =>
    devices.find(({ addresses }) => addresses.includes(address))?.id ?? 'none';

  test('are on every page what they are: text', async () => {
    const loud = `devices/${idOf(LOUD.address)}`;
    const tabs = ['summary', 'services', 'connections', 'policy', 'alerts', 'history', 'raw'];
    const some = devices.slice(0, 8).map(({ id }) => `devices/${id}`);
    const worst = alerts.slice(0, 4).map(({ id }) => `alerts/${id}`);
    const pages = [
      ...['', 'devices', 'devices?group=zone', 'devices?group=vendor', 'services'],
      ...[
        'services?view=list',
        'flows',
        'flows?view=table',
        'flows?view=lanes',
        'flows?view=picture',
        'policy',
        'changes',
        'alerts',
        'alerts?view=single',
      ],
      ...['alerts/expected', 'reports', 'scans', 'settings'],
      ...tabs.map((tab) => `${loud}?tab=${tab}`),
      ...[...some, ...worst],
    ];
    for (const path of pages) {
      await look.go(path);
      await throughAll(look);
      expect({ path, wrongs: look.wrongs, alien: await alien(look) }).toEqual({
        path,
        wrongs: [],
        alien: [],
      });
    }
  });

  test.each([
    ['as the name of a device', () => 'devices?filter=name%20~%20script'],
    ['as what a service says', () => `devices/${idOf(LOUD.address)}?tab=services`],
    [
      'as the other end of an alert',
      () => `alerts/${alerts.find(({ peer }) => peer === LITERAL)?.id ?? ''}`,
    ],
    ['as whom a conversation was with', () => 'flows?view=table&filter=name%20~%20script'],
  ])('one reads them literally: %s', async (_where, path) => {
    await look.go(path());
    await look.page.getByText(LITERAL).first().waitFor();
    expect(look.wrongs).toEqual([]);
  });

  test('an element that came in all the same would be seen here, and refused by the browser', async () => {
    const other = await served.look();
    await other.go('devices');
    const markup = other.page.evaluate(() => {
      document.body.insertAdjacentHTML('beforeend', '<img src=http://evil.example/>');
    });
    await expect(markup).rejects.toThrow('TrustedHTML');
    await other.page.evaluate(() => {
      const image = document.createElement('img');
      image.setAttribute('src', 'http://evil.example/');
      document.body.append(image);
    });
    expect(await alien(other)).toEqual([expect.stringContaining('evil.example')]);
    await expect.poll(() => other.wrongs.join('\n')).toContain('Content Security Policy');
    await other.close();
  });

  test('as what somebody looks for, they are looked for', async () => {
    const search = look.page.getByRole('searchbox').first();
    for (const text of [LITERAL, '"><img src=x onerror=alert(1)>', '../../etc/passwd']) {
      await look.go('');
      await search.fill(text);
      await search.press('Enter');
      await look.page.waitForURL(/devices\?filter=/);
      expect(await alien(look)).toEqual([]);
    }
    expect(look.wrongs).toEqual([]);
  });
});

/** Each string comes in wherever a stranger's text does. */
function feed(dataFolder: string, strings: readonly string[]): void {
  const now = Date.now();
  const session = openSession({
    env: {},
    dataFolder,
    configFile: 'none',
    now: () => now,
    warn: () => {},
  });
  const alerts = new AlertKeeper(session.store);
  const story = new Story(now - HOUR).present(LOUD.address, LOUD.mac);
  for (const [index, text] of strings.entries()) {
    const address = `10.9.1.${index}`;
    const mac = `02:09:00:00:01:${index.toString(16).padStart(2, '0')}`;
    story
      .present(address, mac)
      .attribute(address, 'name', text)
      .attribute(address, 'vendor', text)
      .attribute(address, 'model', text)
      .attribute(address, 'firmware', text)
      .attribute(address, 'serial', text, { source: 'import' })
      .attribute(address, 'attachment', text, { source: 'import' });
    if (index % 3 === 0) story.says(address, { kind: 'called', name: untrusted(text) });
    const [name, protocol] = INLETS[index % INLETS.length] ?? INLETS[0];
    const port = 8000 + index;
    story
      .open(LOUD.address, port)
      .speaks(LOUD.address, port, protocol, { version: text.slice(0, 64) })
      .detail(LOUD.address, port, name, text)
      .about(LOUD.address, port, {
        kind: 'advertises',
        service: untrusted(text),
        transport: 'tcp',
        port: port + 1000,
      });
    alerts.take(signal({ devices: [mac], at: now - HOUR, key: mac, peer: text.slice(0, 200) }));
  }
  session.add(story.evidence);
  const flows = strings.map((text, index) =>
    flow({
      at: now - HOUR + index,
      source: { address: LOUD.address, port: 40_000 + index },
      destination: { address: `203.0.113.${index}`, port: 443 },
      sni: text.slice(0, 255),
      communityId: `1:${index}`,
    }),
  );
  session.store.appendFlows(flows, 'test');
  session.close();
}

/** To the end of what scrolls, so that what is drawn only where one looks is drawn as well. */
async function throughAll({ page }: Look): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) {
    await page.mouse.move(640, 500);
    await page.mouse.wheel(0, 1500);
    await page.waitForTimeout(40);
  }
}

/** Elements and attributes that the dashboard does not have. */
function alien({ page }: Look): Promise<readonly string[]> {
  return page.evaluate(() => {
    const foreign = 'img,iframe,math,object,embed,form[action],[onerror],[onload],[srcdoc],style';
    const links = 'a[href^="javascript:"],a[href^="data:"],a[href*="evil.example"]';
    return [...document.querySelectorAll(`body :is(${foreign},${links})`)].map((one) =>
      one.outerHTML.slice(0, 200),
    );
  });
}

declare const document: {
  readonly body: {
    insertAdjacentHTML(where: string, html: string): void;
    append(element: object): void;
  };
  createElement(name: string): { setAttribute(name: string, value: string): void };
  querySelectorAll(selectors: string): Iterable<{ readonly outerHTML: string }>;
};
