import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  AlertItem,
  AlertView,
  ExpectationView,
  ExpectPreview,
} from '../../../../src/model/api/alerts.ts';
import { signal } from '../../../alerts/signals.ts';
import { Story } from '../../../evidence.ts';
import { pcap } from '../../../wire/captures.ts';
import { httpConversation } from '../../capture/frames.ts';
import { DAY, flow, HOUR, MINUTE, NOW, SiteContext } from '../site-context.ts';

const CAMERA = '192.168.1.31';
const MAC = '44:19:b6:00:11:22';

let site: SiteContext;
let id = '';

beforeEach(() => {
  site = new SiteContext();
  site.add(
    ...new Story(NOW - 10 * DAY).present(CAMERA, MAC).attribute(CAMERA, 'name', 'Front camera')
      .evidence,
  );
  const [alert] = site.context.alerts.take(
    signal({
      type: 'port_scan_vertical',
      severity: 'high',
      at: NOW - HOUR,
      devices: [MAC],
      peer: '192.168.1.9',
      port: 23,
      transport: 'tcp',
    }),
  );
  id = alert?.id ?? '';
});
afterEach(() => site.close());

const show = (): Promise<AlertView> => site.ask<AlertView>('getAlert', { params: { id } });
const act = (verb: string, body: object = {}): Promise<AlertItem> =>
  site.ask<AlertItem>(`${verb}Alert`, { params: { id }, body });

test('alerts name their devices as the inventory does', async () => {
  const { items, total } = await site.list<AlertItem>('listAlerts', {
    filter: 'severity >= high and state = open and device ~ camera',
  });
  expect(total).toBe(1);
  expect(items[0]).toMatchObject({ id, devices: [{ name: 'Front camera' }], port: 23 });
});

describe('one alert', () => {
  test('has what a person asks: who, how unusual, proof, what to do', async () => {
    expect(await show()).toMatchObject({
      id,
      usual: 'It never did before.',
      remedy: 'Look at the device.',
      facts: [{ name: 'tries', value: '3' }],
      unseen: ['replies'],
      observations: 3,
      hasPackets: false,
      containable: true,
      displayFilter: `(ip.addr == ${CAMERA} || eth.addr == ${MAC}) && tcp.port == 23`,
    });
  });

  test('has a timeline of what changed, was said and happened around it, in order', async () => {
    site.add(...new Story(NOW - HOUR - MINUTE).open(CAMERA, 23).evidence);
    const peers = ['192.168.1.9', '192.168.1.10', '192.168.1.11'];
    site.addFlows(
      ...peers.map((address, index) =>
        flow({
          at: NOW - HOUR + index,
          destination: { address, port: 23 },
          outcome: 'refused',
          protocol: 'unknown',
        }),
      ),
      flow({ at: NOW - 5 * HOUR }),
    );
    await act('ack', { note: 'looking' });
    const { timeline } = await show();
    expect(timeline.map(({ kind, text }) => [kind, text])).toEqual([
      ['evidence', 'tcp/23 is open'],
      ['alert', '"Front camera" did port_scan_vertical'],
      ['state', 'told'],
      ['flow', 'Front camera → 3 addresses, tcp/23, refused, 3 times'],
      ['state', 'acknowledged: looking'],
    ]);
  });

  test('that is not there is said', async () => {
    const asked = site.ask('getAlert', { params: { id: 'PTL-A-NONE' } });
    await expect(asked).rejects.toMatchObject({ code: 'E_NOT_FOUND' });
  });

  test('of who floods others is offered to be cut', async () => {
    const [flood] = site.context.alerts.take(
      signal({
        ...{ type: 'ddos_source', severity: 'critical', at: NOW - HOUR, devices: [MAC] },
        ...{ peer: '203.0.113.9', port: 80, transport: 'tcp' },
      }),
    );
    const view = await site.ask<AlertView>('getAlert', { params: { id: flood?.id ?? '' } });
    expect(view.containable).toBe(true);
    expect(view.summary).toBe('"Front camera" did ddos_source');
  });

  test('with a controller is not offered to be cut', async () => {
    const [write] = site.context.alerts.take(
      signal({ type: 'ot_write', severity: 'high', at: NOW - HOUR + MINUTE, devices: [MAC] }),
    );
    const view = await site.ask<AlertView>('getAlert', { params: { id: write?.id ?? '' } });
    expect(view.containable).toBe(false);
    expect(view.others.map((one) => one.id)).toContain(id);
  });
});

