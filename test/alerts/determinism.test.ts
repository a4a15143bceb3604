import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Gatherer } from '../../src/alerts/gather.ts';
import { detectors } from '../../src/detectors/index.ts';
import { Monitor } from '../../src/detectors/monitor.ts';
import { PassiveEngine } from '../../src/flows/engine.ts';
import type { Observation } from '../../src/model/observation.ts';
import { protocols } from '../../src/protocols/index.ts';
import { decode } from '../../src/wire/decode.ts';
import type { Said } from '../flows/talk.ts';
import { frameOf } from '../flows/talk.ts';
import { HAS_SHARED, pcap, readBytes, SHARED } from '../wire/captures.ts';

/**
 * Everything that happens to alerts, as text.
 *
 * @param chunk octets that are read at a time
 * @param batch observations that are judged at a time
 */
function alertsOf(capture: Uint8Array, chunk: number, batch: number, seed: number): string {
  const gatherer = new Gatherer();
  const monitor = new Monitor({ detectors: detectors.all, learnUntil: 1 });
  const out: unknown[] = [];
  let waiting: Observation[] = [];
  const judge = (): void => {
    for (const observation of waiting) {
      out.push(gatherer.note(observation, monitor.context.deviceOf));
      for (const signal of monitor.see(observation)) out.push(gatherer.take(signal));
    }
    waiting = [];
  };
  const engine = new PassiveEngine({
    ...{ protocols: protocols.all, observer: 'x', table: { seed } },
    onObservation: (observation) => {
      waiting.push(observation);
      if (waiting.length >= batch) judge();
    },
  });
  readBytes(
    capture,
    (packet) => {
      decode(packet);
      engine.packet(packet);
    },
    chunk,
  );
  engine.end();
  judge();
  return JSON.stringify([out, monitor.size]);
}

const WAYS = [
  [65_536, 1],
  [1 << 20, 512],
  [1_460, 7],
  [64, 100_000],
] as const;

/** A scan, a flood of questions, and somebody who calls a stranger like a clock. */
function hostile(): Uint8Array {
  const scan = Array.from({ length: 40 }, (_, n): Said => {
    const to = `192.168.1.9:${1_000 + n}`;
    return { at: n, from: `192.168.1.20:${40_000 + n}`, to, flags: 2, sequence: 1, tcp: '' };
  });
  const calls = Array.from({ length: 20 }, (_, n): Said => {
    return { at: 60 + n * 60, from: '192.168.1.30:5000', to: '203.0.113.9:9000', udp: `x${n}` };
  });
  return pcap(1, [...scan, ...calls].map(frameOf));
}

test('the same packets give the same alerts, however they come in pieces', () => {
  const capture = hostile();
  const results = WAYS.map(([chunk, batch], seed) => alertsOf(capture, chunk, batch, seed));
  expect(new Set(results).size).toBe(1);
  expect(results[0]).toContain('port_scan_vertical');
});

test.skipIf(!HAS_SHARED).each([['zeek/wikipedia.pcap'], ['ndpi/synscan.pcap']])('%s', (file) => {
  const capture = readFileSync(join(SHARED, file));
  const results = WAYS.slice(0, 3).map(([chunk, batch], seed) =>
    alertsOf(capture, chunk, batch, seed),
  );
  expect(new Set(results).size).toBe(1);
  expect(results[0]?.length).toBeGreaterThan(100);
});
