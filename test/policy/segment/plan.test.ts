import { describe, expect, test } from 'vitest';
import { conversation, madeSite } from '../../../bench/_segments.ts';
import { checkPolicy } from '../../../src/policy/check.ts';
import { readPolicy } from '../../../src/policy/read.ts';
import { planFiles } from '../../../src/policy/segment/artefacts.ts';
import { planSegments } from '../../../src/policy/segment/plan.ts';
import type {
  SegmentDevice,
  SegmentFlow,
  SegmentInput,
  SegmentPlan,
} from '../../../src/policy/segment/segment.ts';
import { DEFAULTS } from '../../../src/policy/segment/segment.ts';
import { writePolicy } from '../../../src/policy/write.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 20);

interface Wish extends Partial<Omit<SegmentDevice, 'id' | 'addresses'>> {
  /** Last number of its address, and its id. */
  readonly host: number;
}

function device({ host, ...wish }: Wish): SegmentDevice {
  return {
    id: `PTL-D-${String(host).padStart(4, '0')}`,
    endpoint: `device-${host}`,
    category: 'smart-home',
    kind: 'light',
    hasVendor: true,
    addresses: [`192.168.1.${host}`],
    macs: [`02:00:00:00:00:${host.toString(16).padStart(2, '0')}`],
    firstSeen: NOW - 30 * DAY,
    lastSeen: NOW,
    open: [],
    scanned: true,
    advertises: [],
    isSuspect: false,
    ...wish,
  };
}

/** From host to host, so often, a day apart; a host above 255 is on the internet. */
function flows(
  ...talks: readonly (readonly [
    from: number,
    to: number,
    port: number,
    times: number,
    udp?: 'udp',
  ])[]
): readonly SegmentFlow[] {
  const address = (host: number): string =>
    host > 255 ? `203.0.113.${host - 255}` : `192.168.1.${host}`;
  return talks
    .flatMap(([from, to, port, times, udp]) =>
      Array.from({ length: times }, (_, day) => ({ from, to, port, day, udp })),
    )
    .map(({ from, to, port, day, udp }, index) =>
      conversation({
        id: index + 1,
        at: NOW - 20 * DAY + day * DAY,
        from: address(from),
        to: address(to),
        port,
        protocol: 'unknown',
        transport: udp ?? 'tcp',
      }),
    );
}

function plan(
  devices: readonly SegmentDevice[],
  seen: readonly SegmentFlow[] = [],
  options: Parameters<typeof planSegments>[1] = {},
): SegmentPlan {
  return planSegments(input(devices, seen), options);
}

function input(devices: readonly SegmentDevice[], seen: readonly SegmentFlow[]): SegmentInput {
  const networks = [['192.168.1.0/24']];
  return { devices, flows: seen, routers: ['192.168.1.1'], networks, now: NOW };
}

function zoneOf(made: SegmentPlan, host: number): string | undefined {
  return made.placements.find(({ device: one }) => one.endpoint === `device-${host}`)?.zone;
}

const PHONE = device({ host: 10, category: 'general-purpose', kind: 'phone' });

