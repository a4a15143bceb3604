import { describe, expect, test } from 'vitest';
import { frameOf, seenIn } from '../../../lab/kernel/frames.ts';
import { randomProbe, simulated } from '../../../lab/kernel/packets.ts';
import { Random } from '../../../lab/kernel/random.ts';
import { HOSTS, ROUTER, routerMac } from '../../../lab/kernel/site.ts';
import { Space, spaceObstacle } from '../../../lab/kernel/space.ts';
import type { Address } from '../../../src/base/address.ts';
import { contains, formatAddress, parseAddress } from '../../../src/base/address.ts';
import type { BoundPolicy, BoundRule } from '../../../src/model/bound-policy.ts';
import { simulateProgram } from '../../../src/policy/simulate/program.ts';
import { Simulator } from '../../../src/policy/simulate/simulator.ts';
import { ruleCounters } from '../../../src/targets/nftables/counters.ts';
import { nftables } from '../../../src/targets/nftables/nftables.ts';
import { ANYONE, at, device, policy, rule } from '../../policy/simulate/site.ts';
import { loadedTwice, obstacle as noNft } from './real-nft.ts';

const MAC = '02:00:00:00:00:10';
const CAMERA = at('192.168.20.5');
const NAS = at('192.168.1.9');

function textOf(bound: BoundPolicy): string {
  return nftables.render(bound).files[0]?.text ?? '';
}

/** Ids of the rules that are elements of the map of a side, and of those that are lines. */
function placesOf(text: string): { readonly elements: string[]; readonly lines: string[] } {
  const named = (pattern: RegExp): string[] => [
    ...new Set(Array.from(text.matchAll(pattern), ([, id = '']) => id)),
  ];
  return {
    elements: named(/ comment "(\w+)" : return/g),
    lines: named(/counter \S+(?: \S+)? comment "([a-z]\w*)"/g).filter((id) => id.length < 6),
  };
}

describe('what names its connections in full', () => {
  const nas = rule('nas', CAMERA, NAS, 'tcp/445');
  test.each<[string, readonly BoundRule[], readonly string[], readonly string[]]>([
    ['is an element of the map that all devices share', [nas], ['nas'], []],
    [
      'also of several peers and ports',
      [rule('x', CAMERA, at('1.1.1.1', '1.1.1.2'), 'tcp/1,2')],
      ['x'],
      [],
    ],
    ['is a line where it denies', [{ ...nas, action: 'deny' }], [], ['nas']],
    ['is a line where it is logged', [{ ...nas, log: true }], [], ['nas']],
    ['is a line where it lapses', [{ ...nas, expires: 4e12 }], [], ['nas']],
    ['is a line where a zone is asked', [{ ...nas, fromZone: 'iot' }], [], ['nas']],
    ['a few ports in a row are elements', [rule('r', CAMERA, NAS, 'tcp/1-8')], ['r'], []],
    ['a long range of ports is a line', [rule('r', CAMERA, NAS, 'tcp/1-99')], [], ['r']],
    ['a network is a line', [rule('r', CAMERA, at('10.0.0.0/8'), 'tcp/1')], [], ['r']],
    ['no port is a line', [rule('r', CAMERA, NAS, 'icmp/8')], [], ['r']],
    [
      'is a line behind one that may match the same',
      [rule('no', CAMERA, ANYONE, 'tcp/445', { action: 'deny' }), nas],
      [],
      ['no', 'nas'],
    ],
    [
      'is an element behind one of another port',
      [rule('no', CAMERA, ANYONE, 'tcp/22', { action: 'deny' }), nas],
      ['nas'],
      ['no'],
    ],
    [
      'is an element before one that denies the same',
      [nas, rule('no', CAMERA, ANYONE, 'any', { action: 'deny' })],
      ['nas'],
      ['no'],
    ],
    [
      'of two that say the same, the first counts',
      [nas, rule('again', CAMERA, NAS, 'tcp/445')],
      ['nas'],
      [],
    ],
    [
      'with more peers than are worth it is a line',
      [rule('r', CAMERA, at(...Array.from({ length: 9 }, (_, n) => `10.0.${n}.1`)), 'tcp/1')],
      [],
      ['r'],
    ],
  ])('%s', (_, egress, elements, lines) => {
    const text = textOf(policy({ devices: [device('d1', ['192.168.20.5'])], egress }));
    expect(placesOf(text)).toEqual({ elements, lines });
  });

  test('the sender is told by its MAC too, where that is known', () => {
    const devices = [device('d1', ['192.168.20.5'], { macs: [MAC] })];
    expect(textOf(policy({ devices, egress: [nas] }))).toContain(
      `${MAC} . 192.168.20.5 . 192.168.1.9 . 6 . 445 comment "nas" : return`,
    );
  });
});

