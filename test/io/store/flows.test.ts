import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../../src/io/store/open.ts';
import type { Store } from '../../../src/io/store/store.ts';
import type { Flow } from '../../../src/model/flow.ts';

const SECOND = 1000;

let store: Store;
beforeEach(() => {
  store = openStore(':memory:');
});
afterEach(() => store.close());

function flow(changes: Partial<Flow> = {}): Flow {
  return {
    firstSeen: 1_795_600_000_000,
    lastSeen: 1_795_600_065_000,
    source: { address: '192.168.1.10', port: 40_000 },
    destination: { address: '192.168.1.20', port: 1883 },
    transport: 'tcp',
    ipProtocol: 6,
    sent: { packets: 10, bytes: 100 },
    received: { packets: 8, bytes: 80 },
    outcome: 'answered',
    protocol: 'unknown',
    version: 'unknown',
    over: 'tcp',
    certainty: 'hint',
    communityId: '1:x',
    frames: [1, 18],
    lost: 0,
    facts: [],
    ...changes,
  };
}

const later = (seconds: number, changes: Partial<Flow> = {}): Flow =>
  flow({
    lastSeen: flow().firstSeen + seconds * SECOND,
    sent: { packets: 10 + seconds, bytes: 5000 },
    ...changes,
  });

describe('a flow that went on', () => {
  test('is one row, which has become what it is now', () => {
    store.appendFlows([flow({ active: true })], 'eth0');
    store.appendFlows([later(125, { protocol: 'mqtt', certainty: 'proved' })], 'eth0');
    expect([...store.flows()]).toEqual([
      expect.objectContaining({
        lastSeen: flow().firstSeen + 125 * SECOND,
        protocol: 'mqtt',
        certainty: 'proved',
        sent: { packets: 135, bytes: 5000 },
      }),
    ]);
    expect(store.uses().map(({ flows }) => flows)).toEqual([1, 1]);
  });

  test('keeps its number', () => {
    store.appendFlows([flow({ active: true }), flow({ firstSeen: 5 })], 'eth0');
    const [before] = [...store.flows({ port: 1883 })].map(({ id }) => id);
    store.appendFlows([later(125)], 'eth0');
    expect([...store.flows()].map(({ id }) => id)).toContain(before);
  });

  test('stays what it is where an older word of it comes again', () => {
    store.appendFlows([later(125)], 'eth0');
    store.appendFlows([flow({ active: true })], 'eth0');
    expect([...store.flows()].map(({ sent }) => sent.bytes)).toEqual([5000]);
  });

  test('is one row also where it turned out that the other side had opened it', () => {
    store.appendFlows([flow({ active: true })], 'eth0');
    const { source, destination } = flow();
    store.appendFlows([later(125, { source: destination, destination: source })], 'eth0');
    expect([...store.flows()].map((one) => one.source.port)).toEqual([1883]);
  });
});

test.each([
  ['of another interface', 'eth1', {}],
  ['that began at another time', 'eth0', { firstSeen: 1_795_599_000_000 }],
  ['to another port', 'eth0', { destination: { address: '192.168.1.20', port: 8883 } }],
  ['by another transport', 'eth0', { transport: 'udp', ipProtocol: 17 }],
] satisfies [string, string, Partial<Flow>][])('one %s is another', (_, observer, changes) => {
  store.appendFlows([flow()], 'eth0');
  store.appendFlows([later(125, changes)], observer);
  expect([...store.flows()]).toHaveLength(2);
});

test('the same file twice changes nothing', () => {
  store.appendFlows([flow()], 'file');
  const before = [...store.flows()];
  store.appendFlows([flow()], 'file');
  expect([...store.flows()]).toEqual(before);
});