describe('where a device is put', () => {
  const cases: readonly (readonly [string, Wish, readonly SegmentFlow[], string])[] = [
    ['a camera films', { host: 20, kind: 'dome camera' }, [], 'camera'],
    ['its recorder is beside it', { host: 20, kind: 'recorder' }, [], 'camera'],
    ['a television plays', { host: 20, kind: 'tv' }, [], 'media'],
    ['a printer', { host: 20, kind: 'printer', category: 'printer' }, [], 'printer'],
    [
      'a switch runs the network',
      { host: 20, kind: 'switch', category: 'infrastructure' },
      [],
      'infra',
    ],
    ['a hub serves the house', { host: 20, kind: 'hub' }, flows([20, 256, 443, 9]), 'iot-local'],
    [
      'a plug that speaks to its cloud',
      { host: 20, kind: 'plug' },
      flows([20, 256, 443, 9]),
      'iot-cloud',
    ],
    ['a lamp that people switch', { host: 20 }, flows([10, 20, 80, 9]), 'iot-local'],
    ['a controller is a cell', { host: 20, kind: 'plc', category: 'industrial' }, [], 'ot-1'],
    [
      'a laptop is people’s',
      { host: 20, kind: 'laptop', category: 'general-purpose' },
      [],
      'trusted',
    ],
    [
      'a phone that came once is a guest',
      { host: 20, kind: 'phone', category: 'general-purpose', firstSeen: NOW - DAY },
      flows([20, 256, 443, 3]),
      'guest',
    ],
    [
      'one that used the printer is none',
      { host: 20, kind: 'phone', category: 'general-purpose', firstSeen: NOW - DAY },
      flows([20, 10, 631, 3]),
      'trusted',
    ],
    [
      'of what nothing is known',
      { host: 20, kind: '', category: 'unknown', hasVendor: false },
      [],
      'quarantine',
    ],
    ['what may be taken over', { host: 20, kind: 'tv', isSuspect: true }, [], 'quarantine'],
  ];

  test.each(cases)('%s', (_, wish, seen, zone) => {
    expect(zoneOf(plan([PHONE, device(wish)], seen), 20)).toBe(zone);
  });

  test('the router is in no zone', () => {
    const made = plan([PHONE, device({ host: 1, kind: 'router', category: 'infrastructure' })]);
    expect(made.routers).toEqual(['PTL-D-0001']);
    expect(zoneOf(made, 1)).toBeUndefined();
  });

  test('what has no private address is in no zone, and counted', () => {
    const made = plan([PHONE, { ...device({ host: 20 }), addresses: ['203.0.113.5'] }]);
    expect(zoneOf(made, 20)).toBeUndefined();
    expect(made.notes.join()).toMatch(/Without a private address .*: 1/);
  });

  test('controllers that speak with each other are one cell, others another', () => {
    const plc = { kind: 'plc', category: 'industrial' } as const;
    const hosts = [20, 21, 22, 23].map((host) => device({ host, ...plc }));
    const made = plan([PHONE, ...hosts], flows([20, 21, 502, 9], [22, 23, 502, 9]));
    expect([20, 21, 22, 23].map((host) => zoneOf(made, host))).toEqual([
      'ot-1',
      'ot-1',
      'ot-2',
      'ot-2',
    ]);
  });

  test('a cloud plug that a hub steers all day moves to the hub', () => {
    const devices = [PHONE, device({ host: 20, kind: 'hub' }), device({ host: 21, kind: 'plug' })];
    const seen = flows([21, 256, 443, 18], [21, 257, 443, 18], [21, 20, 1883, 19]);
    const made = plan(
      [...devices, device({ host: 22, kind: 'plug' })],
      [...seen, ...flows([22, 256, 443, 9])],
    );
    expect(zoneOf(made, 21)).toBe('iot-local');
    expect(zoneOf(made, 22)).toBe('iot-cloud');
    expect(made.placements.find(({ zone }) => zone === 'iot-cloud')?.reason).toBe(
      'it speaks to its cloud most of all',
    );
  });

  test.each([2, 3, 4, 5, 6, 8])('there are at most %i zones', (zones) => {
    const made = planSegments(madeSite(54, 127), { zones });
    expect(made.zones.length).toBeLessThanOrEqual(zones);
    expect(made.zones.flatMap(({ members }) => members).toSorted((a, b) => a - b)).toEqual(
      made.devices.map((_, index) => index),
    );
  });
});

describe('Matter and Thread', () => {
  const lamp = device({
    host: 20,
    advertises: [{ type: '_matter._tcp', transport: 'udp', port: 5541 }],
  });
  const border = device({
    host: 21,
    kind: 'speaker',
    advertises: [{ type: '_meshcop._udp', transport: 'udp', port: 49_152 }],
  });
  const hub = device({ host: 22, kind: 'hub' });
  const made = plan(
    [PHONE, lamp, border, hub, device({ host: 23, kind: 'tv' })],
    [...flows([22, 20, 5541, 9, 'udp']), ...flows([10, 23, 8009, 9])],
  );

  test.each([
    ['a node', 20, /speaks Matter/],
    ['a border router', 21, /Thread border router/],
    ['who controls a node', 22, /controls devices that speak Matter/],
  ])('%s stays where it is, with the reason and its source', (_, host, reason) => {
    const placement = made.placements.find(({ device: one }) => one.endpoint === `device-${host}`);
    expect(placement?.stays?.reason).toMatch(reason);
    expect(placement?.stays?.source).toMatch(/matterjs-server/);
    expect(made.readdressed.map(({ device: id }) => id)).not.toContain(placement?.device.id);
  });

  test('they share one network, which is the present one', () => {
    const zones = new Set([20, 21, 22].map((host) => zoneOf(made, host)));
    expect(zones.size).toBe(1);
    const zone = made.zones.find(({ name }) => zones.has(name));
    expect(zone?.networks).toEqual(['192.168.1.0/24']);
  });

  test('they are never relayed', () => {
    expect(
      made.relays.flatMap(({ types }) => types).filter((type) => /matter|meshcop/.test(type)),
    ).toEqual([]);
  });
});

