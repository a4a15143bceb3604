import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pushedDown } from '../../../../src/io/api/flow-list.ts';
import type { FlowItem, FlowPicture, Lane, ZoneMatrix } from '../../../../src/model/api/flows.ts';
import { parseFilter } from '../../../../src/query/parse.ts';
import { Story } from '../../../evidence.ts';
import { DAY, flow, HOUR, MINUTE, NOW, SiteContext } from '../site-context.ts';

const CAMERA = '192.168.1.31';
const RECORDER = '192.168.2.9';

let site: SiteContext;

beforeEach(() => {
  site = new SiteContext({ zones: { iot: ['192.168.1.0/24'], office: ['192.168.2.0/24'] } });
  site.add(
    ...new Story(NOW - 10 * DAY)
      .present(CAMERA, '44:19:b6:00:11:22')
      .attribute(CAMERA, 'name', 'Front camera')
      .present(RECORDER, '44:19:b6:00:11:23').evidence,
  );
});
afterEach(() => site.close());

describe('flows', () => {
  test('name their ends, their zones and a filter for Wireshark', async () => {
    site.addFlows(flow({ at: NOW - HOUR, sni: 'cloud.example' }));
    const { items } = await site.list<FlowItem>('listFlows');
    expect(items).toMatchObject([
      {
        source: { device: { name: 'Front camera' }, zone: 'iot' },
        destination: { address: '203.0.113.7', zone: 'internet' },
        name: 'cloud.example',
        encrypted: true,
        displayFilter:
          'ip.addr == 192.168.1.31 && ip.addr == 203.0.113.7 && tcp.port == 40000 && tcp.port == 443',
      },
    ]);
    expect(items[0]?.destination.device).toBeUndefined();
  });

  test('behind a router are not taken for the router by its MAC', async () => {
    const mac = '44:19:b6:00:11:23';
    site.addFlows(flow({ at: NOW, destination: { address: '203.0.113.7', port: 443, mac } }));
    const { items } = await site.list<FlowItem>('listFlows');
    expect(items[0]?.destination.device).toBeUndefined();
  });

  test.each([
    ['by address', `address = ${CAMERA}`, 3],
    ['by network', 'address in 192.168.2.0/24', 1],
    ['by port', 'port = 554', 1],
    ['by protocol', 'protocol = rtsp', 1],
    ['by protocol in another case', 'protocol = RTSP', 1],
    ['by the name of a device', 'device ~ camera', 3],
    ['by zones', 'from = iot and to = internet', 2],
    ['by time', 'lastSeen > -90m', 2],
    ['by two that the database is asked', 'port = 443 and lastSeen > -90m', 1],
    ['by one or another, which it is not', 'port = 443 or port = 554', 3],
    ['by the opposite, which it is not', 'not port = 443', 1],
    ['by encryption', 'encrypted = no', 1],
    ['by a word', 'cloud', 1],
  ])('can be filtered %s', async (_, filter, total) => {
    site.addFlows(
      flow({ at: NOW - 3 * HOUR, sni: 'cloud.example' }),
      flow({ at: NOW - HOUR }),
      flow({
        at: NOW - HOUR,
        destination: { address: RECORDER, port: 554 },
        protocol: 'rtsp',
        over: 'tcp',
      }),
    );
    const page = await site.list<FlowItem>('listFlows', { filter });
    expect([page.total, page.items.length, page.all]).toEqual([total, total, 3]);
    expect(page.isAtLeast).toBeUndefined();
  });

  test('in pages are all of them once, newest first, and each page knows how many', async () => {
    site.addFlows(
      ...Array.from({ length: 25 }, (_, index) => {
        const source = { address: CAMERA, port: 1000 + index };
        return flow({ at: NOW - HOUR - (index % 5) * MINUTE, source });
      }),
    );
    const seen: FlowItem[] = [];
    const totals: number[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: '7', filter: 'device ~ camera' };
      const page = await site.list<FlowItem>(
        'listFlows',
        cursor === undefined ? query : { ...query, cursor },
      );
      seen.push(...page.items);
      totals.push(page.total);
      cursor = page.next;
    } while (cursor !== undefined);
    expect(totals).toEqual([25, 25, 25, 25]);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(25);
    const times = seen.map(({ lastSeen }) => lastSeen);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  test.each([
    ['of the span alone', { since: '90m' }, 1],
    ['of the span, whatever the filter would take', { since: '90m', filter: 'lastSeen > -7d' }, 1],
    ['no more than the filter leaves', { since: '7d', filter: 'lastSeen > -90m' }, 1],
    ['of the span in another order', { since: '90m', sort: '-sent' }, 1],
    ['all, where nothing is said', {}, 2],
  ])('are %s', async (_, words, count) => {
    site.addFlows(flow({ at: NOW - HOUR }), flow({ at: NOW - 2 * HOUR }));
    const { items, total } = await site.list<FlowItem>('listFlows', words);
    expect([items.length, total]).toEqual([count, count]);
  });

  test('refuse a span that is none', async () => {
    await expect(site.list('listFlows', { since: 'lately' })).rejects.toMatchObject({
      code: 'E_USAGE',
    });
  });

  test('can be in any other order', async () => {
    site.addFlows(
      flow({ at: NOW - HOUR, sent: { packets: 1, bytes: 5 } }),
      flow({ at: NOW - 2 * HOUR, sent: { packets: 1, bytes: 9 } }),
    );
    const { items } = await site.list<FlowItem>('listFlows', { sort: '-sent' });
    expect(items.map(({ sentBytes }) => sentBytes)).toEqual([9, 5]);
  });

  test('refuse a cursor of another list', async () => {
    await expect(site.list('listFlows', { cursor: 'e30' })).rejects.toMatchObject({
      code: 'E_USAGE',
    });
  });
});

test.each([
  ['what must hold', 'port = 80 and protocol = http', { port: 80, protocol: 'http' }],
  ['an address', 'address in 10.0.0.1', { address: '10.0.0.1' }],
  ['no network', 'address in 10.0.0.0/8', {}],
  ['no IPv6, which has many spellings', 'address = 2001:db8::1', {}],
  ['a time', 'lastSeen >= -1h', { since: NOW - HOUR }],
  ['no end of a time', 'lastSeen < -1h', {}],
  ['nothing of an or', 'port = 80 or port = 81', {}],
  ['nothing of a not', 'not port = 80', {}],
  ['no list', 'port in (80, 81)', {}],
])('the database is asked %s', (_, filter, expected) => {
  expect(pushedDown(parseFilter(filter), NOW)).toEqual(expected);
});

describe('zones', () => {
  const matrix = (): Promise<ZoneMatrix> =>
    site.ask<ZoneMatrix>('getZoneMatrix', { query: { since: '14d' } });

  test('are a matrix of who talks to whom; outside is last', async () => {
    site.addFlows(
      flow({ at: NOW - 3 * DAY }),
      flow({ at: NOW - HOUR, destination: { address: RECORDER, port: 554 }, protocol: 'rtsp' }),
      flow({ at: NOW - HOUR, destination: { address: '224.0.0.251', port: 5353 } }),
    );
    expect(await matrix()).toMatchObject({
      zones: ['iot', 'office', 'internet'],
      cells: [
        { from: 'iot', to: 'office', flows: 1, newFlows: 1, services: ['tcp/554 rtsp'] },
        { from: 'iot', to: 'internet', flows: 1, newFlows: 0, services: ['tcp/443 http'] },
      ],
    });
  });

  test('have what stays within one of them in a cell of its own', async () => {
    site.addFlows(flow({ at: NOW - HOUR, destination: { address: '192.168.1.77', port: 1883 } }));
    expect(await matrix()).toMatchObject({
      zones: ['iot'],
      cells: [{ from: 'iot', to: 'iot', flows: 1, devices: 1 }],
    });
  });

  test('say what the policy would deny', async () => {
    site.addFlows(flow({ at: NOW - HOUR }), flow({ at: NOW - HOUR, destination: RECORDER_RTSP }));
    writeFileSync(
      join(site.folder, 'policy.yaml'),
      [
        'version: 1',
        'zones:',
        '  iot: { interfaces: [br-iot], networks: [192.168.1.0/24] }',
        '  office: { interfaces: [br-office], networks: [192.168.2.0/24] }',
        '  wan: { interfaces: [eth0], internet: true }',
        'rules:',
        '  - { id: no-cloud, from: zone:iot, to: zone:wan, service: any, action: deny }',
        '',
      ].join('\n'),
    );
    const { zones, cells } = await matrix();
    expect(zones).toEqual(['iot', 'office', 'wan']);
    expect(cells.map(({ to, flows, denied }) => [to, flows, denied])).toEqual([
      ['office', 1, 0],
      ['wan', 1, 1],
    ]);
  });
});

const RECORDER_RTSP = { address: RECORDER, port: 554 };

describe('the picture', () => {
  const picture = (): Promise<FlowPicture> => site.ask<FlowPicture>('getFlowPicture');

  test('has devices and peers in the columns of their zones, and peers by their names', async () => {
    site.addFlows(flow({ at: NOW - HOUR, sni: 'Cloud.example' }));
    expect(await picture()).toMatchObject({
      nodes: [
        { label: 'Front camera', zone: 'iot', column: 0, row: 0, kind: 'device' },
        { label: 'cloud.example', zone: 'internet', column: 1, row: 0, kind: 'peer' },
      ],
      links: [{ to: 'cloud.example', flows: 1, services: ['tcp/443 http'] }],
      folded: [],
    });
  });

  test('has at most 60 nodes and counts the rest; what all ask is a hub without links', async () => {
    const gateway = { address: '192.168.1.1', port: 53 };
    const many = Array.from({ length: 100 }, (_, index) => ({
      address: `192.168.1.${index + 50}`,
      port: 40_000,
    }));
    site.addFlows(...many.map((source) => flow({ at: NOW - HOUR, source, destination: gateway })));
    const { nodes, links, folded } = await picture();
    expect(nodes).toHaveLength(60);
    expect(nodes.filter(({ kind }) => kind === 'hub').map(({ label }) => label)).toEqual([
      '192.168.1.1',
    ]);
    expect(links).toEqual([]);
    expect(folded).toEqual([{ zone: 'iot', count: 41 }]);
  });

  test('moves nobody when somebody comes', async () => {
    site.addFlows(flow({ at: NOW - HOUR, destination: RECORDER_RTSP }));
    const before = await picture();
    site.add(...new Story(NOW).present('192.168.1.2').evidence);
    const source = { address: '192.168.1.2', port: 1 };
    site.addFlows(flow({ at: NOW - MINUTE, source, destination: RECORDER_RTSP }));
    const after = await picture();
    for (const { id, column, row } of before.nodes) {
      expect(after.nodes.find((node) => node.id === id)).toMatchObject({ column, row });
    }
  });
});

test('lanes have one for each service and peer, with bars where something went', async () => {
  site.addFlows(
    flow({ at: NOW - 20 * HOUR, sni: 'cloud.example' }),
    flow({ at: NOW - HOUR, sni: 'cloud.example' }),
    flow({
      at: NOW - HOUR,
      source: { address: RECORDER, port: 50_000 },
      destination: { address: CAMERA, port: 554 },
      protocol: 'rtsp',
    }),
  );
  const lanes = await site.ask<Lane[]>('listLanes', { params: { id: CAMERA } });
  expect(
    lanes.map(({ peer, service, direction, flows }) => [peer, service, direction, flows]),
  ).toEqual([
    ['cloud.example', 'tcp/443 http', 'from-device', 2],
    [expect.any(String), 'tcp/554 rtsp', 'to-device', 1],
  ]);
  expect(lanes[0]?.bars).toHaveLength(2);
  expect(lanes[0]?.bars.map(({ bytes }) => bytes)).toEqual([1000, 1000]);
});
