import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { connectAsync } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HomeAssistant } from '../../../src/io/deliver/home-assistant.ts';
import type { NoticeDevice } from '../../../src/notifiers/notifier.ts';
import { CAMERA } from '../../notifiers/samples.ts';
import { ATTACKS } from '../../reports/attacks.ts';
import { freePorts, missing, Program } from './programs.ts';

const absent = missing('mosquitto');
const MINUTE = 60_000;
const PATIENCE = { timeout: 10_000, interval: 20 };
const LAMP: NoticeDevice = { ...CAMERA, id: 'PTL-D-LAMP', name: 'Lamp', macs: [] };

const CAMERA_CONFIG = 'homeassistant/device/ptl_7f3k/config';
const CAMERA_STATE = 'portolan/d/ptl_7f3k';

describe.skipIf(absent !== undefined)(`mosquitto (${absent ?? 'installed'})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-home-'));
  let broker: Program;
  let url = '';
  let homes: HomeAssistant[] = [];
  let client: MqttClient;
  /** Each message that came, in order; an empty one removes. */
  let heard: { topic: string; text: string }[] = [];
  let said: string[] = [];
  let now = 0;
  let devices: readonly NoticeDevice[] | undefined = [];
  let ticking: NodeJS.Timeout;

  function startBroker(): void {
    broker = new Program('mosquitto', ['-c', join(folder, 'mosquitto.conf')]);
  }

  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    url = `mqtt://127.0.0.1:${port}`;
    const config = `user root\nallow_anonymous true\nlistener ${port} 127.0.0.1\n`;
    writeFileSync(join(folder, 'mosquitto.conf'), config);
    startBroker();
    ticking = setInterval(() => {
      for (const home of homes) home.tick();
    }, 10);
  }, 20_000);

  afterAll(async () => {
    clearInterval(ticking);
    await broker.end();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    [homes, said, now, devices] = [[], [], 0, [CAMERA]];
    await listen();
  });

  /** Each test begins with a broker that keeps nothing. */
  afterEach(async () => {
    await Promise.all(homes.map((home) => home.close()));
    const topics = new Set(heard.map(({ topic }) => topic));
    for (const topic of topics) await client.publishAsync(topic, '', { qos: 1, retain: true });
    await client.endAsync();
  });

  async function listen(): Promise<void> {
    heard = [];
    await expect
      .poll(async () => {
        client = await connectAsync(url, { reconnectPeriod: 0, connectTimeout: 500 });
        return client.connected;
      }, PATIENCE)
      .toBe(true);
    client.on('message', (topic, payload) => heard.push({ topic, text: payload.toString() }));
    await client.subscribeAsync('#', { qos: 1 });
  }

  function open(at = url): HomeAssistant {
    const home = new HomeAssistant({
      channel: 'home',
      settings: { url: at, prefix: 'portolan', discovery: 'homeassistant' },
      version: '1.2.3',
      now: () => now,
      devices: () => devices,
      log: (text) => said.push(text),
    });
    homes.push(home);
    return home;
  }

  const last = (topic: string): string | undefined =>
    heard.findLast((one) => one.topic === topic)?.text;
  const times = (topic: string): number => heard.filter((one) => one.topic === topic).length;
  const until = (topic: string, text: string): Promise<void> =>
    expect.poll(() => last(topic), PATIENCE).toBe(text);
  const known = (topic: string): Promise<void> =>
    expect.poll(() => last(topic) ?? '', PATIENCE).not.toBe('');

  test('every device is there, with its state, while the daemon says that it runs', async () => {
    devices = [{ ...CAMERA, online: true, risk: 'high' }, LAMP];
    open();
    await known('portolan/d/ptl_lamp');
    expect(last('portolan/status')).toBe('online');
    expect(JSON.parse(last(CAMERA_CONFIG) ?? '')).toMatchObject({
      availability_topic: 'portolan/status',
      state_topic: CAMERA_STATE,
    });
    expect(JSON.parse(last(CAMERA_STATE) ?? '')).toEqual({
      ...{ online: 'ON', problem: 'ON', open_alerts: 2 },
      ...{ services: 4, risk: 'high' },
    });
    // All of it is kept for who comes later, but no command is heard.
    expect(heard.some(({ text }) => text.includes('command_topic'))).toBe(false);
  });

  test('what is the same is told once, and what became another at the next look', async () => {
    open();
    await known(CAMERA_STATE);
    devices = [{ ...CAMERA, openAlerts: 0 }];
    now += MINUTE;
    await expect.poll(() => last(CAMERA_STATE), PATIENCE).toContain('"problem":"OFF"');
    expect([times(CAMERA_STATE), times(CAMERA_CONFIG)]).toEqual([2, 1]);
  });

  test('all of it is told again after a quarter of an hour, and when Home Assistant begins', async () => {
    open();
    await known(CAMERA_STATE);
    now += 15 * MINUTE;
    await expect.poll(() => times(CAMERA_CONFIG), PATIENCE).toBe(2);
    await expect.poll(() => times(CAMERA_STATE), PATIENCE).toBe(2);
    await client.publishAsync('homeassistant/status', 'online', { qos: 1 });
    await expect.poll(() => times(CAMERA_CONFIG), PATIENCE).toBe(3);
  });

  test('a device that is forgotten is taken away', async () => {
    devices = [CAMERA, LAMP];
    open();
    await known('portolan/d/ptl_lamp');
    devices = [LAMP];
    now += MINUTE;
    await until(CAMERA_STATE, '');
    await until(CAMERA_CONFIG, '');
    expect(last('portolan/d/ptl_lamp')).not.toBe('');
  });

  test('one that was forgotten while no daemon ran, too; what others keep there stays', async () => {
    const kept = { qos: 1, retain: true } as const;
    await client.publishAsync('portolan/d/ptl_gone', '{}', kept);
    await client.publishAsync('homeassistant/device/ptl_gone/config', '{}', kept);
    await client.publishAsync('portolan/d/mine', '{}', kept);
    open();
    await until('portolan/d/ptl_gone', '');
    await until('homeassistant/device/ptl_gone/config', '');
    await known(CAMERA_STATE);
    expect(last('portolan/d/mine')).toBe('{}');
  });

  test('while it is not known which there are, none is taken away', async () => {
    await client.publishAsync('portolan/d/ptl_gone', '{}', { qos: 1, retain: true });
    devices = undefined;
    open();
    await until('portolan/status', 'online');
    devices = [CAMERA];
    await until('portolan/d/ptl_gone', '');
    expect(heard.findIndex(({ topic }) => topic === CAMERA_CONFIG)).toBeLessThan(
      heard.findLastIndex(({ topic }) => topic === 'portolan/d/ptl_gone'),
    );
  });

  test('an end says that it does not run', async () => {
    const home = open();
    await known(CAMERA_STATE);
    await home.close();
    await until('portolan/status', 'offline');
  });

  test('a daemon that is killed is told of by the broker', async () => {
    const ends: Socket[] = [];
    const cable = createServer((near) => {
      const far = createConnection(Number(new URL(url).port), '127.0.0.1');
      ends.push(near, far);
      near.pipe(far).pipe(near);
      for (const end of [near, far]) end.on('error', () => {});
    }).listen(0, '127.0.0.1');
    await once(cable, 'listening');
    const address = cable.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    open(`mqtt://127.0.0.1:${port}`);
    await known(CAMERA_STATE);
    for (const end of ends) end.destroy();
    await until('portolan/status', 'offline');
    cable.close();
  });

  test('a broker that comes back is told of everything, and one is told once that it was gone', async () => {
    open();
    await known(CAMERA_STATE);
    await client.endAsync();
    await broker.end();
    await expect.poll(() => said.length, PATIENCE).toBe(1);
    startBroker();
    await listen();
    now += MINUTE;
    await known(CAMERA_STATE);
    expect(said).toEqual([
      'home: Home Assistant is not told of devices: the broker hung up',
      'home: connected again',
    ]);
  }, 30_000);

  test('whatever a device is called, topics are ours and payloads are JSON', async () => {
    devices = ATTACKS.map((text, index) => ({
      ...CAMERA,
      ...{ id: `PTL-D-X${index}`, name: text, vendor: text, model: text, firmware: text },
    }));
    open();
    await known(`portolan/d/ptl_x${ATTACKS.length - 1}`);
    for (const { topic, text } of heard) {
      expect(topic).toMatch(/^(portolan|homeassistant)\/[a-z0-9_/]+$/);
      if (topic !== 'portolan/status') expect(() => JSON.parse(text)).not.toThrow();
    }
  });
});
