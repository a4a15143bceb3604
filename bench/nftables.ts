import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { frameOf } from '../lab/kernel/frames.ts';
import { HOSTS, routerMac } from '../lab/kernel/site.ts';
import { Space, spaceObstacle } from '../lab/kernel/space.ts';
import { formatAddress, single } from '../src/base/address.ts';
import { addressSet } from '../src/base/address-set.ts';
import type { BoundDevice, BoundPolicy, BoundRule } from '../src/model/bound-policy.ts';
import { nftables } from '../src/targets/nftables/nftables.ts';
import type { Figure } from './_bench.ts';
import { median, runBench } from './_bench.ts';
import { FrameRing } from './_frame-ring.ts';

/** Ten thousand rules either way: what a site of many devices has, and one of few that do much. */
const SHAPES: readonly Shape[] = [
  { devices: 10_000, rules: 1 },
  { devices: 1000, rules: 10 },
];
const RUNS = 5;
/** Frames that are made, and how often they are sent; the linear list gets them once. */
const FRAMES = 256 * 40;
const ROUNDS = 8;
const UDP = 17;

interface Shape {
  readonly devices: number;
  /** Of each. */
  readonly rules: number;
}

/** `10.100.0.0` upwards: none of them is on a network of the lab, only the rules know them. */
function deviceAddress(index: number) {
  return { family: 4, value: 0x0a64_0000n + BigInt(index) } as const;
}

function serverAddress(index: number) {
  return { family: 4, value: 0xc633_0000n + BigInt(index) } as const;
}

/** Each device may talk to servers of its own: what learning gives for a site of that size. */
function deviceRules(shape: Shape): BoundPolicy {
  const devices = Array.from({ length: shape.devices }, (_, index): BoundDevice => {
    const addresses = addressSet([single(deviceAddress(index))]);
    return { id: `d${index}`, device: `PTL-D-${index}`, addresses, macs: [], trial: false };
  });
  const egress = devices.flatMap(({ id, addresses }, index) =>
    Array.from({ length: shape.rules }, (_, rule): BoundRule => {
      const place = index * shape.rules + rule;
      const port = 1000 + (place % 50_000);
      return {
        id: `r${index}-${rule}`,
        from: { ranges: addresses, names: [], devices: [id] },
        to: { ranges: [single(serverAddress(place))], names: [], devices: [] },
        matches: [{ protocol: UDP, destinationPorts: [{ from: port, to: port }] }],
        action: 'allow',
        log: false,
      };
    }),
  );
  const rest = { zones: [], names: [], guard: [], ingress: [], refuse: 'drop' } as const;
  return { ...rest, devices, egress, nat: { destination: [], source: [] } };
}

/** The same rules one after another, as one would write them by hand. */
function linear({ egress, devices }: BoundPolicy): string {
  const rules = egress.flatMap(({ from, to, matches, id }) => {
    const [a, b, port] = [from.ranges[0], to.ranges[0], matches[0]?.destinationPorts?.[0]?.from];
    if (a === undefined || b === undefined || port === undefined) return [];
    const ends = [a, b].map(({ family, from: value }) => formatAddress({ family, value }));
    return [
      `ip saddr ${ends[0]} ip daddr ${ends[1]} udp dport ${port} counter accept comment "${id}"`,
    ];
  });
  const own = devices.flatMap(({ addresses }) =>
    addresses.map(
      ({ family, from }) => `ip saddr ${formatAddress({ family, value: from })} counter drop`,
    ),
  );
  return `table inet linear {\n chain f {\n type filter hook forward priority filter; policy accept;\n ct state established,related accept\n ${[...rules, ...own].join('\n ')}\n }\n}\n`;
}

/**
 * Telemetry of UDP that nobody answers: its packets are new to connection tracking each time, so that
 * the rules decide on every one.
 */
function framesOf(policy: BoundPolicy, count: number): readonly Uint8Array[] {
  const [host] = HOSTS;
  if (host === undefined) throw new Error('no host');
  return Array.from({ length: count }, (_, index) => {
    const rule = policy.egress[(index * 7919) % policy.egress.length];
    const [a, b] = [rule?.from.ranges[0], rule?.to.ranges[0]];
    const destinationPort = rule?.matches[0]?.destinationPorts?.[0]?.from ?? 0;
    if (a === undefined || b === undefined) throw new Error('no rule');
    const probe = {
      id: index,
      protocol: UDP,
      source: { family: a.family, value: a.from },
      destination: { family: b.family, value: b.from },
      sourcePort: 1024 + (index % 60_000),
      destinationPort,
      sourceMac: host.mac,
    };
    return frameOf(probe, routerMac(host.interface));
  });
}

