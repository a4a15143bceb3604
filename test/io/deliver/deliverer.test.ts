import { afterEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/io/config.ts';
import type { DelivererOptions } from '../../../src/io/deliver/deliverer.ts';
import { Deliverer } from '../../../src/io/deliver/deliverer.ts';
import type { Outcome } from '../../../src/io/deliver/outcome.ts';
import type { Send } from '../../../src/io/deliver/send.ts';
import { openStore } from '../../../src/io/store/open.ts';
import type { Store } from '../../../src/io/store/store.ts';
import type { Notice } from '../../../src/notifiers/notifier.ts';
import { mac, START, signal } from '../../alerts/signals.ts';
import { alert, CAMERA, notice } from '../../notifiers/samples.ts';

const HOUR = 3_600_000;
const FAILED: Outcome = { kind: 'later', why: 'it is down' };
const DELIVERED: Outcome = { kind: 'delivered' };

const stores: Store[] = [];

afterEach(() => {
  for (const store of stores.splice(0)) store.close();
});

/** A deliverer whose clock and whose sinks a test moves by hand. */
class Rig {
  now = START;
  outcome: Outcome = DELIVERED;
  readonly sent: (readonly [channel: string, id: string])[] = [];
  readonly notices: Notice[] = [];
  readonly log: string[] = [];
  readonly store: Store;

  constructor(store: Store = memory()) {
    this.store = store;
  }

  readonly send: Send = (one, config) => {
    this.sent.push([config.type, one.id]);
    this.notices.push(one);
    return Promise.resolve(this.outcome);
  };

  open(more: Partial<DelivererOptions> = {}): Deliverer {
    return new Deliverer(this.store, {
      settings: {
        ...loadConfig({ file: 'none', env: {} }).settings,
        channels: { phone: { type: 'ntfy', url: 'https://ntfy.example/home' } },
      },
      version: 'test',
      now: () => this.now,
      random: () => 0.5,
      log: (text) => void this.log.push(text),
      send: this.send,
      ...more,
    });
  }

  states(): readonly string[] {
    return this.store.outbox.list().map(({ state }) => state);
  }
}

function memory(): Store {
  const store = openStore(':memory:');
  stores.push(store);
  return store;
}

function numbered(number: number): Notice {
  return notice({ id: `n${number}`, alerts: [alert({}, number)] });
}

describe('Deliverer', () => {
  test('what is handed over is kept before anything is sent', () => {
    const rig = new Rig();
    rig.open().deliver(numbered(1));
    expect(rig.sent).toEqual([]);
    expect(rig.states()).toEqual(['waiting']);
  });

  test('a notice comes out of the store as it went in', async () => {
    const rig = new Rig();
    const whole = notice({
      devices: new Map([[mac(1), CAMERA]]),
      more: 3,
      link: 'https://portolan.example/alerts/1',
      names: new Map([[mac(1), 'nul\u0000 half \ud800 "x"']]),
    });
    const deliverer = rig.open();
    deliverer.deliver(whole);
    await deliverer.sendDue();
    expect(rig.notices).toEqual([whole]);
  });

  test('the same notice twice is sent once, also after it was sent', async () => {
    const rig = new Rig();
    const deliverer = rig.open();
    deliverer.deliver(numbered(1));
    deliverer.deliver(numbered(1));
    await deliverer.sendDue();
    deliverer.deliver(numbered(1));
    await deliverer.sendDue();
    expect(rig.sent).toHaveLength(1);
  });

  test('what fails is tried again, later and later, with jitter, until it is given up and shown', async () => {
    const rig = new Rig();
    rig.outcome = FAILED;
    const deliverer = rig.open();
    deliverer.deliver(numbered(1));
    const waits: number[] = [];
    for (let tries = 1; tries <= 60; tries += 1) {
      await deliverer.sendDue();
      expect(rig.sent).toHaveLength(tries);
      await deliverer.sendDue();
      expect(rig.sent).toHaveLength(tries);
      const [entry] = rig.store.outbox.list();
      waits.push((entry?.notBefore ?? 0) - rig.now);
      rig.now = entry?.notBefore ?? 0;
    }
    expect(waits.slice(0, 4)).toEqual([5000, 10_000, 20_000, 40_000]);
    expect(Math.max(...waits)).toBe(HOUR);
    expect(rig.now - START).toBeGreaterThan(2 * 86_400_000);
    expect(rig.states()).toEqual(['parked']);
    rig.now += 1000 * HOUR;
    await deliverer.sendDue();
    expect(rig.sent).toHaveLength(60);
    expect(rig.log).toEqual([
      'phone: not delivered yet: it is down; it is tried again',
      'phone: not delivered: it is down. After mending it: portolan notify retry',
    ]);
  });

  test.each([
    [0, 2500],
    [0.999, 7495],
  ])('the jitter %d makes the first wait %d ms', async (random, wait) => {
    const rig = new Rig();
    rig.outcome = FAILED;
    const deliverer = rig.open({ random: () => random });
    deliverer.deliver(numbered(1));
    await deliverer.sendDue();
    expect(Math.round((rig.store.outbox.list()[0]?.notBefore ?? 0) - rig.now)).toBe(wait);
  });

  test('a sink that says when is not asked before', async () => {
    const rig = new Rig();
    rig.outcome = { ...FAILED, after: 600_000 };
    const deliverer = rig.open();
    deliverer.deliver(numbered(1));
    await deliverer.sendDue();
    expect(rig.store.outbox.list()[0]?.notBefore).toBe(START + 600_000);
  });

  test('what is refused is parked at once, and the next one goes on', async () => {
    const rig = new Rig();
    const deliverer = rig.open({
      send: (one, config, options) =>
        one.id === 'n1'
          ? Promise.resolve({ kind: 'refused', why: '400 no such chat' })
          : rig.send(one, config, options),
    });
    deliverer.deliver(numbered(1));
    deliverer.deliver(numbered(2));
    await deliverer.sendDue();
    expect(rig.store.outbox.list().map(({ state, error }) => [state, error])).toEqual([
      ['sent', undefined],
      ['parked', '400 no such chat'],
    ]);
  });

  test('the order of a channel is kept: what comes after a failure waits with it', async () => {
    const rig = new Rig();
    const deliverer = rig.open();
    rig.outcome = FAILED;
    deliverer.deliver(numbered(1));
    deliverer.deliver(numbered(2));
    await deliverer.sendDue();
    rig.outcome = DELIVERED;
    rig.now += 60_000;
    deliverer.deliver(numbered(3));
    await deliverer.sendDue();
    expect(rig.sent.map(([, id]) => id)).toEqual(['n1', 'n1', 'n2', 'n3']);
    expect(rig.log.at(-1)).toBe('phone: delivers again');
  });

  test('a channel that is down does not keep the others waiting', async () => {
    const rig = new Rig();
    const { settings } = loadConfig({ file: 'none', env: {} });
    const deliverer = rig.open({
      settings: {
        ...settings,
        channels: {
          phone: { type: 'ntfy', url: 'https://ntfy.example/home' },
          chat: { type: 'slack', url_file: '/run/slack' },
        },
      },
      send: (one, config, options) =>
        config.type === 'ntfy' ? Promise.resolve(FAILED) : rig.send(one, config, options),
    });
    for (const number of [1, 2, 3]) deliverer.deliver(numbered(number));
    await deliverer.sendDue();
    expect(rig.sent.map(([type, id]) => `${type} ${id}`)).toEqual([
      'slack n1',
      'slack n2',
      'slack n3',
    ]);
  });

  test('a sink that throws is a sink that fails', async () => {
    const rig = new Rig();
    const deliverer = rig.open({ send: () => Promise.reject(new Error('the file is not there')) });
    deliverer.deliver(numbered(1));
    await deliverer.sendDue();
    expect(rig.store.outbox.list()[0]).toMatchObject({
      state: 'waiting',
      error: 'the file is not there',
    });
  });

  test('two deliverers on one store send each notice once', async () => {
    const store = memory();
    const [a, b] = [new Rig(store), new Rig(store)];
    const both = [a.open(), b.open()];
    for (let number = 0; number < 20; number += 1) both[number % 2]?.deliver(numbered(number));
    await Promise.all(both.map((one) => one.sendDue()));
    await Promise.all(both.map((one) => one.sendDue()));
    const all = [...a.sent, ...b.sent].map(([, id]) => id);
    expect(all).toHaveLength(20);
    expect(new Set(all).size).toBe(20);
  });

  test('a row that a killed process had is free again when its time is over', async () => {
    const rig = new Rig();
    rig.open().deliver(numbered(1));
    expect(rig.store.outbox.claim('phone', 'killed', rig.now, 60_000)?.id).toBe(1);
    const deliverer = rig.open();
    rig.now += 59_000;
    await deliverer.sendDue();
    expect(rig.sent).toEqual([]);
    rig.now += 1000;
    await deliverer.sendDue();
    expect(rig.sent).toHaveLength(1);
    expect(rig.store.outbox.settle(1, 'killed', { kind: 'sent' }, rig.now)).toBe(false);
  });

  test('a process that looked at the clock a moment earlier takes nothing that another has', () => {
    const { store, ...rig } = new Rig();
    store.outbox.add('phone', numbered(1), rig.now);
    expect(store.outbox.claim('phone', 'a', rig.now + 5, 60_000)?.id).toBe(1);
    expect(store.outbox.claim('phone', 'b', rig.now, 60_000)).toBeUndefined();
    const notBefore = rig.now + 5000;
    store.outbox.settle(1, 'a', { kind: 'failed', error: 'down', notBefore }, rig.now + 6);
    expect(store.outbox.claim('phone', 'b', rig.now, 60_000)).toBeUndefined();
    expect(store.outbox.claim('phone', 'b', notBefore, 60_000)?.tries).toBe(2);
  });

  test('a clock that is set back keeps nothing waiting for the old time', async () => {
    const rig = new Rig();
    rig.outcome = FAILED;
    const deliverer = rig.open();
    deliverer.deliver(numbered(1));
    await deliverer.sendDue();
    rig.now -= 365 * 24 * HOUR;
    rig.outcome = DELIVERED;
    await deliverer.sendDue();
    expect(rig.states()).toEqual(['sent']);
  });

  test('a storm: 500 notices in an hour are at most 60 messages, and every alert is in one or counted', async () => {
    const rig = new Rig();
    const deliverer = rig.open();
    for (let number = 0; number < 500; number += 1) {
      deliverer.deliver(numbered(number));
      rig.now += HOUR / 500;
      await deliverer.sendDue();
    }
    expect(rig.sent.length).toBeLessThanOrEqual(60);
    rig.now += HOUR;
    await deliverer.sendDue();
    const told = new Set(rig.notices.flatMap(({ alerts }) => alerts.map(({ id }) => id)));
    const counted = rig.notices.reduce((sum, { more = 0 }) => sum + more, 0);
    expect(told.size + counted).toBe(500);
  });

  test('in a digest of a storm the worst are named', () => {
    const rig = new Rig();
    const deliverer = rig.open();
    for (let number = 0; number < 400; number += 1) {
      const severity = number === 399 ? 'critical' : 'low';
      const one = alert({ severity, last: signal({ devices: [mac(number)], severity }) }, number);
      deliverer.deliver(notice({ id: `n${number}`, alerts: [one] }));
    }
    const [digest] = rig.store.outbox.list({ limit: 1 });
    expect(digest?.notice).toMatchObject({ kind: 'digest', more: 246 });
    expect(digest?.notice.alerts).toHaveLength(100);
    expect(digest?.notice.alerts[0]?.severity).toBe('critical');
  });

  test('what was sent is counted for ever and kept for some time', async () => {
    const rig = new Rig();
    const deliverer = rig.open();
    for (let number = 0; number < 1200; number += 1) {
      deliverer.deliver(numbered(number));
      await deliverer.sendDue();
      rig.now += HOUR;
    }
    expect(rig.store.outbox.totals()).toEqual([{ channel: 'phone', result: 'sent', times: 1200 }]);
    const [{ count } = { count: 0 }] = rig.store.outbox.counts();
    expect(count).toBeLessThanOrEqual(1000);
  });

  test('parked ones are tried again when somebody says so, and dropped ones never', async () => {
    const rig = new Rig();
    rig.outcome = { kind: 'refused', why: 'no' };
    const deliverer = rig.open();
    deliverer.deliver(numbered(1));
    deliverer.deliver(numbered(2));
    await deliverer.sendDue();
    expect(rig.store.outbox.drop([2])).toBe(1);
    rig.outcome = DELIVERED;
    expect(rig.store.outbox.retry('parked', rig.now)).toBe(1);
    await deliverer.sendDue();
    expect(rig.states()).toEqual(['dropped', 'sent']);
    expect(rig.store.outbox.totals()).toEqual([
      { channel: 'phone', result: 'dropped', times: 1 },
      { channel: 'phone', result: 'failed', times: 2 },
      { channel: 'phone', result: 'parked', times: 2 },
      { channel: 'phone', result: 'sent', times: 1 },
    ]);
  });

  test('once started it delivers by itself; the end waits for what is under way', async () => {
    const rig = new Rig();
    let done: () => void = () => {};
    const deliverer = rig.open({
      send: async (one, config, options) => {
        await new Promise<void>((resolve) => {
          done = resolve;
        });
        return rig.send(one, config, options);
      },
    });
    deliverer.start();
    deliverer.deliver(numbered(1));
    await expect.poll(() => rig.store.outbox.list()[0]?.tries).toBe(1);
    const closed = deliverer.close();
    done();
    await closed;
    expect(rig.states()).toEqual(['sent']);
  });

  test('the end does not wait for ever: a sink that hangs is cut off and tried at the next start', async () => {
    const rig = new Rig();
    const deliverer = rig.open({
      send: (_one, _config, { signal: end }) =>
        new Promise((resolve) => {
          end.addEventListener('abort', () => resolve({ kind: 'later', why: 'interrupted' }));
        }),
    });
    deliverer.deliver(numbered(1));
    const sending = deliverer.sendDue();
    await deliverer.close(10);
    await sending;
    expect(rig.states()).toEqual(['waiting']);
  });

  test('devices are described as they were when it happened', async () => {
    const rig = new Rig();
    let name = 'Front camera';
    const deliverer = rig.open({
      describe: (key) => (key === mac(1) ? { ...CAMERA, name } : undefined),
    });
    deliverer.deliver(numbered(1));
    name = 'renamed';
    await deliverer.sendDue();
    expect(rig.notices[0]?.devices?.get(mac(1))?.name).toBe('Front camera');
  });

  test('a test message goes past the outbox', async () => {
    const rig = new Rig();
    expect(await rig.open().test('phone')).toEqual(DELIVERED);
    expect(await rig.open().test('fax')).toMatchObject({ kind: 'refused' });
    expect(rig.store.outbox.list()).toEqual([]);
  });
});
