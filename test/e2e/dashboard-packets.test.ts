import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Output } from '../../lab/tools.ts';
import type { AlertItem } from '../../src/model/api/alerts.ts';
import type { Page } from '../../src/model/api/common.ts';
import type { FlowItem } from '../../src/model/api/flows.ts';
import type { DeviceItem } from '../../src/model/api/site.ts';
import type { Look } from './dashboard-stage.ts';
import { cannotLook, Served } from './dashboard-stage.ts';
import { framesOf, pcapOf, scanBy } from './hostile-frames.ts';
import { HOSTILE_STRINGS, Stage, tricks } from './stage.ts';

const why = cannotLook(['tcpreplay'], [HOSTILE_STRINGS]);
const MINUTE = 60_000;
/** Milliseconds until what was heard is believed. */
const SETTLED = 4000;
/** Third number of the addresses of who says it, in a file and live. */
const NETWORKS = { file: 1, live: 2 } as const;
const PAGES = [
  ...[
    '',
    'devices',
    'devices?group=zone',
    'devices?group=vendor',
    'services',
    'services?view=list',
  ],
  ...['flows', 'flows?view=table', 'flows?view=lanes', 'flows?view=picture', 'policy', 'changes'],
  ...['alerts', 'alerts?view=single', 'alerts/expected', 'changelog', 'reports', 'scans'],
  'settings',
];
/** Commands that print what the network has said. */
const EXPORTS = [
  ...['devices', 'services', 'ledger --all', 'findings', 'flows --limit 10000'],
  ...['devices --json', 'services --json', 'flows --limit 10000 --json'],
  ...['devices show 10.9.1.3 --evidence', 'alerts list --state all'],
  ...['html', 'csv', 'csv-devices', 'json', 'markdown'].map(
    (format) => `report --format ${format}`,
  ),
].map((line) => line.split(' '));

/** Of a device, where text of the network is shown. */
const SHOWN = ['summary', 'services', 'raw'];
const TABS = ['summary', 'services', 'connections', 'policy', 'alerts', 'history', 'raw'];

/** What only the network has said, and a page that has to show it. */
const LITERAL = '<svg/onload=alert(1)>';

