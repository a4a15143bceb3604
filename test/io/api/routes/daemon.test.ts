import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ScanView, SettingsView } from '../../../../src/model/api/daemon.ts';
import type { CompletionView } from '../../../../src/model/api/query.ts';
import type { ScanRecord } from '../../../../src/model/scan.ts';
import { Story } from '../../../evidence.ts';
import { HOUR, NOW, SCAN, SiteContext } from '../site-context.ts';

let site: SiteContext;

beforeEach(() => {
  site = new SiteContext();
});
afterEach(() => site.close());

describe('scans', () => {
  const { targets, tcpPorts, udpPorts, pace, notes, budget } = SCAN;
  const past: ScanRecord = {
    id: 'PTL-S-PAST',
    startedAt: NOW - HOUR,
    endedAt: NOW - HOUR / 2,
    outcome: 'complete',
    budget: { ...budget, devices: 3 },
    ...{ targets, tcpPorts, udpPorts, pace, notes },
  };

  test('are begun with what was asked', async () => {
    const body = { targets: ['192.168.1.0/24'], pace: 'gentle' };
    const answer = await site.answer('startScan', { body });
    expect(answer).toMatchObject({ kind: 'json', status: 202, value: { id: SCAN.id } });
    expect(site.asked).toEqual([body]);
  });

  test('are listed, those under way and those of the past, newest first', async () => {
    site.context.session.store.saveScan(past);
    await site.answer('startScan', { body: {} });
    const { items } = await site.list<ScanView>('listScans');
    expect(items.map(({ id, phase }) => [id, phase])).toEqual([
      ['PTL-S-LIVE', 'ports'],
      ['PTL-S-PAST', 'done'],
    ]);
    expect(await site.ask('getScan', { params: { id: 'ptl-s-past' } })).toMatchObject({
      devices: 3,
      done: 3,
    });
  });

  test('are stopped while they are under way, and only then', async () => {
    await site.answer('startScan', { body: {} });
    const params = { id: SCAN.id };
    expect(await site.answer('stopScan', { params })).toEqual({ kind: 'nothing' });
    await expect(site.answer('stopScan', { params })).rejects.toMatchObject({
      code: 'E_NOT_FOUND',
    });
  });

  test('that are not there are said', async () => {
    await expect(site.ask('getScan', { params: { id: 'PTL-S-NONE' } })).rejects.toMatchObject({
      code: 'E_NOT_FOUND',
    });
  });
});

describe('settings', () => {
  test('have their origin; of a channel only its type', async () => {
    const { context } = site;
    const { config } = context;
    Object.assign(config.settings, {
      channels: { phone: { type: 'webhook', url: 'https://hook.example/s3cret' } },
    });
    const view = await site.ask<SettingsView>('getSettings');
    expect(view.entries).toContainEqual({ key: 'pace', value: '"polite"', origin: 'default' });
    expect(view.channels).toMatchObject([{ id: 'phone', type: 'webhook', state: 'unknown' }]);
    expect(JSON.stringify(view)).not.toContain('s3cret');
  });

  test('a channel is tried, and what became of it is told', async () => {
    let heard = '';
    const server = createServer((request, response) => {
      request.on('data', (chunk) => {
        heard += String(chunk);
      });
      request.on('end', () => response.writeHead(heard.includes('again') ? 500 : 204).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // biome-ignore lint/nursery/noUnsafeTypeAssertion: a TCP server has no other kind of address
    const { port } = server.address() as AddressInfo;
    Object.assign(site.context.config.settings, {
      channels: { hook: { type: 'webhook', url: `http://127.0.0.1:${port}/` } },
    });
    const params = { id: 'hook' };
    expect(await site.ask('testChannel', { params, dryRun: true })).toMatchObject({ ok: true });
    expect(heard).toBe('');
    expect(await site.ask('testChannel', { params })).toMatchObject({ ok: true });
    expect(heard).toContain('Test message of Portolan');
    await new Promise((resolve) => server.close(resolve));
    expect(await site.ask('testChannel', { params })).toMatchObject({ ok: false });
  });

  test('a channel that is not there is said, with the one that was meant', async () => {
    await expect(site.ask('testChannel', { params: { id: 'phone' } })).rejects.toMatchObject({
      code: 'E_NOT_FOUND',
    });
  });
});

describe('reports', () => {
  test('are those of the command line', async () => {
    const all = await site.ask<{ id: string }[]>('listReports');
    expect(all.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['html', 'json', 'csv', 'markdown']),
    );
  });

  test.each([
    ['html', 'text/html; charset=utf-8', 'portolan.html', '192.168.1.31'],
    ['json', 'application/json', 'portolan.json', '"192.168.1.31"'],
    ['markdown', 'text/markdown; charset=utf-8', 'portolan.md', '192.168.1.31'],
  ])('%s comes as a file', async (id, media, file, part) => {
    site.add(...new Story(NOW - HOUR).present('192.168.1.31').open('192.168.1.31', 80).evidence);
    const answer = await site.answer('getReport', { params: { id } });
    expect(answer).toMatchObject({ kind: 'media', media, file });
    expect(await textOf(answer)).toContain(part);
  });

  test('one that is not there is said, with the one that was meant', async () => {
    await expect(site.answer('getReport', { params: { id: 'htm' } })).rejects.toMatchObject({
      remedy: 'Did you mean html?',
    });
  });
});

test('a filter is completed with what is there, and judged as it stands', async () => {
  site.add(
    ...new Story(NOW).present('192.168.1.31').attribute('192.168.1.31', 'vendor', 'Acme').evidence,
  );
  const complete = (text: string): Promise<CompletionView> =>
    site.ask<CompletionView>('completeFilter', { query: { resource: 'devices', text } });
  expect(await complete('vendor = ')).toEqual({
    problem: { at: 9, message: expect.stringContaining('a value is missing') },
    suggestions: [{ insert: 'Acme', from: 9, help: 'vendor' }],
  });
  expect((await complete('vendor = Acme')).problem).toBeUndefined();
  const flows = await site.ask<CompletionView>('completeFilter', {
    query: { resource: 'flows', text: 'comm' },
  });
  expect(flows.suggestions).toMatchObject([{ insert: 'communityId' }]);
});

async function textOf(answer: Awaited<ReturnType<SiteContext['answer']>>): Promise<string> {
  if (answer.kind !== 'media') return '';
  if (typeof answer.body === 'string') return answer.body;
  if (answer.body instanceof Uint8Array) return Buffer.from(answer.body).toString();
  let text = '';
  for await (const chunk of answer.body) text += chunk;
  return text;
}
