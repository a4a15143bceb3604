import { describe, expect, test } from 'vitest';
import type { Signal } from '../../src/model/alert.ts';
import { Desk } from './desk.ts';
import { DAY, HOUR, MINUTE, mac, START, signal } from './signals.ts';

/** What is told, and how many incidents there are. */
function seen(
  ...signals: readonly Signal[]
): readonly [told: readonly string[], incidents: number] {
  const desk = new Desk();
  for (const one of signals) {
    for (let at = one.at - 5 * HOUR; at < one.at; at += HOUR) if (at > START) desk.tick(at);
    desk.take(one);
  }
  desk.tick((signals.at(-1)?.at ?? START) + 10 * MINUTE);
  return [desk.told, new Set(desk.alerts.map(({ incident }) => incident)).size];
}

const of = (type: string, after: number, parts: Partial<Signal> = {}): Signal =>
  signal({ type, at: START + after, ...parts });
const high = { severity: 'high' } as const;

describe('what an event brings about while it goes on is shown with it, and not told again', () => {
  test.each<[string, readonly Signal[], readonly string[], number]>([
    [
      'names that were drawn, and three hours later the place that one of them stands for',
      [of('dga', 0, high), of('unknown_destination', 3 * HOUR)],
      ['opened dga'],
      1,
    ],
    [
      'a search by ARP, and fifty minutes later the same by port',
      [of('host_sweep', 0), of('port_scan_horizontal', 50 * MINUTE)],
      ['opened host_sweep'],
      1,
    ],
    [
      'the same where it is worse: whoever is told of the worse alone must be told',
      [of('host_sweep', 0), of('port_scan_horizontal', 50 * MINUTE, high)],
      ['opened host_sweep', 'worse port_scan_horizontal,host_sweep'],
      1,
    ],
    [
      'one whose traffic is led through another, and who is missed then',
      [
        of('arp_spoof', 0, { ...high, devices: [mac(1), mac(2)] }),
        of('device_silent', 40 * MINUTE, { severity: 'low', devices: [mac(2)] }),
      ],
      ['opened arp_spoof'],
      1,
    ],
    [
      'a place that somebody else talks to',
      [of('dga', 0, high), of('unknown_destination', 3 * HOUR, { devices: [mac(2)] })],
      ['opened dga', 'opened unknown_destination'],
      2,
    ],
    [
      'what it does not bring about',
      [of('dga', 0, high), of('new_port', 3 * HOUR)],
      ['opened dga', 'opened new_port'],
      2,
    ],
    [
      'the place, when the names are over for a day',
      [of('dga', 0, high), of('unknown_destination', DAY + 2 * HOUR)],
      ['opened dga', 'opened unknown_destination'],
      2,
    ],
  ])('%s', (_, signals, told, incidents) => {
    expect(seen(...signals)).toEqual([told, incidents]);
  });
});
