import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { visible } from '../../src/base/untrusted.ts';
import { AlertKeeper } from '../../src/io/alerts/keeper.ts';
import { openStore } from '../../src/io/store/open.ts';
import type { Signal } from '../../src/model/alert.ts';
import { mac, signal } from '../alerts/signals.ts';
import { datagram, httpConversation } from '../io/capture/frames.ts';
import { lacking } from '../lab/need.ts';
import { pcap } from '../wire/captures.ts';

const MISSING = lacking('tshark');
const PRODUCT = join(import.meta.dirname, '../../dist/portolan.js');
const HOUR = 3_600_000;
const CAMERA = mac(0x31);

let folder = '';

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function portolan(...words: readonly string[]): Outcome {
  return spawnSync(process.execPath, [PRODUCT, ...words], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, PORTOLAN_DATA: folder, NO_COLOR: '1' },
    timeout: 60_000,
  });
}

function json(...words: readonly string[]): Record<string, unknown> {
  const { stdout } = portolan(...words, '--json');
  const document: Record<string, unknown> = JSON.parse(stdout);
  return document;
}

function items(...words: readonly string[]): readonly Record<string, unknown>[] {
  const document: { items: Record<string, unknown>[] } = JSON.parse(
    portolan(...words, '--json').stdout,
  );
  return document.items;
}

/** Alerts as a monitor would have stored them. */
function happen(...signals: readonly Partial<Signal>[]): readonly string[] {
  const store = openStore(folder);
  const keeper = new AlertKeeper(store);
  for (const parts of signals) keeper.take(signal({ at: Date.now() - HOUR, ...parts }));
  keeper.close();
  const ids = [...keeper.book.all()].map(({ alert }) => alert.id);
  store.close();
  return ids;
}

const SCAN: Partial<Signal> = {
  type: 'port_scan_vertical',
  severity: 'high',
  devices: [CAMERA, mac(0x32)],
};
const PORT: Partial<Signal> = { type: 'new_port', port: 23, transport: 'tcp', devices: [CAMERA] };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-alerts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('without any it is said where they come from', () => {
  const { status, stdout, stderr } = portolan('alerts');
  expect([status, stdout]).toEqual([0, '']);
  expect(stderr).toContain('portolan watch');
});

describe('the list', () => {
  test('has the worst first, and what is only information when asked', () => {
    happen(PORT, SCAN, { type: 'trend', severity: 'info', devices: [mac(5)] });
    const types = (...words: string[]): unknown[] =>
      items('alerts', ...words).map(({ last }) => Object(last).type);
    expect(types()).toEqual(['port_scan_vertical', 'new_port']);
    expect(types('--severity', 'info')).toHaveLength(3);
    expect(types('--severity', 'high')).toEqual(['port_scan_vertical']);
    expect(portolan('alerts').stdout.split('\n')[0]?.split('\t')).toContain('severity');
  });

  test.each([
    ['an open one of that severity', [], 1],
    ['none that is as severe', ['--fail-on', 'critical'], 0],
    ['none since then', ['--since', '5m'], 0],
  ])('--fail-on, %s', (_, words, status) => {
    happen(SCAN);
    expect(portolan('alerts', '--fail-on', 'high', ...words).status).toBe(status);
  });

  test('--fail-on, one that somebody looks after already', () => {
    const [id = ''] = happen(SCAN);
    portolan('alerts', 'ack', id);
    expect(portolan('alerts', '--fail-on', 'high').status).toBe(0);
  });
});

