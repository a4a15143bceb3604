import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../../src/io/store/open.ts';
import type { Store } from '../../../src/io/store/store.ts';
import type { Flow } from '../../../src/model/flow.ts';

const HOUR = 3_600_000;
const NOW = 500_000 * HOUR;

let store: Store;

beforeEach(() => {
  store = openStore(':memory:');
});
afterEach(() => store.close());

function flow(parts: Partial<Flow> & { readonly at: number; readonly peer?: string }): Flow {
  const { at, peer = '198.51.100.7', ...rest } = parts;
  return {
    firstSeen: at,
    lastSeen: at + 1000,
    source: { address: '192.168.1.31', port: 40_000 + (at % 1000) },
    destination: { address: peer, port: 443 },
    transport: 'tcp',
    ipProtocol: 6,
    sent: { packets: 2, bytes: 100 },
    received: { packets: 2, bytes: 900 },
    outcome: 'answered',
    protocol: 'http',
    version: '1.1',
    over: 'tls',
    certainty: 'proved',
    communityId: '1:x',
    frames: [1, 4],
    lost: 0,
    facts: [],
    ...rest,
  };
}

test('who talked to whom is summed up by service, most octets first', () => {
  store.appendFlows(
    [
      flow({ at: NOW - 2 * HOUR }),
      flow({ at: NOW - HOUR, sni: 'cloud.example' }),
      flow({ at: NOW - HOUR, peer: '192.168.1.9', outcome: 'refused' }),
    ],
    'test',
  );
  const talks = store.totals.talks({ since: NOW - 3 * HOUR, limit: 10 });
  expect(talks).toMatchObject([
    {
      destination: '198.51.100.7',
      port: 443,
      flows: 2,
      answered: 2,
      bytes: 2000,
      name: 'cloud.example',
      first: NOW - 2 * HOUR,
    },
    { destination: '192.168.1.9', flows: 1, answered: 0 },
  ]);
  expect(store.totals.talks({ since: NOW - 3 * HOUR, limit: 1 })).toHaveLength(1);
});

test('what was before counts for what is new, and for nothing else', () => {
  store.appendFlows([flow({ at: NOW - 50 * HOUR }), flow({ at: NOW - HOUR })], 'test');
  const [talk] = store.totals.talks({ since: NOW - 2 * HOUR, from: NOW - 99 * HOUR, limit: 10 });
  expect(talk).toMatchObject({ flows: 1, bytes: 1000, first: NOW - 50 * HOUR });
});

test('hours are those in which flows began', () => {
  store.appendFlows(
    [0, 1, 2, HOUR].map((late) => flow({ at: NOW - 5 * HOUR + late })),
    'test',
  );
  expect(store.totals.hours(NOW - 24 * HOUR)).toEqual([
    { at: NOW - 5 * HOUR, bytes: 3000, flows: 3 },
    { at: NOW - 4 * HOUR, bytes: 1000, flows: 1 },
  ]);
});

test('pages of flows follow each other without doubles or holes, though many end at one moment', () => {
  const many = Array.from({ length: 50 }, (_, index) =>
    flow({ at: NOW - HOUR, source: { address: '192.168.1.31', port: 1000 + index } }),
  );
  store.appendFlows(many, 'test');
  const ports: number[] = [];
  for (let after: { lastSeen: number; id: number } | undefined; ; ) {
    const page = [...store.flows({ limit: 7, ...(after === undefined ? {} : { after }) })];
    ports.push(...page.map(({ source }) => source.port));
    const last = page.at(-1);
    if (last === undefined) break;
    after = { lastSeen: last.lastSeen, id: last.id };
  }
  expect(ports).toHaveLength(50);
  expect(new Set(ports).size).toBe(50);
  expect(store.totals.count()).toBe(50);
});

test('an empty store has no sums', () => {
  expect(store.totals.talks({ since: 0, limit: 10 })).toEqual([]);
  expect(store.totals.hours(0)).toEqual([]);
  expect(store.totals.count()).toBe(0);
});
