import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { untrusted } from '../../../../src/base/untrusted.ts';
import { routes } from '../../../../src/io/api/routes/index.ts';
import type { Page } from '../../../../src/model/api/common.ts';
import type { DeviceItem, DeviceView } from '../../../../src/model/api/site.ts';
import { quoteWord } from '../../../../src/query/complete.ts';
import { signal } from '../../../alerts/signals.ts';
import { Story } from '../../../evidence.ts';
import { flow, HOUR, NOW, SiteContext } from '../site-context.ts';

const FILE = join(import.meta.dirname, '../../../../../shared/tools/hostile/strings.json');
const IS_THERE = existsSync(FILE);
if (!IS_THERE && process.env['CI'] !== undefined) throw new Error(`${FILE} is missing`);

const STRINGS: readonly string[] = IS_THERE
  ? Object.values<readonly string[]>(JSON.parse(readFileSync(FILE, 'utf8'))).flat()
  : [];
/** Longer than any name may be. */
const LONG = 'A'.repeat(100_000);

let site: SiteContext;

beforeAll(() => {
  site = new SiteContext({ zones: { iot: ['10.0.0.0/8'] } });
  for (const [index, text] of [...STRINGS, LONG].entries()) {
    const address = `10.0.${index >> 8}.${index & 255}`;
    const mac = `02:00:00:00:${hex(index >> 8)}:${hex(index & 255)}`;
    site.add(
      ...new Story(NOW - HOUR)
        .present(address, mac)
        .attribute(address, 'vendor', text)
        .attribute(address, 'model', text)
        .attribute(address, 'firmware', text)
        .open(address, 80)
        .speaks(address, 80, 'http')
        .detail(address, 80, 'title', text)
        .says(address, { kind: 'called', name: untrusted(text) })
        .about(address, 80, {
          kind: 'advertises',
          service: untrusted(text),
          transport: 'tcp',
          port: 81,
        }).evidence,
    );
    site.context.alerts.take(signal({ devices: [mac], at: NOW, key: mac, peer: address }));
    site.addFlows(
      flow({ at: NOW - HOUR, source: { address, port: 1000 }, sni: text.slice(0, 255) }),
    );
  }
});
afterAll(() => site.close());

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}

describe.skipIf(!IS_THERE)('whatever strangers call themselves', () => {
  const lists = routes.filter(
    ({ method, params, scope, id }) =>
      method === 'get' && params === undefined && scope === 'read' && MINE.has(id),
  );

  test.each(lists.map(({ id }) => id))('%s answers by its schema, and is JSON', async (id) => {
    const answer = await site.ask(id, id === 'completeFilter' ? COMPLETE : {});
    expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
  });

  test('each name is told as it is, no longer than it may be, and is found by itself', async () => {
    for (const text of [...STRINGS, LONG]) {
      const name = text.slice(0, 255);
      // An empty name is no name.
      if (name.trim() === '') continue;
      const filter = `name = ${quoteWord(name)}`;
      const page = await site.list<DeviceItem>('listDevices', { filter, limit: '500' });
      expect(page.items.map((item) => item.name)).toContain(name);
    }
  });

  test('the page of each device, and of each alert, is whole', async () => {
    const { items } = await site.list<DeviceItem>('listDevices', { limit: '500' });
    expect(items.length).toBeGreaterThan(100);
    for (const { id, name } of items) {
      const view = await site.ask<DeviceView>('getDevice', { params: { id } });
      expect(view.name).toBe(name);
      expect(view.verdict).not.toContain(name.length > 3 ? name : '\u0000');
    }
    const alerts: Page<{ id: string }> = await site.list('listAlerts', { limit: '20' });
    for (const { id } of alerts.items) await site.ask('getAlert', { params: { id } });
  });

  test('each of them as a filter, an order, a cursor or an id is refused or answered', async () => {
    for (const text of STRINGS) {
      for (const query of [{ filter: text }, { sort: text.slice(0, 64) }, { cursor: text }]) {
        await site.list('listDevices', query).catch(only('E_FILTER', 'E_USAGE'));
        await site.list('listFlows', query).catch(only('E_FILTER', 'E_USAGE'));
      }
      await site.ask('getDevice', { params: { id: text } }).catch(only('E_NOT_FOUND'));
      await site.ask('getAlert', { params: { id: text.slice(0, 40) } }).catch(only('E_NOT_FOUND'));
    }
  });

  test('every report is made to its end', async () => {
    for (const { id } of await site.ask<{ id: string }[]>('listReports')) {
      const length = await lengthOf(await site.answer('getReport', { params: { id } }));
      expect(length).toBeGreaterThan(1000);
    }
  });
});

const MINE = new Set([
  'getOverview',
  'listDevices',
  'listServices',
  'listLedger',
  'listFindings',
  'getMatrix',
  'listChanges',
  'listFlows',
  'getZoneMatrix',
  'getFlowPicture',
  'listAlerts',
  'listExpectations',
  'listReports',
  'getSettings',
  'completeFilter',
  'listScans',
]);
const COMPLETE = { query: { resource: 'devices', text: 'name = ' } };

async function lengthOf(answer: Awaited<ReturnType<SiteContext['answer']>>): Promise<number> {
  if (answer.kind !== 'media') return 0;
  if (typeof answer.body === 'string' || answer.body instanceof Uint8Array) {
    return answer.body.length;
  }
  let length = 0;
  for await (const chunk of answer.body) length += chunk.length;
  return length;
}

/** Anything else is a mistake of ours, and thrown. */
function only(...codes: readonly string[]): (error: unknown) => void {
  return (error) => {
    if (!codes.includes(String(Object(error).code))) throw error;
  };
}