/** Packets that the router forwards in a second. */
function forwarding(space: Space, ring: FrameRing, frames: readonly Uint8Array[]): number {
  space.flush();
  // The first of each flow makes an entry, which is no part of what the rules cost.
  ring.send(frames);
  const before = forwarded(space);
  const begun = performance.now();
  const rounds = frames.length < FRAMES ? 1 : ROUNDS;
  const goal = before + frames.length * rounds;
  for (let round = 0; round < rounds; round += 1) ring.send(frames);
  while (forwarded(space) < goal && performance.now() - begun < 60_000);
  const seconds = (performance.now() - begun) / 1000;
  const passed = forwarded(space) - before;
  if (passed !== goal - before) throw new Error(`${passed} of ${goal - before} packets passed`);
  return passed / seconds;
}

/** Packets that have left by the interface outside. */
function forwarded(space: Space): number {
  const rows = space.inRouter(() => readFileSync('/proc/thread-self/net/dev', 'utf8')).split('\n');
  const row = rows.find((each) => each.trim().startsWith('wan0:')) ?? '';
  return Number(row.split(':')[1]?.trim().split(/\s+/)[9] ?? 0);
}

function loading(space: Space, file: string): number {
  const begun = performance.now();
  space.inRouter(() => space.run(['nft', '-f', file]));
  return performance.now() - begun;
}

function measured(space: Space, folder: string, shape: Shape) {
  const policy = deviceRules(shape);
  const rendered = performance.now();
  const text = nftables.render(policy).files[0]?.text ?? '';
  const rendering = performance.now() - rendered;
  const [ours, theirs] = ['ours.nft', 'linear.nft'].map((name) => join(folder, name));
  if (ours === undefined || theirs === undefined) throw new Error('no files');
  writeFileSync(ours, text);
  writeFileSync(theirs, linear(policy));
  const loads = Array.from({ length: RUNS }, () => loading(space, ours));
  const ring = space.behindRouter(() => new FrameRing('lan0'));
  const many = framesOf(policy, FRAMES);
  const fast = Array.from({ length: RUNS }, () => forwarding(space, ring, many));
  space.inRouter(() => space.run(['nft', 'delete', 'table', 'inet', 'portolan']));
  const bare = Array.from({ length: RUNS }, () => forwarding(space, ring, many));
  const linearLoad = loading(space, theirs);
  const slow = Array.from({ length: RUNS }, () =>
    forwarding(space, ring, many.slice(0, FRAMES / 2)),
  );
  return { rendering, loads, fast, bare, linearLoad, slow };
}

function figuresOf(shape: Shape): readonly Figure[] {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-bench-'));
  const space = new Space({ isDeaf: true });
  try {
    const { rendering, loads, fast, bare, linearLoad, slow } = measured(space, folder, shape);
    const [ours, list] = [median(fast), median(slow)];
    const figures: readonly Figure[] = [
      { name: 'rendering', unit: 'ms', ours: rendering },
      { name: 'loading', unit: 'ms', ours: median(loads), target: { atMost: 1000 } },
      { name: 'loading the linear list', unit: 'ms', ours: linearLoad },
      { name: 'forwarding what the rules decide', unit: 'packets/s', ours },
      { name: 'forwarding by the linear list', unit: 'packets/s', ours: list },
      { name: 'forwarding without rules', unit: 'packets/s', ours: median(bare) },
      { name: 'ratio to the linear list', unit: '×', ours: ours / list, target: { atLeast: 20 } },
    ];
    const of = `${shape.devices} devices × ${shape.rules}`;
    return figures.map((figure) => ({ ...figure, name: `${of}: ${figure.name}` }));
  } finally {
    space.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

void runBench({
  title: 'nftables: 10,000 rules of devices',
  measure() {
    const obstacle = spaceObstacle();
    if (obstacle !== undefined) throw new Error(obstacle);
    return Promise.resolve({
      figures: SHAPES.flatMap(figuresOf),
      notes: [
        'Each packet is judged, and one rule of its device allows it. What the kernel needs to take it',
        'in and send it on is a part of the time: see "without rules".',
      ],
    });
  },
});