describe('a person', () => {
  test.each([
    ['acknowledges', 'ack', 'acknowledged'],
    ['resolves', 'resolve', 'resolved'],
    ['snoozes', 'snooze', 'snoozed'],
  ])('%s it, with a note, and it is written down who did', async (_, verb, state) => {
    expect(await act(verb, { note: 'seen' })).toMatchObject({ state, changedBy: 'user:mira' });
    const view = await show();
    expect(view.note).toBe('seen');
    expect(view.log.at(-1)).toMatchObject({ by: 'user:mira', text: `${state}: seen` });
  });

  test('opens it again', async () => {
    await act('resolve');
    expect(await act('reopen')).toMatchObject({ state: 'open' });
  });

  test('says until when it is snoozed; without a word for eight hours', async () => {
    await act('snooze');
    expect((await show()).snoozedUntil).toBe(NOW + 8 * HOUR);
    await act('snooze', { until: NOW + DAY });
    expect((await show()).snoozedUntil).toBe(NOW + DAY);
  });

  test('changes nothing in a dry run', async () => {
    await site.ask('resolveAlert', { params: { id }, body: {}, dryRun: true });
    expect((await show()).state).toBe('open');
  });

  test('sees what an expectation would hide before it is taught', async () => {
    const body = { type: true, peer: false, port: true, days: 30, note: 'our scanner' };
    const ask = (dryRun: boolean): Promise<ExpectPreview> =>
      site.ask<ExpectPreview>('expectAlert', { params: { id }, body, dryRun });
    const preview = await ask(true);
    expect(preview).toMatchObject({ hides: 1, alerts: [{ id }] });
    expect(preview.sentence).toContain('port_scan_vertical by "Front camera"');
    expect((await show()).state).toBe('open');
    await ask(false);
    expect((await show()).state).toBe('resolved');
  });

  test('takes an expectation back', async () => {
    const body = { type: true, peer: true, port: false };
    await site.ask('expectAlert', { params: { id }, body });
    const all = await site.ask<ExpectationView[]>('listExpectations');
    expect(all).toMatchObject([{ by: 'user:mira', hidden: 0 }]);
    const params = { id: all[0]?.id ?? '' };
    expect(await site.answer('withdrawExpectation', { params })).toEqual({ kind: 'nothing' });
    expect(await site.ask('listExpectations')).toEqual([]);
    await expect(site.answer('withdrawExpectation', { params })).rejects.toMatchObject({
      code: 'E_NOT_FOUND',
    });
  });
});

describe('packets', () => {
  const ask = () => site.answer('getAlertPackets', { params: { id } });

  test('that nobody kept are said to be missing, with what to do', async () => {
    await expect(ask()).rejects.toMatchObject({
      code: 'E_NOT_FOUND',
      remedy: expect.stringContaining(`portolan alerts show ${id} --from`),
    });
  });

  test('are cut out of the captures beside the database, and are a pcapng', async () => {
    // A frame a second from 1,795,600,000 on, of HTTP with 192.0.2.2.
    const at = 1_795_600_003_000;
    const [web] = site.context.alerts.take(signal({ at, devices: ['192.0.2.2'], key: 'web' }));
    id = web?.id ?? '';
    mkdirSync(join(site.folder, 'captures'));
    writeFileSync(join(site.folder, 'captures', 'day.pcap'), pcap(1, httpConversation(40_000)));
    expect((await show()).hasPackets).toBe(true);
    const answer = await ask();
    expect(answer).toMatchObject({ media: 'application/x-pcapng', file: `${id}.pcapng` });
    const body = answer.kind === 'media' && answer.body instanceof Uint8Array ? answer.body : [];
    // Section header block (draft-ietf-opsawg-pcapng §4.1).
    expect([...body.slice(0, 4)]).toEqual([0x0a, 0x0d, 0x0d, 0x0a]);
    expect(Buffer.from(body).includes(Buffer.from(id))).toBe(true);
  });

  test.each([
    ['another time', { at: 1_795_600_300_000 }],
    ['another device', { devices: ['192.0.2.77'] }],
    ['another peer', { peer: '198.51.100.77' }],
    ['another port', { port: 2323, transport: 'tcp' as const }],
  ])('are not those of %s: then there are none', async (_, other) => {
    const about = { at: 1_795_600_003_000, devices: ['192.0.2.2'], key: 'other', ...other };
    const [alert] = site.context.alerts.take(signal(about));
    id = alert?.id ?? '';
    mkdirSync(join(site.folder, 'captures'));
    writeFileSync(join(site.folder, 'captures', 'day.pcap'), pcap(1, httpConversation(40_000)));
    expect((await show()).hasPackets).toBe(false);
    await expect(ask()).rejects.toMatchObject({ code: 'E_NOT_FOUND' });
  });
});
