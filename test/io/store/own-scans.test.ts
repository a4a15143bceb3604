import { expect, test } from 'vitest';
import { openStore } from '../../../src/io/store/open.ts';
import type { Flow } from '../../../src/model/flow.ts';
import type { ScanRecord } from '../../../src/model/scan.ts';
import { SCAN } from './samples.ts';

const AT = SCAN.startedAt;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const US = '192.168.1.2';
const WHOLE: ScanRecord = { ...SCAN, sent: { from: [US], until: AT + MINUTE } };

const FLOW: Flow = {
  firstSeen: AT + 1000,
  lastSeen: AT + 2000,
  source: { address: US, port: 40_000 },
  destination: { address: '192.168.1.9', port: 23 },
  transport: 'tcp',
  ipProtocol: 6,
  sent: { packets: 4, bytes: 400 },
  received: { packets: 4, bytes: 400 },
  outcome: 'answered',
  protocol: 'telnet',
  version: '',
  over: 'tcp',
  certainty: 'proved',
  communityId: '1:x',
  frames: [1, 8],
  lost: 0,
  facts: [],
};
const THEIRS: Flow = { ...FLOW, source: { address: '192.168.1.77', port: 40_000 } };

function at(moment: number): Partial<Flow> {
  return { firstSeen: moment, lastSeen: moment + 1000 };
}

/** Conversations by which telnet of the device is used, with whom last, and those that a scan made. */
function telnet(scans: readonly ScanRecord[], flows: readonly Flow[]) {
  const store = openStore(':memory:');
  for (const scan of scans) store.saveScan(scan);
  store.appendFlows(flows, 'test');
  const use = store.uses().find(({ direction }) => direction === 'to-device');
  const marked = [...store.flows()].filter(({ scan }) => scan === WHOLE.id).length;
  const others = [...store.flows({ byOthers: true })].length;
  const talks = store.totals.talks({ since: 0, limit: 10 });
  expect(others).toBe(flows.length - marked);
  expect(talks.reduce((sum, talk) => sum + talk.flows, 0)).toBe(others);
  return [use?.flows ?? 0, use?.peer, marked];
}

test.each<
  [about: string, scans: readonly ScanRecord[], flows: readonly Flow[], expected: unknown[]]
>([
  ['what a scan of ours asks is no use', [WHOLE], [FLOW], [0, undefined, 1]],
  ['what somebody else does meanwhile is one', [WHOLE], [FLOW, THEIRS], [1, '192.168.1.77', 1]],
  [
    'what this machine does later is one',
    [WHOLE],
    [FLOW, { ...FLOW, ...at(AT + 5 * MINUTE) }],
    [1, US, 1],
  ],
  ['a scan that runs is one', [{ ...SCAN, sent: { from: [US] } }], [FLOW], [0, undefined, 1]],
  [
    'one that crashed is over after a day',
    [{ ...SCAN, sent: { from: [US] } }],
    [{ ...FLOW, ...at(AT + DAY + MINUTE) }],
    [1, US, 0],
  ],
  ['of a record that says not from where, nothing is told apart', [SCAN], [FLOW], [1, US, 0]],
  [
    'one of many is found',
    [
      { ...WHOLE, id: 'PTL-S-0001', startedAt: AT - DAY, sent: { from: [US], until: AT - DAY } },
      WHOLE,
    ],
    [FLOW],
    [0, undefined, 1],
  ],
])('%s', (_, scans, flows, expected) => {
  expect(telnet(scans, flows)).toEqual(expected);
});

test('what is forgotten of a scan takes no use away', () => {
  const store = openStore(':memory:');
  store.saveScan(WHOLE);
  store.appendFlows([FLOW, { ...THEIRS, ...at(AT + 9000) }], 'test');
  store.forgetFlows(AT + 5000, 10);
  expect(store.uses().map(({ flows }) => flows)).toEqual([1, 1]);
  expect([...store.flows()]).toHaveLength(1);
});
