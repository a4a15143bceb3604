import { describe, expect, test } from 'vitest';
import { notifiers } from '../../src/notifiers/index.ts';
import type { Notice, Notifier } from '../../src/notifiers/notifier.ts';
import { mac, START, signal } from '../alerts/signals.ts';
import { alert, CAMERA, CONTEXT, hostileNotice, notice, SETTINGS } from './samples.ts';

const WITH_CAMERA = notice({ devices: new Map([[mac(1), CAMERA]]) });

function bodyOf(type: keyof typeof SETTINGS, one: Notice) {
  const delivery = formatted(type, one);
  if (delivery.kind !== 'http') throw new Error(`${type} is no HTTP`);
  return JSON.parse(delivery.body);
}

function formatted(type: keyof typeof SETTINGS, one: Notice, more: object = {}) {
  const notifier: Notifier | undefined = notifiers.all.find(({ id }) => id === type);
  if (notifier === undefined) throw new Error(`no ${type}`);
  return notifier.format(one, notifier.settings.parse({ ...SETTINGS[type], ...more }), CONTEXT);
}

describe('slack', () => {
  test('nobody can be mentioned and nothing linked: foreign text is plain_text', () => {
    const body = bodyOf('slack', hostileNotice('<!channel> <@U1> <http://e.example|x> @here'));
    expect(body).toMatchObject({ mrkdwn: false, link_names: false, unfurl_links: false });
    expect(body.text).not.toMatch(/<|>|:\/\//);
    for (const block of body.blocks) {
      for (const text of block.elements ?? [block.text]) expect(text.type).toBe('plain_text');
    }
    expect(JSON.stringify(body.blocks)).not.toMatch(/@here|:\/\//);
  });
});

describe('discord', () => {
  test('nobody is mentioned, and markup is text', () => {
    const body = bodyOf('discord', hostileNotice('@everyone **x** [y](http://e.example) <@1>'));
    expect(body.allowed_mentions).toEqual({ parse: [] });
    const text = `${body.embeds[0].title}${body.embeds[0].description}`;
    expect(text).not.toMatch(/(?<!\\)[*<[\]]|@everyone|:\/\//);
  });
});

describe('telegram', () => {
  test('foreign text is code in which nothing is looked for, and its markup is text', () => {
    const body = bodyOf(
      'telegram',
      hostileNotice('</code><a href="http://e.example">x</a> @admin'),
    );
    expect(body).toMatchObject({
      chat_id: -100_123,
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
    });
    expect(body.text.replaceAll(/<code>[^<>]*<\/code>/g, '')).not.toContain('admin');
    expect(body.text.match(/<\/?[a-z]+/g).every((tag: string) => /<\/?(b|code)$/.test(tag))).toBe(
      true,
    );
    expect(body.text.length).toBeLessThanOrEqual(4096);
  });
});

describe('ntfy', () => {
  test('is published as JSON to the server above the topic', () => {
    expect(formatted('ntfy', WITH_CAMERA)).toMatchObject({ path: './' });
    expect(bodyOf('ntfy', WITH_CAMERA)).toMatchObject({
      topic: 'home',
      title: 'New port: Front camera',
      priority: 3,
    });
  });

  test('a message is never so long that the server makes a file of it', () => {
    const body = bodyOf('ntfy', hostileNotice('\u{1f600}'.repeat(120)));
    expect(Buffer.byteLength(body.message)).toBeLessThanOrEqual(4096);
  });
});

describe('pagerduty', () => {
  test.each([
    ['opened', 'trigger', 'PTL-A-0001'],
    ['worse', 'trigger', 'PTL-A-0001'],
    ['resolved', 'resolve', 'PTL-A-0001'],
    ['digest', 'trigger', 'PTL-A-0001-opened-1'],
  ] as const)('what is %s is a %s of %s', (kind, action, key) => {
    expect(bodyOf('pagerduty', notice({ kind }))).toMatchObject({
      event_action: action,
      dedup_key: key,
      payload: { severity: 'warning', source: 'Front camera', class: 'new_port' },
    });
  });
});

describe('gotify', () => {
  test('goes to the server wherever it is mounted, as plain text', () => {
    expect(formatted('gotify', WITH_CAMERA)).toMatchObject({
      path: 'https://gotify.example/sub/message',
      credential: { in: 'header', name: 'x-gotify-key' },
    });
    expect(bodyOf('gotify', WITH_CAMERA).extras['client::display']).toEqual({
      contentType: 'text/plain',
    });
  });
});

describe('syslog', () => {
  test('CEF: bars, equals signs and backslashes are escaped where they separate', () => {
    const last = signal({
      devices: [mac(1)],
      type: 'odd|type',
      summary: 'a=b|c\\d\nrt=1',
      peer: '203.0.113.9',
      port: 23,
      transport: 'tcp',
      severity: 'high',
    });
    const delivery = formatted('syslog', {
      ...WITH_CAMERA,
      alerts: [alert({ last, severity: 'high' })],
    });
    expect(delivery.kind === 'syslog' ? delivery.messages : []).toEqual([
      `<131>1 2026-03-02T00:00:00.000Z gateway portolan 812 OPENED [portolan@32473 id="PTL-A-0001" sev="high" type="odd|type" device="PTL-D-7F3K" incident="PTL-A-0001"] CEF:0|Portolan|Portolan|1.2.3|odd\\|type|Odd\\|type|8|rt=${START} externalId=PTL-A-0001 cat=unauthorised-access act=opened src=192.168.1.31 smac=${mac(1)} shost=Front camera dst=203.0.113.9 dpt=23 proto=TCP cnt=1 cs1Label=incident cs1=PTL-A-0001 cs2Label=state cs2=open msg=a\\=b|c\\\\d\\\\x0art\\=1`,
    ]);
  });

  test('CEF: a device with several addresses is shown by the one that people know', () => {
    const addresses = ['fe80::1', '192.168.1.31'];
    const devices = new Map([[mac(1), { ...CAMERA, addresses }]]);
    const delivery = formatted('syslog', notice({ devices }));
    expect(delivery.kind === 'syslog' ? delivery.messages[0] : '').toContain(' src=192.168.1.31 ');
  });

  test('plain: structured data escapes its three characters', () => {
    const last = signal({ devices: ['a"b\\c]d'], summary: 'It did.' });
    const delivery = formatted('syslog', notice({ alerts: [alert({ last })] }), {
      format: 'plain',
      facility: 'local4',
    });
    expect(delivery.kind === 'syslog' ? delivery.messages[0] : '').toBe(
      '<164>1 2026-03-02T00:00:00.000Z gateway portolan 812 OPENED [portolan@32473 id="PTL-A-0001" sev="medium" type="new_port" device="a\\"b\\\\c\\]d" incident="PTL-A-0001"] New port: a"b\\c]d: It did.',
    );
  });
});

describe('mqtt', () => {
  test('a device of Home Assistant is one retained message with all of its entities', () => {
    const delivery = formatted('mqtt', WITH_CAMERA);
    const messages = delivery.kind === 'mqtt' ? delivery.messages : [];
    expect(messages.map(({ topic, retain }) => [topic, retain])).toEqual([
      ['portolan/event/new_port', false],
      ['homeassistant/device/ptl_7f3k/config', true],
      ['portolan/d/ptl_7f3k', true],
      ['portolan/d/ptl_7f3k/alert', false],
    ]);
    const config = JSON.parse(messages[1]?.payload ?? '');
    expect(config).toMatchObject({
      device: {
        identifiers: ['ptl_7f3k'],
        connections: [['mac', mac(1)]],
        name: 'Front camera',
        manufacturer: 'Hikvision',
      },
      origin: { name: 'Portolan', sw_version: '1.2.3' },
      state_topic: 'portolan/d/ptl_7f3k',
    });
    // Nobody says under `portolan/status` that he runs.
    expect(config).not.toHaveProperty('availability_topic');
    const parts: Record<string, { platform: string; unique_id: string; event_types?: string[] }> =
      config.components;
    expect(Object.entries(parts).map(([key, { platform }]) => [key, platform])).toEqual([
      ['online', 'binary_sensor'],
      ['problem', 'binary_sensor'],
      ['services', 'sensor'],
      ['risk', 'sensor'],
      ['alert', 'event'],
      ['last_alert', 'sensor'],
    ]);
    expect(new Set(Object.values(parts).map((part) => part.unique_id)).size).toBe(6);
    expect(messages[1]?.payload).not.toContain('command_topic');
    expect(JSON.parse(messages[2]?.payload ?? '')).toEqual({
      problem: 'ON',
      open_alerts: 2,
      services: 4,
      last_alert: 'New port',
    });
    expect(parts['alert']?.event_types).toContain(
      JSON.parse(messages[3]?.payload ?? '').event_type,
    );
  });

  test('what is known of a device is told, and what is not is unknown', () => {
    const known = { ...CAMERA, online: false, risk: 'high' } as const;
    const told = formatted('mqtt', notice({ devices: new Map([[mac(1), known]]) }));
    const messages = told.kind === 'mqtt' ? told.messages : [];
    expect(JSON.parse(messages[2]?.payload ?? '')).toMatchObject({ online: 'OFF', risk: 'high' });
    const { components } = JSON.parse(messages[1]?.payload ?? '');
    expect(components.online.value_template).toBe("{{ value_json.online | default('None') }}");
  });

  test('the problem of a device is over with its last alert', () => {
    const over = notice({
      kind: 'resolved',
      devices: new Map([[mac(1), { ...CAMERA, openAlerts: 0 }]]),
    });
    const delivery = formatted('mqtt', over);
    const state = delivery.kind === 'mqtt' ? delivery.messages[2]?.payload : '';
    expect(JSON.parse(state ?? '')).toMatchObject({ problem: 'OFF', open_alerts: 0 });
  });

  test('without discovery only the events are told', () => {
    const delivery = formatted('mqtt', WITH_CAMERA, { discovery: 'off', prefix: 'a/b' });
    const topics = delivery.kind === 'mqtt' ? delivery.messages.map(({ topic }) => topic) : [];
    expect(topics).toEqual(['a/b/event/new_port']);
  });
});

describe('webhook', () => {
  test('the body says everything that a program needs', () => {
    expect(bodyOf('webhook', WITH_CAMERA)).toMatchObject({
      schema: 'portolan/notice/v1',
      type: 'alert.created',
      timestamp: '2026-03-02T00:00:00.000Z',
      data: {
        severity: 'medium',
        title: 'New port: Front camera',
        more: 0,
        alerts: [
          {
            id: 'PTL-A-0001',
            type: 'new_port',
            device: { key: mac(1), name: 'Front camera', id: 'PTL-D-7F3K' },
            port: 23,
            transport: 'tcp',
          },
        ],
      },
    });
  });

  test('an id with a dot would be signed ambiguously, so it has none', () => {
    expect(formatted('webhook', notice({ id: 'a.b c\r\nx' }))).toMatchObject({
      headers: { 'webhook-id': 'a_b_c__x' },
      credential: { in: 'signature', id: 'a_b_c__x' },
    });
  });
});
