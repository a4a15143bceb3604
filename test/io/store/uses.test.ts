import { expect, test } from 'vitest';
import { openStore } from '../../../src/io/store/open.ts';
import type { Flow } from '../../../src/model/flow.ts';

const FLOW: Flow = {
  firstSeen: 1000,
  lastSeen: 2000,
  source: { address: '192.0.2.1', port: 40_000 },
  destination: { address: '192.0.2.9', port: 1883 },
  transport: 'tcp',
  ipProtocol: 6,
  sent: { packets: 4, bytes: 400 },
  received: { packets: 4, bytes: 400 },
  outcome: 'answered',
  protocol: 'mqtt',
  version: '3.1.1',
  over: 'tcp',
  certainty: 'proved',
  communityId: '1:x',
  frames: [1, 8],
  lost: 0,
  facts: [],
};

function flow(parts: Partial<Flow> = {}): Flow {
  return { ...FLOW, ...parts };
}

function later(seconds: number): Partial<Flow> {
  return { firstSeen: 1000 + seconds * 1000, lastSeen: 2000 + seconds * 1000 };
}

/** Of the server: how many conversations, until when, with whom last. */
function served(flows: readonly Flow[], after?: (store: ReturnType<typeof openStore>) => void) {
  const store = openStore(':memory:');
  for (const one of flows) store.appendFlows([one], 'test');
  after?.(store);
  return store
    .uses()
    .filter(({ direction }) => direction === 'to-device')
    .map(({ port, flows: count, first, last, peer }) => [port, count, first, last, peer]);
}

test.each([
  ['one conversation', [flow()], [[1883, 1, 1000, 2000, '192.0.2.1']]],
  ['the same one, told twice', [flow(), flow()], [[1883, 1, 1000, 2000, '192.0.2.1']]],
  [
    'one that went on, told again',
    [flow(), flow({ lastSeen: 9000, sent: { packets: 9, bytes: 900 } })],
    [[1883, 1, 1000, 9000, '192.0.2.1']],
  ],
  [
    'one that was answered at last',
    [flow({ outcome: 'silent' }), flow({ sent: { packets: 9, bytes: 900 } })],
    [[1883, 1, 1000, 2000, '192.0.2.1']],
  ],
  [
    'two, the later one of another',
    [flow(), flow({ ...later(60), source: { address: '192.0.2.2', port: 5 } })],
    [[1883, 2, 1000, 62_000, '192.0.2.2']],
  ],
  [
    'two, the earlier one told later',
    [flow(later(60)), flow({ source: { address: '192.0.2.2', port: 5 } })],
    [[1883, 2, 1000, 62_000, '192.0.2.1']],
  ],
  ['that somebody knocked', [flow({ outcome: 'refused' }), flow({ outcome: 'silent' })], []],
  ['what has no ports', [flow({ transport: 'icmp', ipProtocol: 1 })], []],
])('%s', (_, flows, uses) => {
  expect(served(flows)).toEqual(uses);
});

test('what is forgotten is used no more', () => {
  const flows = [flow(), flow(later(60))];
  expect(served(flows, (store) => store.forgetFlows(10_000, 10))).toEqual([
    [1883, 1, 1000, 62_000, '192.0.2.1'],
  ]);
  expect(served(flows, (store) => store.forgetFlows(100_000, 10))).toEqual([]);
});

test('forgets so many at once, and says how many', () => {
  const store = openStore(':memory:');
  store.appendFlows([flow(), flow(later(1)), flow(later(2))], 'test');
  expect([1, 2, 3].map(() => store.forgetFlows(100_000, 2))).toEqual([2, 1, 0]);
});

test('whoever asks again is given what is another since, and what is no more', () => {
  const store = openStore(':memory:');
  store.appendFlows([flow(), flow({ destination: { address: '192.0.2.8', port: 80 } })], 'test');
  const before = Math.max(...store.uses().map(({ seq }) => seq));
  expect(store.uses(before)).toEqual([]);
  store.appendFlows([flow(later(60))], 'test');
  const changed = store.uses(before);
  expect(changed.map(({ port, flows }) => [port, flows])).toEqual([
    [1883, 2],
    [1883, 2],
  ]);
  store.forgetFlows(100_000, 10);
  const gone = store.uses(Math.max(...changed.map(({ seq }) => seq)));
  expect(gone.map(({ flows }) => flows)).toEqual([0, 0, 0, 0]);
});

test('with whom each address talked, by port', () => {
  const store = openStore(':memory:');
  const other = { address: '192.0.2.8', port: 1883 };
  store.appendFlows([flow(), flow(later(1)), flow({ ...later(2), destination: other })], 'test');
  const peers = store.peers(10).map(({ address, port, peer }) => [address, port, peer]);
  expect(peers.toSorted()).toEqual([
    ['192.0.2.1', 1883, '192.0.2.8'],
    ['192.0.2.1', 1883, '192.0.2.9'],
  ]);
  expect(store.peers(1).map(({ peer }) => peer)).toEqual(['192.0.2.8']);
});
