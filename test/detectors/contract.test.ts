import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { detectors } from '../../src/detectors/index.ts';
import { Monitor } from '../../src/detectors/monitor.ts';
import { PassiveEngine } from '../../src/flows/engine.ts';
import type { Signal } from '../../src/model/alert.ts';
import { SEVERITIES } from '../../src/model/core.ts';
import type { Observation } from '../../src/model/observation.ts';
import { protocols } from '../../src/protocols/index.ts';
import { decode } from '../../src/wire/decode.ts';
import { HAS_SHARED, readShared, SHARED } from '../wire/captures.ts';

const FOLDER = join(import.meta.dirname, '../../src/detectors');
const DAY = 86_400_000;
/** What the family is made of besides its members. */
const PARTS = ['detector', 'identities', 'index', 'mac', 'monitor', 'places', 'purposes', 'replay'];

test('every file of the folder is in the list', () => {
  const files = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -3))
    .filter((file) => !PARTS.includes(file));
  const listed = [...readFileSync(join(FOLDER, 'index.ts'), 'utf8').matchAll(/'\.\/([\w-]+)\.ts'/g)]
    .map(([, file]) => file)
    .filter((file) => file !== 'detector');
  expect(listed).toEqual(files.toSorted());
});

describe.each(detectors.all.map((one) => [one.id, one] as const))('%s', (_, detector) => {
  test('says what it finds, by what right, and what looks like it', () => {
    expect(detector.title).not.toBe('');
    expect(detector.types.length).toBeGreaterThan(0);
    expect(detector.sources.length).toBeGreaterThan(0);
    expect(detector.knownFalse.length).toBeGreaterThan(0);
    const thresholds: readonly string[] = detector.thresholds ?? [];
    expect(thresholds.join()).not.toMatch(/undefined|NaN|Infinity/);
  });

  test('gives only signals that are complete, each of a type that it names', () => {
    for (const signal of signalsOf([...benign, ...hostile], [detector])) {
      expect(detector.types).toContain(signal.type);
      expectComplete(signal);
      for (const id of signal.evidence.flows) expect(id).toMatch(/^1:[A-Za-z0-9+/]{27}=$/);
    }
  });

  test('what it does not ask for would change nothing', () => {
    if (detector.sees === undefined) return;
    const { sees: _sees, ...everything } = detector;
    expect(signalsOf(hostile, [everything])).toEqual(signalsOf(hostile, [detector]));
  });
});

describe.runIf(HAS_SHARED)('ordinary traffic', () => {
  test.each(verdicts('benign'))('%s gives no alert of medium severity or more', (file) => {
    const loud = signalsOf(observationsOf(file), detectors.all, 14 * DAY).filter(
      ({ severity }) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf('medium'),
    );
    expect(loud.map(({ type, summary }) => `${type}: ${summary}`)).toEqual([]);
  });
});

const benign = HAS_SHARED ? verdicts('benign').flatMap((file) => observationsOf(file)) : [];
const hostile = HAS_SHARED ? others().flatMap((file) => observationsOf(file)) : [];

function expectComplete(signal: Signal): void {
  const { devices, evidence, key, reasons, remedy, summary, usual } = signal;
  expect(devices.length).toBeGreaterThan(0);
  expect([...devices, key, remedy, summary, usual].every((text) => text !== '')).toBe(true);
  expect(reasons.length).toBeGreaterThan(0);
  expect(evidence.facts.length + evidence.frames.length).toBeGreaterThan(0);
  expect(evidence.frames.length).toBeLessThanOrEqual(16);
  expect(remedy).toMatch(/[.!]$/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what must not be there
  expect(`${summary}${usual}${remedy}`).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
}

function signalsOf(
  observations: readonly Observation[],
  all: ConstructorParameters<typeof Monitor>[0]['detectors'],
  learns = 1,
): readonly Signal[] {
  const [first] = observations;
  // For the shortest time: nearly all of it is judged.
  const monitor = new Monitor({ detectors: all, learnUntil: (first?.at ?? 0) + learns });
  return observations.flatMap((observation) => monitor.see(observation));
}

function observationsOf(file: string): readonly Observation[] {
  const observations: Observation[] = [];
  const engine = new PassiveEngine({
    protocols: protocols.all,
    observer: file,
    onObservation: (observation) => observations.push(observation),
  });
  readShared(file, (packet) => {
    decode(packet);
    engine.packet(packet);
  });
  engine.end();
  return observations;
}

function verdicts(verdict: string): string[] {
  if (!existsSync(SHARED)) return [];
  return readFileSync(join(SHARED, 'truth/detect.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line): { file: string; verdict: string } => JSON.parse(line))
    .filter((one) => one.verdict === verdict)
    .map(({ file }) => file);
}

/** Captures of the field's own tests in which something goes on: logins, scans, controllers. */
function others(): string[] {
  return readdirSync(SHARED, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(zeek|s7comm|iti)\/.*\.(pcap|pcapng|trace)$/.test(file))
    .toSorted()
    .filter((_, index) => index % 6 === 0);
}
