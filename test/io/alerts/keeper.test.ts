import { appendFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventText } from '../../../src/alerts/event-text.ts';
import { followJournal } from '../../../src/io/alerts/follow.ts';
import { journalOf } from '../../../src/io/alerts/journal.ts';
import { AlertKeeper, FORGETTING } from '../../../src/io/alerts/keeper.ts';
import { openDriver } from '../../../src/io/store/driver.ts';
import { openStore } from '../../../src/io/store/open.ts';
import type { Store } from '../../../src/io/store/store.ts';
import type { Notice } from '../../../src/notifiers/notifier.ts';
import { HOUR, MINUTE, mac, START, signal } from '../../alerts/signals.ts';

let folder = '';
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-alerts-'));
  store = openStore(folder);
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function reopen(): void {
  store.close();
  store = openStore(folder);
}

/** Text that breaks careless storage. */
const NASTY = `"'); DROP TABLE alert_event;-- \u0000\ud800\u202e é`;

test('alerts, their states and expectations are the same after a restart', () => {
  const keeper = new AlertKeeper(store);
  for (let n = 0; n < 20; n += 1) {
    const summary = n % 2 === 0 ? NASTY : 'plain';
    keeper.take(signal({ devices: [mac(n % 4)], at: START + n * HOUR, summary, severity: 'low' }));
  }
  const ids = [...keeper.book.all()].map(({ alert }) => alert.id);
  const [a = '', b = '', c = ''] = ids;
  keeper.act(a, { kind: 'acknowledged', note: NASTY }, START + 30 * HOUR, 'user:mira');
  keeper.act(
    b,
    { kind: 'snoozed', until: START + 40 * HOUR, note: '' },
    START + 30 * HOUR,
    'user:mira',
  );
  keeper.act(c, { kind: 'resolved', note: 'done' }, START + 30 * HOUR, 'user:mira');
  const rest = { at: START, by: 'user:mira', note: NASTY, type: 'dga' };
  keeper.expect({
    id: 'PTL-E-0001',
    ...rest,
    until: START + HOUR,
    port: 1,
    peer: 'x',
    device: 'y',
  });
  keeper.expect({ id: 'PTL-E-0002', ...rest });
  keeper.withdraw('PTL-E-0002', START, 'user:mira');
  keeper.close();
  const before = [...keeper.book.all()];
  reopen();
  const after = new AlertKeeper(store);
  expect([...after.book.all()]).toEqual(before);
  expect([...after.book.expectations()]).toEqual([...keeper.book.expectations()]);
  expect([...after.book.expectations()]).toHaveLength(1);
});

test.each(['UPDATE alert_event SET who = 0', 'DELETE FROM alert_event'])(
  'the log can neither be changed nor shortened: %s',
  (sql) => {
    new AlertKeeper(store).take(signal());
    store.close();
    const driver = openDriver(join(folder, 'portolan.db'));
    expect(() => driver.exec(sql)).toThrow('append-only');
    driver.close();
    store = openStore(folder);
    expect([...store.alerts()].map(({ by }) => by)).toEqual(['portolan', 'portolan']);
  },
);

test.each([
  ['in a store', () => store],
  ['in none', () => FORGETTING],
])('who wants hears of everything that happens, %s', (_, place) => {
  const heard: string[] = [];
  const keeper = new AlertKeeper(place(), { onEvent: ({ kind }) => heard.push(kind) });
  const [alert] = keeper.take(signal());
  keeper.take(signal({ at: START + 1000, severity: 'high' }));
  keeper.act(alert?.id ?? '', { kind: 'resolved', note: '' }, START + 2000, 'user:mira');
  expect(heard).toEqual(['opened', 'worse', 'resolved']);
});

test('what another process does to the same store is known after a refresh, once', () => {
  const heard: string[] = [];
  const keeper = new AlertKeeper(store, { onEvent: ({ kind, by }) => heard.push(`${kind} ${by}`) });
  const [first] = keeper.take(signal());
  const [second] = keeper.take(signal({ devices: [mac(9)] }));
  const other = new AlertKeeper(store);
  other.act(first?.id ?? '', { kind: 'acknowledged', note: 'mine' }, START + 1000, 'user:mira');
  keeper.act(second?.id ?? '', { kind: 'resolved', note: '' }, START + 1000, 'user:jon');
  expect(keeper.book.get(first?.id ?? '')?.alert.state).toBe('open');

  keeper.refresh();
  keeper.refresh();
  const stateOf = (id = '') => keeper.book.get(id)?.alert;
  expect(stateOf(first?.id)).toMatchObject({ state: 'acknowledged', note: 'mine', count: 1 });
  expect(stateOf(second?.id)).toMatchObject({ state: 'resolved', changedBy: 'user:jon' });
  expect(heard).toEqual([
    'opened portolan',
    'opened portolan',
    'resolved user:jon',
    'acknowledged user:mira',
  ]);

  other.refresh();
  expect(other.book.get(second?.id ?? '')?.alert.state).toBe('resolved');
});

