import { beforeAll, describe, expect, test } from 'vitest';
import type { Observed } from '../../../bench/_learning.ts';
import { learnt, observe, score } from '../../../bench/_learning.ts';

const SEED = 7;
const NOBODY = (): boolean => false;

/** Days are whole captures that go through the decoder, the flow table and the store. */
describe(`a camera's days (seed ${SEED})`, () => {
  let first: Observed;
  let second: Observed;
  beforeAll(async () => {
    first = await observe([{ seed: SEED, day: 0, boot: true }]);
    second = await observe([{ seed: SEED, day: 1, infected: true }]);
  });

  test('a connection that was open at midnight is stored as one whose beginning was not seen', () => {
    const [oldest] = first.flows.toSorted((a, b) => a.firstSeen - b.firstSeen);
    expect(oldest).toMatchObject({ midStream: true, destination: { port: 8883 } });
    expect(first.flows.filter(({ midStream }) => midStream === true)).toHaveLength(1);
  });

  test('from one of them the next is allowed, and what malware does then is not', () => {
    const result = score(learnt(first), second, NOBODY);
    expect(result.malware).toBeGreaterThan(1500);
    expect(result.denied).toBe(result.malware);
    expect(result.benign).toBeGreaterThan(600);
    expect(result.allowed / result.benign).toBeGreaterThanOrEqual(0.99);
    // Seen once, and not at all: the one is asked about, the other is what one day does not show.
    expect(result.wrong).toEqual([
      'to fota.vendor.example tcp/443',
      'to support.vendor.example tcp/443',
    ]);
  });

  test('what was asked and answered with yes is allowed, too', () => {
    const { wrong, malware, denied } = score(learnt(first), second, (reason) => reason === 'rare');
    expect([wrong, denied]).toEqual([['to support.vendor.example tcp/443'], malware]);
  });

  test('the rules are what the camera was made to do, each shown by flows', () => {
    const [camera] = learnt(first).devices;
    expect(camera?.rules.map(({ from, to, service }) => `${from} ${to} ${service}`)).toEqual([
      'camera nas tcp/2049',
      'camera name:api.vendor.example tcp/443',
      'camera name:mq.vendor.example tcp/8883',
      'camera name:time.vendor.example udp/123',
      'camera self udp/53',
      'hub camera tcp/554',
      'phone camera tcp/443',
    ]);
    const ids = new Set(first.flows.map(({ id }) => id));
    for (const { origin } of camera?.rules ?? []) {
      expect(origin.evidence?.length).toBeGreaterThan(0);
      expect(origin.evidence?.every((id) => ids.has(id))).toBe(true);
    }
  });

  test('from a day on which malware was in it nothing of that becomes a rule', () => {
    const [camera] = learnt(second).devices;
    expect(camera?.rules.map(({ to, service }) => `${to} ${service}`)).toEqual([
      'nas tcp/2049',
      'name:api.vendor.example tcp/443',
      'name:mq.vendor.example tcp/8883',
      'name:time.vendor.example udp/123',
      'self udp/53',
      'camera tcp/554',
      'camera tcp/443',
    ]);
    expect(
      camera?.questions
        .filter(({ suspicious }) => suspicious)
        .map(({ reason }) => reason)
        .sort(),
    ).toEqual(['after-scan', 'scan']);
    const { malware, denied } = score(learnt(second), second, NOBODY);
    expect(denied).toBe(malware);
  });
});
