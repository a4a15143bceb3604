import { expect, test } from 'vitest';
import { detectors } from '../../../src/detectors/index.ts';
import { AlertWatch } from '../../../src/io/alerts/alert-watch.ts';
import { AlertKeeper, FORGETTING } from '../../../src/io/alerts/keeper.ts';
import { past } from '../../../src/io/alerts/past.ts';
import { openStore } from '../../../src/io/store/open.ts';
import type { Store } from '../../../src/io/store/store.ts';
import type { Flow } from '../../../src/model/flow.ts';
import type { Observation } from '../../../src/model/observation.ts';
import { DAY, HOUR, HUB, LAMP, MINUTE, Scene, START } from '../../detectors/scene.ts';

const NOW = START + 14 * DAY;

/** What a scene shows, without anybody who judges it. */
function stepsOf(act: (scene: Scene) => void): readonly Observation[] {
  const steps: Observation[] = [];
  const scene = new Scene([]);
  scene.see = (observation) => steps.push(observation);
  act(scene);
  return steps;
}

function storeOf(act: (scene: Scene) => void): Store {
  const store = openStore(':memory:');
  const flows = stepsOf(act).flatMap((one) => (one.kind === 'closed' ? [one.record] : []));
  store.appendFlows(flows, 'test');
  return store;
}

/** A port is used in the first hour of the learning time, and much else after it. */
function busy(scene: Scene): void {
  scene.talk(START + MINUTE, HUB, LAMP, 80);
  for (let at = START + HOUR; at < NOW; at += 12 * MINUTE) scene.talk(at, HUB, LAMP, 443);
}

function watchWith(): { watch: AlertWatch; keeper: AlertKeeper } {
  const keeper = new AlertKeeper(FORGETTING);
  const newPort = detectors.all.filter(({ id }) => id === 'new_port');
  return { keeper, watch: new AlertWatch({ keeper, detectors: newPort, learnDays: 14 }) };
}

function seen(store: Store): readonly Observation[] {
  return [...past(store, START, NOW)].flatMap((one) => (one === undefined ? [] : [one]));
}

test('all of the learning time is played, in order', () => {
  const steps = seen(storeOf(busy));
  const opened = steps.filter(({ kind }) => kind === 'opened');
  expect(opened).toHaveLength(1 + (14 * DAY - HOUR) / (12 * MINUTE));
  const times = steps.map(({ at }) => at);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test('a conversation of many hours does not set time back', () => {
  const [flow] = storeOf((scene) => scene.talk(START, HUB, LAMP, 80)).flows();
  const lasting = (hours: number, port: number): Flow => ({
    ...{ facts: [], ...Object(flow), lastSeen: START + hours * HOUR },
    source: { ...HUB, port },
  });
  const both = openStore(':memory:');
  both.appendFlows([lasting(20, 40_001), lasting(30, 40_002)], 'test');
  const times = seen(both).map(({ at }) => at);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times.at(-1)).toBe(START + 30 * HOUR);
});

test.each([
  ['the port of two weeks ago', 80, 0],
  ['another one', 23, 1],
])('after a restart %s raises so many alerts', async (_, port, expected) => {
  const { watch, keeper } = watchWith();
  const learning = watch.learn(storeOf(busy), NOW);
  // What comes meanwhile is judged after it.
  watch.take(stepsOf((scene) => scene.talk(NOW + DAY, HUB, LAMP, port)));
  await learning;
  watch.tick(NOW + DAY + HOUR);
  expect(keeper.book.openCount).toBe(expected);
});

test('who does not know yet what is usual judges nothing', async () => {
  const { watch, keeper } = watchWith();
  const learning = watch.learn(storeOf(busy), NOW, AbortSignal.abort());
  const steps = stepsOf((scene) => scene.talk(NOW + DAY, HUB, LAMP, 23));
  watch.take(steps);
  await learning;
  expect(keeper.book.openCount).toBe(0);
  expect(watch.untaken).toBe(steps.length);
});
