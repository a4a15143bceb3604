import { describe, expect, test } from 'vitest';
import type { Inventory } from '../../../src/inventory/inventory.ts';
import { ScanNews } from '../../../src/io/site/scan-news.ts';
import type { Signal } from '../../../src/model/alert.ts';
import type { ScanRecord } from '../../../src/model/scan.ts';
import { Story } from '../../evidence.ts';
import { believe } from '../../inventory/build.ts';

const CAMERA = '192.168.1.20';
const MAC = '44:19:b6:01:02:03';
const GUEST = '192.168.1.30';

/** What the first scan said: 80 and 443 are open, the rest refuses, 8000-8010 is silent. */
function firstScan(): Story {
  return new Story()
    .present(CAMERA, MAC)
    .open(CAMERA, 80)
    .open(CAMERA, 443)
    .swept(CAMERA, '1-79,81-442,444-1024,50000', '8000-8010');
}

/** Signals of a further scan, which says these. */
function news(story: Story, further: Story, scans: readonly Partial<ScanRecord>[] = []) {
  const inventory: Inventory = believe(story);
  const site = {
    devices: inventory.devices(),
    services: inventory.services(),
    scans: scans.map((scan) => ({ ...SCAN, ...scan })),
  };
  const watch = new ScanNews(site, inventory);
  return further.evidence.flatMap((one) => watch.of([one]).map(shown));
}

function shown({ type, severity, devices, port, key }: Signal): string {
  return [severity, type, ...devices, port ?? '', key].join(' ');
}

const SCAN: ScanRecord = {
  id: 'PTL-S-1',
  startedAt: 0,
  endedAt: 1,
  targets: ['192.168.1.0/24'],
  tcpPorts: '1-1024',
  udpPorts: '',
  pace: 'polite',
  outcome: 'complete',
  budget: {
    devices: 1,
    connections: 1,
    datagrams: 0,
    bytesSent: 0,
    bytesReceived: 0,
    maxParallel: 1,
    maxPerSecond: 1,
    maxPerSecondOverall: 1,
  },
  notes: [],
};

const TABLE: readonly (readonly [what: string, further: Story, signals: readonly string[]])[] = [
  [
    'a port that refused and answers now, under the key of the detector that sees it in traffic',
    new Story().open(CAMERA, 554),
    [`medium new_port ${MAC} 554 new_port|${MAC}|tcp/554`],
  ],
  [
    'a shell is worse',
    new Story().open(CAMERA, 23),
    [`high new_port ${MAC} 23 new_port|${MAC}|tcp/23`],
  ],
  [
    'a port that programs pick by themselves is information',
    new Story().open(CAMERA, 50_000),
    [`info new_port ${MAC} 50000 new_port|${MAC}|tcp/50000`],
  ],
  ['a port that was open is no news', new Story().open(CAMERA, 80), []],
  ['a port that nobody asked before is no news', new Story().open(CAMERA, 9000), []],
  [
    'a port that was silent is no news: it may have been a lost packet',
    new Story().open(CAMERA, 8001),
    [],
  ],
  ['a hint is no news', new Story().open(CAMERA, 554, 'tcp', { certainty: 'hint' }), []],
  [
    'the same number of another transport is another port',
    new Story().open(CAMERA, 554, 'udp'),
    [],
  ],
  ['a device of which nothing was known', new Story().open(GUEST, 554), []],
  [
    'one that was open and refuses now',
    new Story().swept(CAMERA, '1-442,444-1024'),
    [`info closed_port ${MAC} 80 closed_port|${MAC}|tcp/80`],
  ],
  ['one that was open and is silent now is no news', new Story().swept(CAMERA, '', '80,443'), []],
];

describe('a further scan finds', () => {
  test.each(TABLE)('%s', (_, further, signals) => {
    expect(news(firstScan(), further)).toEqual(signals);
  });
});

describe('a device that came', () => {
  const guest = (mac: string): Story => new Story().present(GUEST, mac).present(GUEST, mac);

  test('on a network that was scanned before is told once', () => {
    expect(news(firstScan(), guest('44:19:b6:09:09:09'), [{}])).toEqual([
      'medium new_device 44:19:b6:09:09:09  new_device|44:19:b6:09:09:09|',
    ]);
    expect(news(firstScan(), guest('46:19:b6:09:09:09'), [{}])).toEqual([
      'low new_device 46:19:b6:09:09:09  new_device|46:19:b6:09:09:09|',
    ]);
  });

  test.each([
    ['no scan was done before', []],
    ['the one before was of another network', [{ targets: ['10.0.0.0/8'] }]],
    ['the one before was interrupted', [{ outcome: 'interrupted' as const }]],
  ])('is no news where %s', (_, scans) => {
    expect(news(firstScan(), guest('44:19:b6:09:09:09'), scans)).toEqual([]);
  });

  test('whose MAC is known is no news, whatever address it has now', () => {
    expect(news(firstScan(), new Story().present(GUEST, MAC), [{}])).toEqual([]);
  });

  test('and has the address of another has not opened what that one refused', () => {
    const story = firstScan().present(CAMERA, '44:19:b6:09:09:09');
    expect(news(story, new Story().open(CAMERA, 554))).toEqual([]);
  });
});
