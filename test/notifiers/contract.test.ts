import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { notifiers } from '../../src/notifiers/index.ts';
import type { Delivery, Notice, Notifier } from '../../src/notifiers/notifier.ts';
import { octets } from '../../src/notifiers/shared/text.ts';
import { mac, signal } from '../alerts/signals.ts';
import { ATTACKS } from '../reports/attacks.ts';
import { alert, CONTEXT, hostileNotice, notice, SETTINGS } from './samples.ts';

const FOLDER = join(import.meta.dirname, '../../src/notifiers');
const PARTS = ['index', 'notifier', 'route'];
const KINDS = ['opened', 'worse', 'resolved', 'digest', 'test'] as const;

const ALL: readonly Notifier[] = notifiers.all;

test('every file of the folder is in the list', () => {
  const files = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -3))
    .filter((file) => !PARTS.includes(file));
  expect(ALL.map(({ id }) => id).toSorted()).toEqual(files.toSorted());
});

describe.each(ALL.map((one) => [one.id, one] as const))('%s', (id, notifier) => {
  const settings = Object.entries(SETTINGS).find(([type]) => type === id)?.[1];
  const config = notifier.settings.parse(settings);
  const format = (one: Notice): Delivery => notifier.format(one, config, CONTEXT);

  test('says by what right it does what it does', () => {
    expect(notifier.title).not.toBe('');
    expect(notifier.sources.length).toBeGreaterThan(0);
  });

  test('has no setting that holds a secret itself', () => {
    const names = Object.keys(notifier.settings.shape);
    const secrets = names.filter((name) => /token|secret|password|key/.test(name));
    expect(secrets.filter((name) => !name.endsWith('_file'))).toEqual([]);
  });

  test.each([
    ['an unknown setting', { ...settings, colour: 'red' }],
    ['another type', { ...settings, type: 'pigeon' }],
  ])('refuses %s', (_, wrong) => {
    expect(notifier.settings.safeParse(wrong).success).toBe(false);
  });

  test.each(KINDS)('a notice of kind %s says the device and what happened', (kind) => {
    const told = kind === 'test' ? notice({ kind, alerts: [] }) : notice({ kind });
    const text = JSON.stringify(format(told));
    if (kind === 'test') expect(text.toLowerCase()).toContain('test');
    else expect(text).toContain('Front camera');
  });

  test('the same notice is the same message', () => {
    expect(format(notice())).toEqual(format(notice()));
  });

  test('a digest of more than anybody reads stays within what the sink takes', () => {
    const alerts = Array.from({ length: 100 }, (_, index) =>
      alert({ last: signal({ devices: [mac(index)], summary: 'x'.repeat(300) }) }, index),
    );
    const delivery = format(notice({ kind: 'digest', alerts, more: 900 }));
    for (const part of partsOf(delivery)) expect(octets(part)).toBeLessThanOrEqual(300_000);
    if (id === 'webhook' && delivery.kind === 'http') {
      expect(octets(delivery.body)).toBeLessThanOrEqual(20_000);
      const body: { data: { alerts: unknown[]; more: number } } = JSON.parse(delivery.body);
      expect(body.data.alerts.length + body.data.more).toBe(1000);
    }
  });

  test.each(ATTACKS)('a device that is called %j breaks nothing', (text) => {
    for (const kind of KINDS) expectSafe(format(hostileNotice(text, kind)));
  });

  test('whatever a device is called, nothing breaks', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expectSafe(format(hostileNotice(text)));
      }),
      { numRuns: 50 },
    );
  });
});

/** biome-ignore lint/suspicious/noControlCharactersInRegex: what may not be there */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** What holds for every sink, by its kind. */
function expectSafe(delivery: Delivery): void {
  switch (delivery.kind) {
    case 'http': {
      for (const [name, value] of Object.entries(delivery.headers)) {
        expect(`${name}: ${value}`).toMatch(/^[ -~]+$/);
      }
      expect(delivery.path).toMatch(/^[!-~]*$/);
      expect(() => JSON.parse(delivery.body)).not.toThrow();
      expect(delivery.body).not.toMatch(CONTROL);
      expect(delivery.body).not.toMatch(/\p{Surrogate}/u);
      return;
    }
    case 'mail':
      expect(delivery.subject).not.toMatch(/[\r\n]/);
      expect(delivery.subject).not.toMatch(CONTROL);
      expect(`${delivery.id}${delivery.thread}`).toMatch(/^[A-Za-z0-9-]+$/);
      expect(delivery.text).not.toMatch(CONTROL);
      expect(tagsOf(delivery.html)).toEqual(
        new Set(['!doctype', 'html', 'head', 'meta', 'body', 'h1', 'ul', 'li']),
      );
      return;
    case 'syslog':
      for (const message of delivery.messages) {
        expect(octets(message)).toBeLessThanOrEqual(2048);
        expect(message).not.toMatch(/\n/);
        expect(message).not.toMatch(CONTROL);
        expect(message).toMatch(HEAD);
      }
      return;
    case 'mqtt':
      for (const { topic, payload } of delivery.messages) {
        expect(topic).toMatch(/^[\w-]+(\/[\w-]+)*$/);
        expect(() => JSON.parse(payload)).not.toThrow();
        expect(payload).not.toMatch(CONTROL);
      }
      return;
    case 'exec':
      expect(delivery.stdin.split('\n').length).toBe(2);
      expect(() => JSON.parse(delivery.stdin)).not.toThrow();
      return;
  }
}

/** RFC 5424 §6, with structured data whose values escape `"`, `\` and `]`. */
const HEAD =
  /^<\d{1,3}>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [!-~]{1,255} portolan \d+ [A-Z]+ (-|\[portolan@32473( \w+="([^"\\\]]|\\["\\\]])*")+\]) \S/;

function tagsOf(html: string): ReadonlySet<string> {
  return new Set([...html.matchAll(/<\/?([!\w]+)/g)].map(([, tag = '']) => tag.toLowerCase()));
}

function partsOf(delivery: Delivery): readonly string[] {
  switch (delivery.kind) {
    case 'http':
      return [delivery.body];
    case 'mail':
      return [delivery.subject, delivery.text, delivery.html];
    case 'syslog':
      return delivery.messages;
    case 'mqtt':
      return delivery.messages.map(({ payload }) => payload);
    case 'exec':
      return [delivery.stdin];
  }
}
