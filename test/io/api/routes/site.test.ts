import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { untrusted } from '../../../../src/base/untrusted.ts';
import type {
  ChangeEvent,
  DeviceItem,
  DeviceView,
  EvidenceView,
  LedgerItem,
  MatrixView,
  Overview,
  ServiceItem,
} from '../../../../src/model/api/site.ts';
import { signal } from '../../../alerts/signals.ts';
import { Story } from '../../../evidence.ts';
import { DAY, flow, HOUR, NOW, SiteContext } from '../site-context.ts';

const CAMERA = '192.168.1.31';
const LAMP = '192.168.1.32';
const MAC = '44:19:b6:00:11:22';

let site: SiteContext;

beforeEach(() => {
  site = new SiteContext({ zones: { iot: ['192.168.1.0/24'], cameras: ['192.168.1.30/31'] } });
  const story = new Story(NOW - 10 * DAY)
    .present(CAMERA, MAC)
    .attribute(CAMERA, 'vendor', 'Hikvision')
    .attribute(CAMERA, 'name', 'Front camera')
    .attribute(CAMERA, 'kind', 'camera')
    .open(CAMERA, 80)
    .speaks(CAMERA, 80, 'http')
    .open(CAMERA, 554)
    .speaks(CAMERA, 554, 'rtsp')
    .present(LAMP, '24:0a:c4:00:00:01')
    .wait(9 * DAY)
    .open(CAMERA, 23)
    .speaks(CAMERA, 23, 'telnet')
    .swept(CAMERA, '554');
  site.add(...story.evidence);
});
afterEach(() => site.close());

async function camera(): Promise<DeviceItem> {
  const { items } = await site.list<DeviceItem>('listDevices', { filter: `address = ${CAMERA}` });
  const [item] = items;
  if (item === undefined) throw new Error('there is no camera');
  return item;
}

describe('devices', () => {
  test('say what is believed, and in which zone: the smallest network that has it', async () => {
    expect(await camera()).toMatchObject({
      name: 'Front camera',
      vendor: 'Hikvision',
      zone: 'cameras',
      address: CAMERA,
      macs: [MAC],
      policy: 'none',
      fragile: false,
      services: [
        { port: 23, protocol: 'telnet' },
        { port: 80, protocol: 'http' },
      ],
    });
  });

  test('without named zones are local', async () => {
    const plain = new SiteContext();
    plain.add(...new Story(NOW).present(CAMERA, MAC).evidence);
    const { items } = await plain.list<DeviceItem>('listDevices');
    plain.close();
    expect(items[0]?.zone).toBe('local');
  });

  test('have the risk of the worst finding, or of an open alert that is worse', async () => {
    const before = await camera();
    expect(before.findings).toBeGreaterThan(0);
    expect(before.alerts).toBe(0);
    site.context.alerts.take(signal({ severity: 'critical', devices: [MAC], at: NOW }));
    const after = await camera();
    expect(after).toMatchObject({ risk: 'critical', alerts: 1 });
    expect(before.risk).not.toBe('critical');
  });

  test('have the state of the policy', async () => {
    const { id } = await camera();
    writeFileSync(
      join(site.folder, 'policy.yaml'),
      `version: 1\nendpoints:\n  camera: { device: ${id}, state: trial }\n`,
    );
    expect((await camera()).policy).toBe('trial');
  });

  test('are unused ports only where traffic was seen, and none of it was for the port', async () => {
    expect((await camera()).unused).toBe(0);
    site.addFlows(...webTraffic());
    expect((await camera()).unused).toBe(1);
  });

  test('pages have a version that changes with what they show, and only then', async () => {
    const { version } = await site.list('listDevices');
    expect((await site.list('listDevices')).version).toBe(version);
    site.context.alerts.take(signal({ devices: [MAC] }));
    const next = (await site.list('listDevices')).version;
    expect(next).not.toBe(version);
    site.add(...new Story(NOW).present('192.168.1.40').evidence);
    expect((await site.list('listDevices')).version).not.toBe(next);
  });

  test('go on behind a cursor, also when others came', async () => {
    const first = await site.list<DeviceItem>('listDevices', { sort: 'address', limit: '1' });
    expect(first.items.map(({ address }) => address)).toEqual([CAMERA]);
    site.add(...new Story(NOW).present('192.168.1.1').evidence);
    const cursor = first.next ?? '';
    const second = await site.list<DeviceItem>('listDevices', { sort: 'address', cursor });
    expect(second.items.map(({ address }) => address)).toEqual([LAMP]);
  });

  test.each([
    ['a cursor that is none of ours', { cursor: 'bm90aGluZw' }, 'E_USAGE'],
    ['a field that is not there', { filter: 'vendr = x' }, 'E_FILTER'],
    ['an order that is not there', { sort: 'nme' }, 'E_USAGE'],
  ])('refuse %s', async (_, query, code) => {
    await expect(site.list('listDevices', query)).rejects.toMatchObject({ code });
  });
});

