import { expect, test } from 'vitest';
import { detectors } from '../../src/detectors/index.ts';
import { Monitor } from '../../src/detectors/monitor.ts';
import { replay } from '../../src/detectors/replay.ts';
import type { Flow } from '../../src/model/flow.ts';
import type { Observation } from '../../src/model/observation.ts';
import { DAY, HOUR, HUB, LAMP, outside, Scene, START } from './scene.ts';

test.each<[string, number, boolean, number]>([
  ['the port that was used before is known', 80, true, 0],
  ['another one is new', 23, true, 1],
  ['without stored flows nothing is known, so nothing is new', 23, false, 0],
])('a monitor that was started anew: %s', (_, port, hasStored, expected) => {
  const stored = flowsOf((scene) => scene.usual(START, START + 30 * HOUR));
  const newPort = detectors.all.filter(({ id }) => id === 'new_port');
  const monitor = new Monitor({ detectors: newPort, learnUntil: START + DAY });
  for (const observation of replay(hasStored ? stored : [])) monitor.see(observation);
  const later = stepsOf((scene) => scene.talk(START + 40 * HOUR, HUB, LAMP, port));
  const signals = later.flatMap((observation) => monitor.see(observation));
  const late = monitor.tick(START + 41 * HOUR);
  expect([...signals, ...late]).toHaveLength(expected);
});

test('it is played in order of time, each flow whole', () => {
  const stored = flowsOf((scene) => {
    scene.talk(START + 9_000, LAMP, outside(1), 443);
    scene.talk(START, LAMP, outside(2), 443, { outcome: 'silent' });
  });
  const steps = replay(stored);
  expect(steps.map(({ at }) => at)).toEqual(steps.map(({ at }) => at).toSorted((a, b) => a - b));
  expect(steps.map(({ kind }) => kind)).toEqual([
    'opened',
    'closed',
    'opened',
    'answered',
    'closed',
  ]);
});

function flowsOf(act: (scene: Scene) => void): readonly Flow[] {
  return stepsOf(act).flatMap((one) => (one.kind === 'closed' ? [one.record] : []));
}

/** What a scene shows, without anybody who judges it. */
function stepsOf(act: (scene: Scene) => void): readonly Observation[] {
  const steps: Observation[] = [];
  const scene = new Scene([]);
  scene.see = (observation) => steps.push(observation);
  act(scene);
  return steps;
}