/** Rules of which nearly all name both ends in full, in an order that matters. */
function exactPolicy(random: Random): BoundPolicy {
  const hosts = random.some(HOSTS, 8);
  const devices = hosts.slice(0, 5).map((host, index) =>
    device(`d${index}`, [formatAddress(host.v4), formatAddress(host.v6)], {
      macs: random.chance(50) ? [host.mac] : [],
      trial: random.chance(20),
    }),
  );
  const addresses = hosts.flatMap(({ v4, v6 }) => [v4, v6].map(formatAddress));
  const some = (): string[] => [...random.some(addresses, 3)];
  const one = (id: string): BoundRule => {
    const services = random.of(['tcp/22,80', 'udp/53', 'tcp/443 udp/443', 'tcp/1-600', 'any']);
    const action = random.of(['allow', 'allow', 'allow', 'deny'] as const);
    const to = random.chance(20) ? ANYONE : at(...some());
    return rule(id, random.chance(10) ? ANYONE : at(...some()), to, services, { action });
  };
  const side = (prefix: string): BoundRule[] =>
    Array.from({ length: 30 }, (_, index) => one(`${prefix}${index}`));
  return policy({ devices, egress: side('e'), ingress: side('i') });
}

const VIEW = {
  isLocal: (address: Address): boolean =>
    ROUTER.interfaces.some(({ addresses }) =>
      addresses.some((own) => own.family === address.family && own.value === address.value),
    ),
  interfaceTo: (address: Address): string | undefined =>
    VIEW.isLocal(address) ? undefined : ROUTER.routes.find(({ to }) => contains(to, address))?.out,
};

test.each([21, 22, 23, 24])(
  'maps and lines of seed %i together decide as the policy does',
  (seed) => {
    const random = new Random(seed);
    const bound = exactPolicy(random);
    const text = textOf(bound);
    const { elements, lines } = placesOf(text);
    expect(Math.min(elements.length, lines.length)).toBeGreaterThan(3);
    const parsed = nftables.parse(text);
    if (!parsed.ok) throw new Error(parsed.why);
    const simulator = new Simulator(bound, ROUTER);
    const wrong: string[] = [];
    for (let id = 1; id <= 1500; id += 1) {
      const probe = randomProbe(random, id);
      simulator.flush();
      const { state, decision } = simulator.packet(simulated(probe, 0));
      const out = VIEW.interfaceTo(probe.destination);
      const packet = { ...probe, state, ...(out === undefined ? {} : { outInterface: out }) };
      const { verdict, because } = simulateProgram(parsed.program, packet, VIEW);
      const passes = decision.verdict === 'allow' || decision.verdict === 'leave';
      if ((verdict === 'accept') !== passes)
        wrong.push(`${id}: ${decision.because} But: ${because}`);
    }
    expect(wrong).toEqual([]);
  },
);

const obstacle = process.env['CI'] === undefined ? (spaceObstacle() ?? noNft) : undefined;

describe.skipIf(obstacle !== undefined)('in the kernel', () => {
  test('elements load twice, and come back with the id of their rule', () => {
    const bound = policy({
      devices: [device('d1', ['192.168.20.5'], { macs: [MAC] }), device('d2', ['192.168.1.9'])],
      egress: [rule('nas', CAMERA, NAS, 'tcp/445')],
      ingress: [rule('nas', CAMERA, NAS, 'tcp/445')],
    });
    const parsed = nftables.parse(loadedTwice(nftables.render(bound)));
    if (!parsed.ok) throw new Error(parsed.why);
    const rules = [...parsed.program.chains.values()].flat().filter(({ id }) => id === 'nas');
    expect(new Set(rules.map(({ verdict }) => verdict?.kind))).toEqual(new Set(['return']));
  });

  test('elements count for their rule, and only with the MAC of their device', () => {
    const [host, other] = HOSTS;
    const destination = parseAddress('198.51.100.7');
    if (host === undefined || other === undefined || destination === undefined) throw new Error();
    const bound = policy({
      devices: [device('d1', [formatAddress(host.v4)], { macs: [host.mac] })],
      egress: [rule('web', at(formatAddress(host.v4)), at('198.51.100.7'), 'tcp/443')],
    });
    const space = new Space();
    try {
      space.inRouter(() => space.run(['nft', '-f', '-'], [textOf(bound)]));
      const send = (sourceMac: string, destinationPort: number, id: number): void => {
        const ends = { source: host.v4, destination, sourcePort: 5000 + id, destinationPort };
        space.send('lan0', frameOf({ id, protocol: 6, sourceMac, ...ends }, routerMac('lan0')));
      };
      send(host.mac, 443, 1);
      send(host.mac, 80, 2);
      send(other.mac, 443, 3);
      const passed: number[] = [];
      const note = (_: string, frame: Uint8Array): void => {
        passed.push(...[seenIn(frame)?.id ?? []].flat());
      };
      for (let look = 0; look < 100; look += 1) space.receive(note, () => {});
      const listing = space.inRouter(() => space.run([...nftables.render(bound).read]));
      const packets = [...ruleCounters(listing)].map(([id, counter]) => [id, counter.packets]);
      expect(Object.fromEntries(packets)).toMatchObject({ web: 1, 'ptl-d-d1': 1, 'ptl-spoof': 1 });
      expect(passed).toEqual([1]);
    } finally {
      space.close();
    }
  });
});