describe.skipIf(why !== false)(`packets that attack${why === false ? '' : ` (${why})`}`, () => {
  let stage: Stage;
  let served: Served;
  let look: Look;
  let strings: readonly string[];
  let imported: Output;

  beforeAll(async () => {
    strings = Object.values<string[]>(JSON.parse(readFileSync(HOSTILE_STRINGS, 'utf8'))).flat();
    // Nobody else is in this network, so that a request to a stranger would go nowhere.
    stage = await Stage.open({ devices: ['phone'], life: {} });
    await stage.sensor(`ip link add near mtu 9000 type veth peer name far mtu 9000 &&
      ip link set near up && ip link set far up`);
    const file = join(stage.folder, 'said.pcap');
    writeFileSync(file, pcapOf(said(strings, NETWORKS.file), Date.now() - MINUTE));
    imported = await stage.portolan(['import', file]);
    served = await Served.start({
      enter: stage.lab.enter,
      data: stage.data(),
      args: ['--capture', 'near'],
    });
    look = await served.begin();
  }, 240_000);
  afterAll(async () => {
    await served?.close();
    await stage?.close();
  });

  test('are read from a file, every one of them', async () => {
    expect(imported).toMatchObject({ status: 0 });
    expect(tricks(imported.stdout + imported.stderr)).toEqual([]);
    expect(await missing(look, strings, NETWORKS.file)).toEqual([]);
    const { total } = await look.json<Page<FlowItem>>('flows?limit=1');
    expect(total).toBeGreaterThan(20 * strings.length);
  });

  test('are heard while they pass by, every one of them', async () => {
    let left = strings;
    // A machine that is busy drops some frames: whose they were say it again.
    for (let round = 0; round < 6 && left.length > 0; round += 1) {
      const file = join(stage.folder, `live-${round}.pcap`);
      const frames = said(strings, NETWORKS.live, left);
      writeFileSync(file, pcapOf(frames, Date.now() - MINUTE));
      await stage.sensor(`tcpreplay -q -i far --pps=1500 ${file} 2>&1 | tail -n 1`);
      await look.page.waitForTimeout(SETTLED);
      left = await missing(look, strings, NETWORKS.live);
    }
    expect(left).toEqual([]);
  }, 300_000);

  test('are on every page what they are: text', async () => {
    const { items } = await look.json<Page<DeviceItem>>('devices?limit=500');
    const ofFile = items.filter(({ addresses }) => addresses.some(isOfFile));
    for (const path of [...PAGES, ...(await alertPages(look))]) await expectText(look, path);
    for (const [index, { id, name }] of ofFile.entries()) {
      for (const tab of index % 10 === 0 ? TABS : SHOWN) {
        await expectText(look, `devices/${id}?tab=${tab}`);
      }
      // The name that won, whichever inlet it came by, with every sign that it has.
      expect(await look.text()).toContain(name);
    }
  }, 600_000);

  test('one reads them literally where only packets have said them', async () => {
    const found = await look.json<Page<DeviceItem>>('devices?filter=address%20%3D%2010.9.1.3');
    const speaker = found.items[0]?.id ?? '';
    const pages = [
      ['as a name', 'devices?filter=name%20~%20onload'],
      ['as what services say', `devices/${speaker}?tab=services`],
      ['as whom somebody asked for', 'flows?view=table&filter=name%20~%20onload'],
    ] as const;
    for (const [where, path] of pages) {
      await look.go(path);
      await look.page.getByText(LITERAL).first().waitFor();
      expect([where, look.wrongs, await look.alien()]).toEqual([where, [], []]);
    }
  });

  test('leave as text: reports, tables, JSON, and the log of the daemon', async () => {
    for (const argv of EXPORTS) {
      const { stdout, stderr, status } = await stage.portolan(argv);
      const odd = tricks(stdout.replaceAll('\r\n', '\n') + stderr);
      expect({ argv, status, odd }).toEqual({ argv, status: 0, odd: [] });
      // Whose alerts come first is a matter of time.
      const says = argv.includes('alerts') || /onload\\?=alert/.test(stdout);
      expect({ argv, says }).toEqual({ argv, says: true });
      if (argv.includes('html')) expect(stdout).not.toContain(LITERAL);
    }
    expect(tricks(served.said)).toEqual([]);
  }, 240_000);
});

function isOfFile(address: string): boolean {
  return address.startsWith(`10.9.${NETWORKS.file}.`);
}

async function alertPages(look: Look): Promise<readonly string[]> {
  const { items } = await look.json<Page<AlertItem>>('alerts?limit=10');
  return items.map(({ id }) => `alerts/${id}`);
}

async function expectText(look: Look, path: string): Promise<void> {
  await look.turn(path);
  const alien = await look.alien();
  expect({ path, wrongs: look.wrongs, alien }).toEqual({ path, wrongs: [], alien: [] });
}

/** @param wanted those that say it; each has its own address, whoever the others are */
function said(
  strings: readonly string[],
  network: number,
  wanted: readonly string[] = strings,
): Uint8Array[] {
  return strings.flatMap((text, index) => {
    if (!wanted.includes(text)) return [];
    const mac = `02:09:00:00:0${network}:${index.toString(16).padStart(2, '0')}`;
    const who = { address: `10.9.${network}.${index + 1}`, mac, text };
    return [...framesOf(who), ...(index < 5 ? scanBy(who, 120) : [])];
  });
}

/** Strings of whose speaker nothing is known. */
async function missing(
  look: Look,
  strings: readonly string[],
  network: number,
): Promise<readonly string[]> {
  const { items } = await look.json<Page<DeviceItem>>('devices?limit=500');
  const known = new Set(items.flatMap(({ addresses }) => addresses));
  return strings.filter((_, index) => !known.has(`10.9.${network}.${index + 1}`));
}