describe('one alert', () => {
  test('says who, how unusual, the proof, what was not seen, what to do', () => {
    const [id = ''] = happen(PORT);
    const { status, stdout } = portolan('alerts', 'show', id);
    expect(status).toBe(0);
    for (const part of [
      id,
      `${CAMERA} did new_port`,
      'It never did before.',
      'frames 7 of the capture',
      'tries: 3',
      'Why medium  it is new',
      'Not seen    replies',
      `portolan contain ${CAMERA}`,
      `portolan alerts expect ${id}`,
      'opened by portolan',
      `eth.addr == ${CAMERA} && tcp.port == 23`,
    ]) {
      expect(stdout).toContain(part);
    }
    expect(portolan('explain', id).stdout).toBe(stdout);
    expect(json('alerts', id)).toMatchObject({ schema: 'portolan/alert/v1', alert: { id } });
  });

  test('shows nothing that a terminal would obey', () => {
    const [id = ''] = happen({
      ...PORT,
      summary: '\u001b]0;x\u0007\u009b2J\u202ebad',
      usual: '\r\n\u001b[1A',
    });
    const { stdout } = portolan('alerts', 'show', id);
    expect(stdout.split('\n').map(visible).join('\n')).toBe(stdout);
  });

  test('its packets need a capture, and the remedy names the option', () => {
    const [id = ''] = happen(PORT);
    const { status, stderr } = portolan('alerts', 'show', id, '--pcap', join(folder, 'x.pcapng'));
    expect(status).toBe(2);
    expect(stderr).toContain('--from CAPTURE');
  });

  test.skipIf(MISSING !== undefined)(
    'its packets are those of its port, from half a minute before to half a minute after, each with its id',
    () => {
      // A frame a second from 1,795,600,000 on, of HTTP to a port of 192.0.2.2.
      const begun = 1_795_600_000_000;
      const frames = Array.from({ length: 20 }, (_, n) => httpConversation(40_000 + n)).flat();
      const day = join(folder, 'day.pcap');
      writeFileSync(day, pcap(1, [...frames, datagram(9, 100)]));
      const port = { port: 8080, transport: 'tcp' } as const;
      const at = begun + 70_000;
      const [id = ''] = happen({ type: 'new_port', devices: ['192.0.2.2'], ...port, at });
      const slice = join(folder, 'slice.pcapng');
      const { status, stderr } = portolan('alerts', 'show', id, '--from', day, '--pcap', slice);
      expect(stderr).toContain('slice.pcapng: 61 packets');
      expect(status).toBe(0);
      // Where they were kept beside the database nobody need say where.
      mkdirSync(join(folder, 'captures'));
      copyFileSync(day, join(folder, 'captures', 'kept-20261125T080640Z-0001.pcap'));
      const kept = portolan('alerts', 'show', id, '--pcap', join(folder, 'kept.pcapng'));
      expect(kept).toMatchObject({ status: 0, stderr: expect.stringContaining('61 packets') });
      const filter = `frame.comment contains "${id}" && tcp.port == 8080`;
      const fields = ['-Y', filter, '-T', 'fields', '-e', 'frame.time_epoch'];
      const { stdout } = spawnSync('tshark', ['-r', slice, ...fields], { encoding: 'utf8' });
      const times = stdout.trim().split('\n').map(Number);
      expect(times).toHaveLength(61);
      expect([times[0], times.at(-1)]).toEqual([begun / 1000 + 40, begun / 1000 + 100]);
    },
  );

  test('a capture without its packets is told, exit 5', () => {
    const [id = ''] = happen(PORT);
    const empty = join(folder, 'empty.pcap');
    // pcap, microseconds, Ethernet, no packet (draft-ietf-opsawg-pcap).
    writeFileSync(empty, Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex'));
    const slice = ['--from', empty, '--pcap', join(folder, 'x.pcapng')];
    const { status, stderr } = portolan('alerts', 'show', id, ...slice);
    expect(stderr).toContain('no packet of it');
    expect(status).toBe(5);
  });
});

describe('what a person says', () => {
  test.each([
    ['ack', [], 'acknowledged'],
    ['resolve', ['--note', 'closed it'], 'resolved'],
    ['snooze', ['--for', '2h'], 'snoozed'],
  ])('%s, and reopen', (verb, words, state) => {
    const [id = ''] = happen(PORT);
    expect(portolan('alerts', verb, id, ...words).status).toBe(0);
    const stateNow = (): unknown => Object(json('alerts', 'show', id)['alert']).state;
    expect(stateNow()).toBe(state);
    expect(portolan('alerts', 'reopen', id.replace('PTL-A-', '').toLowerCase()).status).toBe(0);
    expect(stateNow()).toBe('open');
  });

  test('several at once, and none where one is not there', () => {
    const ids = happen(PORT, SCAN);
    expect(portolan('alerts', 'ack', ...ids, 'PTL-A-0000').status).toBe(2);
    expect(items('alerts', '--state', 'open')).toHaveLength(2);
    expect(portolan('alerts', 'ack', ...ids).status).toBe(0);
    expect(items('alerts', '--state', 'open')).toEqual([]);
  });

  test.each([
    ['an alert that is not there', ['show', 'PTL-A-0000'], 'portolan alerts list --state all'],
    ['no alert', ['ack'], 'portolan alerts'],
    ['a verb with a typing error', ['snoze', 'PTL-A-0000'], 'portolan alerts snooze'],
    ['a time that is none', ['--since', 'soon'], '--since 2h'],
    ['an expectation that is not there', ['rm', 'PTL-E-0000'], 'portolan alerts expectations'],
  ])('%s is refused with a remedy', (_, words, remedy) => {
    const { status, stderr } = portolan('alerts', ...words);
    expect(status).toBe(2);
    expect(stderr).toContain(remedy);
  });
});

describe('to expect', () => {
  test('shows first what it would have hidden, and changes nothing', () => {
    const [id = ''] = happen(PORT, { ...PORT, at: Date.now(), devices: [mac(7)] });
    const { status, stdout, stderr } = portolan('alerts', 'expect', id, '--type');
    expect(status).toBe(0);
    expect(stdout).toContain('would have hidden 2 alerts');
    expect(stderr).toContain(`portolan alerts expect ${id} --type --yes`);
    expect(items('alerts')).toHaveLength(2);
    expect(items('alerts', 'expectations')).toEqual([]);
  });

  test('with --yes it holds: resolved, and not an alert again until it is taken back', () => {
    const [id = ''] = happen(PORT);
    expect(portolan('alerts', 'expect', id, '--for', '30d', '--yes').status).toBe(0);
    expect(items('alerts')).toEqual([]);
    happen({ ...PORT, at: Date.now() });
    expect(items('alerts')).toEqual([]);
    const [expectation] = items('alerts', 'expectations');
    expect(expectation).toMatchObject({ type: 'new_port', device: CAMERA, port: 23, hidden: 1 });
    expect(portolan('alerts', 'rm', String(expectation?.['id'])).status).toBe(0);
    happen({ ...PORT, at: Date.now() });
    expect(items('alerts')).toHaveLength(1);
  });

  test('of every device whatever it does is refused', () => {
    const [id = ''] = happen(PORT);
    const { status, stderr } = portolan('alerts', 'expect', id, '--port');
    expect(status).toBe(2);
    expect(stderr).toContain('--device');
  });
});

test('tail shows what happens while another process has the database, and ends with Ctrl-C', async () => {
  happen(PORT);
  const child = spawn(process.execPath, [PRODUCT, 'alerts', 'tail', '--since', '1d'], {
    env: { PATH: process.env['PATH'], HOME: folder, PORTOLAN_DATA: folder, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += String(chunk);
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const store = openStore(folder);
  try {
    const keeper = new AlertKeeper(store);
    await expect.poll(() => text, { timeout: 20_000 }).toContain('new_port');
    keeper.take(signal({ ...SCAN, at: Date.now() }));
    await expect.poll(() => text, { timeout: 20_000 }).toContain('port_scan_vertical');
  } finally {
    child.kill('SIGINT');
    store.close();
  }
  expect(await ended).toBe(130);
});

test.each([
  ['port_scan_vertical', 'port_scan: '],
  ['new_device', 'new_device: '],
])('explain %s is the page of its detector', (word, start) => {
  const { status, stdout } = portolan('explain', word);
  expect(status).toBe(0);
  expect(stdout.startsWith(start)).toBe(true);
  expect(stdout).toMatch(/^Source: /m);
  expect(stdout).toMatch(/^Known to look like it: /m);
  expect(stdout).toMatch(/^Over, of /m);
});