describe('a device', () => {
  test('has its verdict in one sentence, its history and its parts', async () => {
    const { id } = await camera();
    const view = await site.ask<DeviceView>('getDevice', { params: { id } });
    expect(view.verdict).toMatch(/^\d things? to fix; .*its 3 ports$/);
    expect(view.serviceList.map(({ port, state }) => [port, state])).toEqual([
      [23, 'open'],
      [80, 'open'],
      [554, 'closed'],
    ]);
    expect(view.attributes).toContainEqual(
      expect.objectContaining({ name: 'vendor', value: 'Hikvision', locked: false }),
    );
    expect(view.history.map(({ kind, text }) => [kind, text])).toEqual([
      ['port-closed', 'tcp/554 is closed'],
      ['port-opened', 'tcp/23 is open'],
      ['device-new', `came at ${CAMERA}`],
    ]);
  });

  test('that is not there is said', async () => {
    const asked = site.ask('getDevice', { params: { id: 'PTL-D-NONE' } });
    await expect(asked).rejects.toMatchObject({ code: 'E_NOT_FOUND' });
  });

  test('is called what a person says, until it is taken back', async () => {
    const params = { id: (await camera()).id };
    const tag = async (): Promise<string> => etagOf(await site.answer('getDevice', { params }));
    const first = await tag();
    const named = await site.ask<DeviceView>('editDevice', {
      params,
      body: { name: 'Gate', vendor: 'Dahua', treatAs: 'fragile' },
      ifMatch: first,
    });
    expect(named).toMatchObject({ name: 'Gate', vendor: 'Dahua', fragile: true });
    expect(named.attributes).toContainEqual(
      expect.objectContaining({ name: 'vendor', value: 'Dahua', locked: true }),
    );
    const back = await site.ask<DeviceView>('editDevice', {
      params,
      body: { name: null, vendor: null, treatAs: null },
      ifMatch: await tag(),
    });
    expect(back).toMatchObject({ name: 'Front camera', vendor: 'Hikvision', fragile: false });
  });

  test('is not changed over the head of somebody else, who is shown', async () => {
    const params = { id: (await camera()).id };
    const ifMatch = etagOf(await site.answer('getDevice', { params }));
    await site.ask('editDevice', { params, body: { name: 'Gate' }, ifMatch });
    const late = site.ask('editDevice', { params, body: { name: 'Door' }, ifMatch });
    await expect(late).rejects.toMatchObject({
      code: 'E_CONFLICT',
      current: { difference: expect.stringContaining('name: Gate') },
    });
    expect((await camera()).name).toBe('Gate');
  });

  test('is not another version because it was seen again', async () => {
    const params = { id: (await camera()).id };
    const before = etagOf(await site.answer('getDevice', { params }));
    site.add(...new Story(NOW).present(CAMERA, MAC).evidence);
    expect(etagOf(await site.answer('getDevice', { params }))).toBe(before);
  });

  test('keeps its name in a dry run', async () => {
    const params = { id: (await camera()).id };
    await site.ask('editDevice', { params, body: { name: 'Gate' }, ifMatch: '*', dryRun: true });
    expect((await camera()).name).toBe('Front camera');
  });
});

test('services are told with the protocol really spoken', async () => {
  const { items, total } = await site.list<ServiceItem>('listServices', {
    filter: 'state = open and encrypted = no',
    sort: 'port',
  });
  expect(items.map(({ port, protocol }) => [port, protocol])).toEqual([
    [23, 'telnet'],
    [80, 'http'],
  ]);
  expect(total).toBe(2);
});

test('the ledger has the four answers with their reasons', async () => {
  const { items } = await site.list<LedgerItem>('listLedger', { filter: 'port = 23' });
  expect(items[0]).toMatchObject({
    device: { name: 'Front camera' },
    open: { answer: 'yes' },
    used: { answer: 'unknown' },
  });
});

test('findings name their evidence, and evidence says what it says', async () => {
  const { items } = await site.list<{ evidence: number[]; severity: string }>('listFindings', {
    filter: 'severity >= medium telnet',
  });
  const [id = 0] = items[0]?.evidence ?? [];
  const evidence = await site.ask<EvidenceView>('getEvidence', { params: { id: String(id) } });
  expect(evidence.subject).toContain(`${CAMERA} tcp/23`);
  expect(evidence.text).not.toBe('');
});

describe('the matrix', () => {
  test('is in the order of zones and names, where nothing else is asked for', async () => {
    const { rows } = await site.ask<MatrixView>('getMatrix', { query: {} });
    const places = rows.map(({ zone, device }) => `${zone} ${device.name}`);
    expect(places).toEqual(places.toSorted());
  });

  test('has a column for each port and says what is new', async () => {
    const matrix = await site.ask<MatrixView>('getMatrix', { query: { sort: 'address' } });
    expect(matrix.columns.map(({ port }) => port)).toEqual([23, 80, 554]);
    expect(matrix.total).toBe(2);
    const [row] = matrix.rows;
    expect(row?.cells.map(({ column, open, isNew }) => [column, open, isNew])).toEqual([
      [0, 'yes', true],
      [1, 'yes', false],
      [2, 'no', false],
    ]);
  });

  test('has only what is unused, where that is asked for', async () => {
    site.addFlows(...webTraffic());
    const matrix = await site.ask<MatrixView>('getMatrix', { query: { unused: 'true' } });
    expect(matrix.columns.map(({ port }) => port)).toEqual([23]);
    expect(matrix.total).toBe(1);
  });

  test('takes the filter of the devices', async () => {
    const query = { filter: 'vendor = Hikvision', offset: '1' };
    const matrix = await site.ask<MatrixView>('getMatrix', { query });
    expect(matrix).toMatchObject({ total: 1, rows: [] });
  });
});