test('an expectation that was made elsewhere hides what comes after a refresh', () => {
  const keeper = new AlertKeeper(store);
  const scope = { id: 'PTL-E-0001', at: START, by: 'user:mira', note: '', type: signal().type };
  new AlertKeeper(store).expect(scope);
  keeper.refresh();
  expect(keeper.take(signal({ at: START + 1000 }))).toEqual([]);
  expect(keeper.isExpected(signal())).toBe(true);
});

test('more own events than are waited for do not pile up, nor come twice', () => {
  const keeper = new AlertKeeper(store);
  for (let n = 0; n < 1_010; n += 1) {
    keeper.expect({ id: `PTL-E-${n}`, at: START + n, by: 'user:mira', note: '', device: mac(n) });
  }
  keeper.withdraw('PTL-E-3', START + 2_000, 'user:mira');
  keeper.refresh();
  expect([...keeper.book.expectations()]).toHaveLength(1_009);
});

test('those of one alert are found by its id', () => {
  const keeper = new AlertKeeper(store);
  const [one] = keeper.take(signal());
  keeper.take(signal({ devices: [mac(9)] }));
  const kinds = [...store.alerts(one?.id)].map(({ kind }) => kind);
  expect(kinds).toEqual(['opened', 'told']);
});

test.each<[about: string, channels: readonly string[], expected: string]>([
  ['the channels that have it are named', ['mail', 'ntfy'], 'told by mail, ntfy'],
  ['that nobody is told is said', [], 'not told: no channel is configured for it'],
])('of who was told, %s', (_, channels, expected) => {
  const keeper = new AlertKeeper(store, {
    sharesOf: (notice) =>
      new Map([
        ...channels.map((channel) => [channel, notice] as const),
        ['for-others', { ...notice, alerts: [] }],
      ]),
  });
  const [one] = keeper.take(signal());
  expect([...store.alerts(one?.id)].map(eventText)).toEqual(['opened', expected]);
});

test('more events than are read at once come in their order', () => {
  const many = Array.from({ length: 2500 }, (_, n) => ({
    kind: 'withdrawn' as const,
    subject: `PTL-E-${n}`,
    at: n,
    by: 'user:mira',
    note: '',
  }));
  store.appendAlerts(many);
  expect([...store.alerts()]).toEqual(many);
});

describe('a notice', () => {
  test('has the names of the devices, and goes out once', () => {
    const notices: Notice[] = [];
    const options = {
      deliver: (one: Notice) => notices.push(one),
      nameOf: (device: string) => (device === mac(1) ? 'Front camera' : undefined),
    };
    new AlertKeeper(store, options).take(signal({ devices: [mac(1), mac(2)] }));
    reopen();
    new AlertKeeper(store, options).tick(START + HOUR);
    expect(notices).toHaveLength(1);
    expect([...(notices[0]?.names ?? [])]).toEqual([[mac(1), 'Front camera']]);
  });

  test('that could not be handed over is told after the next start', () => {
    const broken = new AlertKeeper(store, {
      deliver: () => {
        throw new Error('the power went');
      },
    });
    expect(() => broken.take(signal())).toThrow('the power went');
    reopen();
    const notices: Notice[] = [];
    const keeper = new AlertKeeper(store, { deliver: (one) => notices.push(one) });
    keeper.tick(START + 10 * MINUTE);
    expect(notices.map(({ kind, alerts }) => [kind, alerts.length])).toEqual([['digest', 1]]);
  });
});

describe('the journal', () => {
  const lines = (): string[] => readFileSync(journalOf(folder), 'utf8').trim().split('\n');

  test('has what happened, each with the alert, and nothing that a terminal obeys', () => {
    const keeper = new AlertKeeper(store);
    const [alert] = keeper.take(signal({ summary: `\u001b[2J\u009b\u202e` }));
    keeper.act(alert?.id ?? '', { kind: 'resolved', note: '' }, START + 1, 'user:mira');
    const parsed = lines().map((line): Record<string, unknown> => JSON.parse(line));
    expect(parsed.map(({ event, by }) => [event, by])).toEqual([
      ['opened', 'portolan'],
      ['resolved', 'user:mira'],
    ]);
    expect(lines().join('')).toMatch(/^[\u0020-\u007e]*$/);
  });

  test('is followed over the renaming of a full one, and over lines that are none of ours', async () => {
    const file = journalOf(folder);
    const keeper = new AlertKeeper(store);
    keeper.take(signal());
    const stop = new AbortController();
    const seen: string[] = [];
    const arrived = (count: number): Promise<void> =>
      expect.poll(() => seen.length, { timeout: 5000 }).toBe(count);
    const done = followJournal(file, {
      fromStart: true,
      signal: stop.signal,
      onLine: (_, { alert }) => seen.push(alert.last.devices[0] ?? ''),
    });
    await arrived(1);
    appendFileSync(file, 'no JSON\n{"at":1}\n');
    renameSync(file, `${file}.1`);
    keeper.take(signal({ devices: [mac(2)] }));
    await arrived(2);
    keeper.take(signal({ devices: [mac(3)] }));
    await arrived(3);
    stop.abort();
    await done;
    expect(seen).toEqual([mac(1), mac(2), mac(3)]);
  });

  test('is not made for a store that is not kept', () => {
    const memory = openStore(':memory:');
    new AlertKeeper(memory).take(signal());
    memory.close();
    expect(existsSync(journalOf(folder))).toBe(false);
  });
});
