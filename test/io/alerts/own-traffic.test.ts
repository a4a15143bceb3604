import { expect, test } from 'vitest';
import { portScan } from '../../../src/detectors/port-scan.ts';
import { AlertWatch } from '../../../src/io/alerts/alert-watch.ts';
import { AlertKeeper } from '../../../src/io/alerts/keeper.ts';
import { openStore } from '../../../src/io/store/open.ts';
import type { Observation } from '../../../src/model/observation.ts';
import { SCAN } from '../store/samples.ts';

const US = '192.168.1.2';
const AT = SCAN.startedAt;

/** A hundred ports of a device, tried one after another, which refuses them. */
function* tries(address: string): Generator<Observation> {
  for (let port = 1; port <= 100; port += 1) {
    const ends = {
      ...{ at: AT + port * 100, flow: port, ipProtocol: 6 },
      source: { address, port: 40_000 + port },
      destination: { address: '192.168.1.9', port },
    };
    yield { kind: 'opened', ...ends, midway: false, group: false, octets: 0, stateless: false };
    yield { kind: 'answered', ...ends, refused: true };
  }
}

test.each<[about: string, address: string, types: readonly string[]]>([
  ['a scan of ours raises no alert', US, []],
  ['the same by somebody else at the same time does', '192.168.1.77', ['port_scan_vertical']],
])('%s', (_, address, types) => {
  const store = openStore(':memory:');
  store.saveScan({ ...SCAN, sent: { from: [US] } });
  const keeper = new AlertKeeper(store, {});
  const watch = new AlertWatch({
    ...{ keeper, learnDays: 0, detectors: [portScan] },
    ownScans: (since, until) => store.ownScans(since, until),
  });
  watch.take([...tries(address)]);
  watch.tick(AT + 60_000);
  expect([...keeper.book.all()].map(({ alert }) => alert.first.type)).toEqual(types);
});