describe('what changed', () => {
  test('is newest first, and only since then', async () => {
    const week = await site.list<ChangeEvent>('listChangelog', { since: '7d' });
    expect(week.items.map(({ kind }) => kind)).toEqual(['port-closed', 'port-opened']);
    const all = await site.list<ChangeEvent>('listChangelog', { since: '30d' });
    expect(all.items.map(({ kind }) => kind)).toEqual([
      'port-closed',
      'port-opened',
      'device-new',
      'device-new',
    ]);
  });

  test('has alerts, what people said, new protocols and changes that were applied', async () => {
    site.context.alerts.take(signal({ at: NOW - HOUR, devices: [MAC] }));
    site.context.session.store.audit({
      at: NOW - 2 * HOUR,
      who: 'user:mira',
      what: 'apply PTL-C-7F3K2M on this machine',
      why: '',
    });
    site.add(
      ...new Story(NOW - 4 * HOUR)
        .speaks(CAMERA, 80, 'mqtt')
        .says(CAMERA, { kind: 'called', name: untrusted('Gate') }).evidence,
    );
    const { items } = await site.list<ChangeEvent>('listChangelog', { since: '5h' });
    expect(items.map(({ kind, text }) => [kind, text])).toEqual([
      ['alert', '"Gate" did new_port'],
      ['change-applied', 'apply PTL-C-7F3K2M on this machine by user:mira'],
      ['attribute-changed', 'was named "Gate"'],
      ['protocol-changed', 'tcp/80 now speaks mqtt'],
    ]);
  });

  test('can be filtered', async () => {
    const { total } = await site.list('listChangelog', {
      since: '30d',
      filter: 'kind = device-new',
    });
    expect(total).toBe(2);
  });

  test('since no time is refused', async () => {
    await expect(site.list('listChangelog', { since: 'monday' })).rejects.toMatchObject({
      code: 'E_USAGE',
    });
  });
});

describe('the overview', () => {
  const view = (): Promise<Overview> => site.ask<Overview>('getOverview');

  test('counts what there is', async () => {
    expect(await view()).toMatchObject({
      devices: 2,
      devicesNew7d: 0,
      services: 2,
      unencrypted: 2,
      policy: { none: 2, enforcing: 0 },
      traffic: [],
    });
  });

  test('puts blindness first, then the worst', async () => {
    site.parts = [
      { part: 'capture', state: 'failed', text: 'Nothing is heard', since: NOW },
      { part: 'deliver', state: 'off', text: 'No channel', since: NOW },
    ];
    site.context.alerts.take(signal({ severity: 'critical', devices: [MAC], at: NOW }));
    const { needsYou } = await view();
    expect(needsYou.slice(0, 2).map(({ kind, severity }) => [kind, severity])).toEqual([
      ['blind', 'high'],
      ['alert', 'critical'],
    ]);
    expect(needsYou.filter(({ kind }) => kind === 'blind')).toHaveLength(1);
  });

  test('has one line for each device with findings, not one for each finding', async () => {
    const { needsYou } = await view();
    const own = needsYou.filter(({ kind }) => kind === 'finding');
    expect(own).toHaveLength(1);
    expect(own[0]?.device?.name).toBe('Front camera');
  });

  test('asks who came and is not known', async () => {
    site.add(...new Story(NOW - HOUR).present('192.168.1.77').evidence);
    const { needsYou, devicesNew7d } = await view();
    expect(devicesNew7d).toBe(1);
    expect(needsYou.map(({ kind }) => kind)).toContain('unknown-device');
  });

  test('draws the hours of a day, also those without traffic, and who talked most', async () => {
    site.addFlows(flow({ at: NOW - 3 * HOUR, sni: 'cloud.example' }), flow({ at: NOW - HOUR }));
    const { traffic, topTalkers } = await view();
    expect(traffic).toHaveLength(24);
    expect(traffic.reduce((sum, { flows }) => sum + flows, 0)).toBe(2);
    expect(topTalkers).toMatchObject([{ device: { name: 'Front camera' }, bytes: 2000 }]);
  });
});

/** Somebody used the web server of the camera for more than a week, and nothing else. */
function webTraffic() {
  const destination = { address: CAMERA, port: 80 };
  const source = { address: '192.168.1.2', port: 50_000 };
  return [9 * DAY, HOUR].map((ago) => flow({ at: NOW - ago, source, destination }));
}

function etagOf(answer: Awaited<ReturnType<SiteContext['answer']>>): string {
  return answer.kind === 'json' ? (answer.etag ?? '') : '';
}
