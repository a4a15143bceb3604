import { describe, expect, test } from 'vitest';
import { frameOf, seenIn } from '../../../lab/kernel/frames.ts';
import { HOSTS, routerMac } from '../../../lab/kernel/site.ts';
import { Space, spaceObstacle } from '../../../lab/kernel/space.ts';
import { parseAddress } from '../../../src/base/address.ts';
import { ruleCounters } from '../../../src/targets/nftables/counters.ts';
import { nftables } from '../../../src/targets/nftables/nftables.ts';
import { logPrefix, readLogPrefix } from '../../../src/targets/shared/log-prefix.ts';
import { ANYONE, at, device, policy, rule } from '../../policy/simulate/site.ts';
import { obstacle as noNft } from './real-nft.ts';

test.each([
  [{ what: 'would-block', device: 'd7f3k', rule: 'ptl-d-d7f3k' }],
  [{ what: 'drop', rule: 'a'.repeat(40) }],
] as const)('a log prefix comes back as it was: %j', (prefix) => {
  expect(readLogPrefix(logPrefix(prefix))).toEqual(prefix);
  expect(logPrefix(prefix).length).toBeLessThanOrEqual(127);
});

test.each(['', 'ptl ', 'IN=eth0', 'ptl drop d1', 'ptl eat d1 r1 ', 'ptl drop "x" r1 '])(
  'a prefix of somebody else is not ours: %j',
  (text) => expect(readLogPrefix(text)).toBeUndefined(),
);

const obstacle = process.env['CI'] === undefined ? (spaceObstacle() ?? noNft) : undefined;

describe.skipIf(obstacle !== undefined)('in the kernel', () => {
  test('rules count what they decide, and trial counts what it would block', () => {
    const [host, other] = HOSTS;
    const destination = parseAddress('198.51.100.7');
    if (host === undefined || other === undefined || destination === undefined) throw new Error();
    const bound = policy({
      devices: [device('d1', ['192.168.1.10']), device('d2', ['192.168.1.11'], { trial: true })],
      egress: [rule('web', at('192.168.1.10', '192.168.1.11'), ANYONE, 'tcp/443')],
    });
    const space = new Space();
    try {
      const text = nftables.render(bound).files[0]?.text ?? '';
      space.inRouter(() => space.run(['nft', '-f', '-'], [text]));
      const send = (from: typeof host, port: number, id: number): void => {
        const ends = { source: from.v4, destination, sourcePort: 5000 + id, destinationPort: port };
        const packet = { id, protocol: 6, sourceMac: from.mac, ...ends };
        space.send('lan0', frameOf(packet, routerMac('lan0')));
      };
      for (const port of [443, 80, 81]) send(host, port, port);
      for (const port of [443, 80]) send(other, port, 1000 + port);
      // Others come as well: the router reports its multicast groups.
      const passed: number[] = [];
      const note = (_: string, frame: Uint8Array): void => {
        passed.push(...[seenIn(frame)?.id ?? []].flat());
      };
      for (let look = 0; look < 100; look += 1) space.receive(note, () => {});
      const listing = space.inRouter(() => space.run([...nftables.render(bound).read]));
      const packets = [...ruleCounters(listing)].map(([id, counter]) => [id, counter.packets]);
      expect(Object.fromEntries(packets)).toMatchObject({ web: 2, 'ptl-d-d1': 2, 'ptl-d-d2': 1 });
      expect(passed).toEqual([443, 1443, 1080]);
    } finally {
      space.close();
    }
  });
});