describe('what would break', () => {
  const nas = device({ host: 11, category: 'general-purpose', kind: 'nas' });
  const lamp = device({ host: 20 });
  const tv = device({
    host: 21,
    kind: 'tv',
    advertises: [{ type: '_googlecast._tcp', transport: 'tcp', port: 8009 }],
  });

  test('a lamp that once asked a file server for files is asked about, and no rule lets it', () => {
    const made = plan([PHONE, nas, lamp], [...flows([10, 20, 80, 9]), ...flows([20, 11, 445, 1])]);
    expect(made.breaks).toMatchObject([
      { kind: 'rare', service: 'tcp/445', from: 'iot-local', to: 'trusted' },
    ]);
    expect(made.policy.rules.map(({ service }) => service)).not.toContain('tcp/445');
    expect(made.policy.rules.map(({ service }) => service)).toContain('tcp/80');
  });

  test('what is used is allowed from whoever uses it, and not the other way round', () => {
    const made = plan([PHONE, tv], flows([10, 21, 8009, 9]));
    const rules = made.policy.rules.filter(({ service }) => service === 'tcp/8009');
    expect(rules).toMatchObject([
      { from: 'zone:trusted', to: 'zone:media', origin: { kind: 'template', flows: 9 } },
    ]);
  });

  test('one that is used most is named first', () => {
    const made = plan(
      [PHONE, nas, lamp, tv],
      [...flows([20, 11, 445, 1]), ...flows([21, 11, 22, 1], [21, 11, 22, 1])],
    );
    expect(made.breaks.map(({ service }) => service)).toEqual(['tcp/22', 'tcp/445']);
  });

  test('discovery of what is used is relayed by type, to whoever uses it', () => {
    const made = plan([PHONE, tv], flows([10, 21, 8009, 9]));
    expect(made.relays).toEqual([
      { protocol: 'mdns', from: 'media', to: 'trusted', types: ['_googlecast._tcp'], pairs: 1 },
    ]);
  });

  test('where nothing announced is used, nothing is relayed', () => {
    expect(plan([PHONE, tv], flows([10, 21, 22, 9])).relays).toEqual([]);
  });

  test('IPv6 link-local traffic ends at the border', () => {
    const link = { ...tv, addresses: ['fe80::21', '192.168.1.21'] };
    const seen = conversation({
      id: 1,
      at: NOW - DAY,
      from: '192.168.1.10',
      to: 'fe80::21',
      port: 80,
      protocol: 'http',
    });
    expect(plan([PHONE, link], [seen]).breaks).toMatchObject([{ kind: 'link-local' }]);
  });
});

describe('reach', () => {
  test('falls with zones, and further with rules for each device', () => {
    const { flat, zones, devices } = planSegments(madeSite(54, 127)).blast;
    expect(zones.mean).toBeLessThan(flat.mean / 2);
    expect(devices.mean).toBeLessThan(zones.mean / 2);
    expect(zones.jewelPaths).toBeLessThan(flat.jewelPaths);
  });

  test('goes on by way of others: a phone to a hub to the lamps of the hub’s zone', () => {
    const open = [{ transport: 'tcp', port: 80, protocol: 'http' }] as const;
    const made = plan(
      [
        PHONE,
        device({ host: 20, kind: 'hub', open }),
        device({ host: 21, open: [{ ...open[0], port: 81 }] }),
      ],
      flows([10, 20, 80, 9], [20, 21, 81, 9]),
    );
    // The phone reaches the hub at once and the lamp by it; the two reach each other.
    expect(made.blast.zones).toMatchObject({ directMean: 1, mean: 4 / 3, max: 2 });
  });

  test('a port that a scan found closed is in nobody’s reach, one that nobody asked may be', () => {
    expect(plan([PHONE, device({ host: 20 })]).blast.flat.max).toBe(0);
    expect(plan([PHONE, device({ host: 20, scanned: false })]).blast.flat.max).toBe(1);
  });
});

describe('the draft', () => {
  test.each(['zones', 'devices'] as const)(
    'by %s is a policy that is read back, and nothing is wrong with it',
    (rules) => {
      const { policy } = planSegments(madeSite(54, 127), { rules });
      expect(readPolicy(writePolicy(policy), 'draft').policy).toEqual(policy);
      expect(checkPolicy(policy).filter(({ level }) => level === 'error')).toEqual([]);
    },
  );

  test('the order of what is given does not matter', () => {
    const site = madeSite(54, 127);
    const turned = {
      ...site,
      devices: site.devices.toReversed(),
      flows: [...site.flows].reverse(),
    };
    const files = (one: SegmentInput): string =>
      planFiles(planSegments(one), DEFAULTS, ['lan1'])
        .map(({ text }) => text.replaceAll(/evidence: \[[^\]]*\]/g, ''))
        .join('');
    expect(files(turned)).toBe(files(site));
  });

  test('people’s zone is left alone, each other denies', () => {
    const { zones } = planSegments(madeSite(54, 127)).policy;
    const leaving = Object.entries(zones).filter(([, zone]) => zone.default === 'leave');
    expect(leaving.map(([name]) => name)).toEqual(['trusted', 'internet']);
  });

  test('each VLAN has one network, that nobody has yet', () => {
    const { zones } = planSegments(madeSite(54, 127));
    const vlans = zones.flatMap(({ vlan }) => vlan ?? []);
    expect(new Set(vlans).size).toBe(zones.length - 1);
    expect(new Set(zones.flatMap(({ networks }) => networks)).size).toBe(zones.length);
  });

  test('whoever gets another address is named', () => {
    const made = plan([PHONE, device({ host: 20, kind: 'tv' })]);
    expect(made.readdressed).toEqual([
      {
        device: 'PTL-D-0020',
        addresses: ['192.168.1.20'],
        zone: 'media',
        network: '192.168.30.0/24',
      },
    ]);
  });
});
