import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { find } from '../../../lab/tools.ts';
import { sendMqtt } from '../../../src/io/deliver/send-mqtt.ts';
import { mqtt } from '../../../src/notifiers/mqtt.ts';
import { mac } from '../../alerts/signals.ts';
import { CAMERA, CONTEXT, hostileNotice, notice } from '../../notifiers/samples.ts';
import { ATTACKS } from '../../reports/attacks.ts';
import type { Certificates } from './certificates.ts';
import { makeCertificates } from './certificates.ts';
import { tcpSink } from './http-sink.ts';
import { freePorts, missing, Program } from './programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'portolan-mqtt-'));
const signal = new AbortController().signal;
const absent = missing('mosquitto', 'mosquitto_passwd', 'openssl');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content, { mode: 0o644 });
  return join(folder, name);
}

describe.skipIf(absent !== undefined)(`mosquitto (${absent ?? 'installed'})`, () => {
  let broker: Program;
  let certificates: Certificates;
  let tcp = 0;
  let tls = 0;
  let password_file = '';

  beforeAll(async () => {
    certificates = makeCertificates(join(folder, 'tls'));
    [tcp = 0, tls = 0] = await freePorts(2);
    password_file = file('password', 'hunter2\n');
    const accounts = file('accounts', '');
    execFileSync(find('mosquitto_passwd') ?? '', ['-b', accounts, 'portolan', 'hunter2'], {
      stdio: 'pipe',
    });
    const config = file(
      'mosquitto.conf',
      [
        'user root',
        'allow_anonymous false',
        `password_file ${accounts}`,
        `listener ${tcp} 127.0.0.1`,
        `listener ${tls} 127.0.0.1`,
        `certfile ${certificates.cert}`,
        `keyfile ${certificates.key}`,
      ].join('\n'),
    );
    broker = new Program('mosquitto', ['-c', config]);
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await send([])).kind === 'delivered') return;
      await pause(50);
    }
    throw new Error(`mosquitto does not start: ${broker.said}`);
  }, 20_000);

  afterAll(() => broker.end());

  function send(messages: Parameters<typeof sendMqtt>[0], more: object = {}) {
    const url = `mqtt://127.0.0.1:${tcp}`;
    return sendMqtt(messages, { url, user: 'portolan', password_file, ...more }, signal);
  }

  /** What a subscriber hears, of what is retained or comes while `work` runs. */
  async function heard(topic: string, count: number, work = async () => {}) {
    const client = await connectAsync(`mqtt://127.0.0.1:${tcp}`, {
      username: 'portolan',
      password: 'hunter2',
    });
    const found: { retained: boolean; topic: string; payload: unknown }[] = [];
    client.on('message', (name, payload, { retain }) => {
      found.push({ retained: retain, topic: name, payload: JSON.parse(payload.toString()) });
    });
    await client.subscribeAsync(topic, { qos: 1 });
    await work();
    await expect.poll(() => found.length, { timeout: 5000 }).toBe(count);
    await client.endAsync();
    return found;
  }

  test('an alert reaches who subscribes, and Home Assistant finds the device later', async () => {
    const one = notice({ devices: new Map([[mac(1), CAMERA]]) });
    const { messages } = mqtt.format(one, settings(), CONTEXT);
    const live = await heard('portolan/event/#', 1, async () => {
      expect(await send(messages)).toEqual({ kind: 'delivered' });
    });
    expect(live).toMatchObject([
      { retained: false, topic: 'portolan/event/new_port', payload: { type: 'alert.created' } },
    ]);
    expect(await heard('homeassistant/#', 1)).toMatchObject([
      {
        retained: true,
        topic: 'homeassistant/device/ptl_7f3k/config',
        payload: { device: { name: 'Front camera' } },
      },
    ]);
    expect(await heard('portolan/d/+', 1)).toMatchObject([
      { retained: true, payload: { problem: 'ON', services: 4 } },
    ]);
  });

  test('the broker takes a message about any name, under topics that are ours alone', async () => {
    for (const text of ATTACKS) {
      const { messages } = mqtt.format(hostileNotice(text), settings(), CONTEXT);
      expect(await send(messages)).toEqual({ kind: 'delivered' });
    }
  }, 30_000);

  test('a wrong password is refused and not tried again', async () => {
    const wrong = { password_file: file('wrong', 'letmein\n') };
    expect(await send([], wrong)).toMatchObject({
      kind: 'refused',
      why: expect.stringMatching(/[Nn]ot authorized/),
    });
  });

  test('TLS with an authority of its own, and none without', async () => {
    const url = `mqtts://127.0.0.1:${tls}`;
    expect(await send([], { url, ca_file: certificates.ca })).toEqual({ kind: 'delivered' });
    expect(await send([], { url })).toMatchObject({
      kind: 'later',
      why: expect.stringMatching(/certificate/),
    });
  });
});

test('a broker that hangs up or is not there is tried later', async () => {
  const sink = await tcpSink((socket) => socket.destroy());
  const url = `mqtt://127.0.0.1:${sink.port}`;
  expect(await sendMqtt([], { url }, signal)).toMatchObject({ kind: 'later' });
  sink.close();
  expect(await sendMqtt([], { url }, signal)).toMatchObject({ kind: 'later' });
});

test('a broker that says nothing is given up when the end comes', async () => {
  const sink = await tcpSink(() => {});
  const end = new AbortController();
  const sending = sendMqtt([], { url: `mqtt://127.0.0.1:${sink.port}` }, end.signal);
  end.abort();
  expect(await sending).toMatchObject({ kind: 'later' });
  sink.close();
});

function settings() {
  return mqtt.settings.parse({ type: 'mqtt', url: 'mqtt://127.0.0.1' });
}
