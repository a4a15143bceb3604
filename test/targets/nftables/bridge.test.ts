import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BoundRule } from '../../../src/model/bound-policy.ts';
import { bridgeTable } from '../../../src/targets/nftables/bridge.ts';
import { nftables } from '../../../src/targets/nftables/nftables.ts';
import { lacking } from '../../lab/need.ts';
import { ANYONE, at, device, policy, rule, WAN, zone } from '../../policy/simulate/site.ts';

const obstacle = lacking('nft', 'ip', 'unshare', 'python3');
if (obstacle !== undefined) process.stderr.write(`The bridge is left out: ${obstacle}\n`);

const MACHINES = {
  cam: '192.168.20.6',
  bulb: '192.168.20.7',
  tv: '192.168.20.8',
  nas: '192.168.20.9',
  thief: '192.168.20.10',
} as const;
type Machine = keyof typeof MACHINES;
const NAMES = ['cam', 'bulb', 'tv', 'nas', 'thief'] as const;

function macOf(name: Machine): string {
  return `02:00:00:00:00:${MACHINES[name].split('.').at(-1)?.padStart(2, '0')}`;
}

const SEGMENT = zone('iot', ['br-iot'], ['192.168.20.0/24']);
const SITE = policy({
  zones: [SEGMENT, WAN],
  devices: [
    device('cam', [MACHINES.cam], { macs: [macOf('cam')] }),
    device('clock', [MACHINES.thief], { macs: ['02:00:00:00:00:99'] }),
    device('bulb', [MACHINES.bulb]),
    device('tv', [MACHINES.tv], { trial: true }),
  ],
  egress: [
    rule('cam-web', at(MACHINES.cam), at(MACHINES.nas), 'tcp/80'),
    rule('clock-web', at(MACHINES.thief), at(MACHINES.nas), 'tcp/80'),
    rule('cam-log', at(MACHINES.cam), at(MACHINES.nas), 'udp/81', { fromZone: 'iot' }),
    rule('cam-out', at(MACHINES.cam), ANYONE, 'tcp/81', { toZone: 'wan' }),
  ],
});

/** Who asks whom within the segment, and whether an answer comes. */
const CASES: readonly (readonly [string, Machine, Machine, 'tcp' | 'udp', number, boolean])[] = [
  ['a device reaches what its rule names', 'cam', 'nas', 'tcp', 80, true],
  ['and no other port beside it', 'cam', 'nas', 'tcp', 81, false],
  ['a datagram gets its answer', 'cam', 'nas', 'udp', 81, true],
  ['and another port gets none', 'cam', 'nas', 'udp', 80, false],
  ['nobody opens a connection to it', 'nas', 'cam', 'tcp', 80, false],
  ['nor sends it a datagram first', 'nas', 'cam', 'udp', 80, false],
  ['a device without rules reaches nobody', 'bulb', 'nas', 'tcp', 80, false],
  [
    'whoever has the address of a device and not its MAC reaches nobody',
    'thief',
    'nas',
    'tcp',
    80,
    false,
  ],
  ['in trial what would be denied passes', 'tv', 'nas', 'tcp', 81, true],
  ['also from device to device both sides are asked', 'tv', 'bulb', 'tcp', 80, false],
];

describe.skipIf(obstacle !== undefined)('one segment behind a real bridge', () => {
  let answered: readonly boolean[] = [];
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-bridge-'));
    answered = ask(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(CASES.map(([name, , , , , expected], index) => ({ name, expected, index })))(
    '$name',
    ({ expected, index }) => expect(answered[index]).toBe(expected),
  );
});

test.each<[about: string, rule: BoundRule, bridge: string, why: string]>([
  [
    'a bridge of no zone',
    rule('r1', ANYONE, ANYONE, 'tcp/80'),
    'br-x"; drop',
    'the bridge "br-x\\"; drop" is of no zone',
  ],
  [
    'a limit of connections, which needs connection tracking',
    rule('r1', ANYONE, ANYONE, 'tcp/80', { connections: { max: 2, key: 'rule' } }),
    'br-iot',
    'r1: a limit of connections',
  ],
  [
    'a denied name, which is nobody in the segment',
    rule('r1', ANYONE, { ranges: [], names: ['n_1'], devices: [] }, 'any', { action: 'deny' }),
    'br-iot',
    'r1: a denied name',
  ],
])('is refused: %s', (_, one, bridge, why) => {
  expect(() => bridgeTable({ ...SITE, egress: [one] }, [bridge])).toThrow(why);
});

test('what cannot happen within a segment is not in its table', () => {
  expect(bridgeTable(SITE, ['br-iot'])).not.toContain('cam-out');
});

/** Loaded twice; each machine serves ports 80 and 81; a second without an answer is none. */
function ask(folder: string): readonly boolean[] {
  const [rules] = nftables.render(SITE, { bridges: ['br-iot'] }).files;
  writeFileSync(join(folder, 'rules.nft'), rules?.text ?? '');
  writeFileSync(join(folder, 'serve.py'), SERVE);
  writeFileSync(join(folder, 'ask.py'), ASK);
  const machines = NAMES.flatMap((name) => [
    `ip netns add ${name}`,
    `ip link add v-${name} type veth peer name eth0 netns ${name}`,
    `ip -n ${name} link set eth0 address ${macOf(name)}`,
    `ip link set v-${name} master br-iot up`,
    `ip -n ${name} addr add ${MACHINES[name]}/24 dev eth0`,
    `ip -n ${name} link set eth0 up`,
    `ip netns exec ${name} python3 ${folder}/serve.py ${folder}/${name}.up &`,
  ]);
  const script = [
    'mount -t tmpfs tmpfs /run && mkdir /run/netns',
    'ip link add br-iot type bridge forward_delay 0',
    'ip link set br-iot up',
    ...machines,
    `nft -f ${folder}/rules.nft`,
    `nft -f ${folder}/rules.nft`,
    ...Object.keys(MACHINES).map(
      (name) => `until test -e ${folder}/${name}.up; do sleep 0.05; done`,
    ),
    ...CASES.map(
      ([, from, to, transport, port]) =>
        `ip netns exec ${from} python3 ${folder}/ask.py ${MACHINES[to]} ${transport} ${port}`,
    ),
  ];
  const user = process.getuid?.() === 0 ? [] : ['-Ur'];
  const unshare = [...user, '-nm', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const out = execFileSync('unshare', [...unshare, 'sh', '-ec', script.join('\n')], {
    encoding: 'utf8',
  });
  return out
    .trim()
    .split('\n')
    .map((line) => line === 'answered');
}

const SERVE = `
import socket, select, sys
streams, datagrams = [], []
for port in (80, 81):
    stream = socket.socket()
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    stream.bind(("", port))
    stream.listen()
    streams.append(stream)
    datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagram.bind(("", port))
    datagrams.append(datagram)
open(sys.argv[1], "w").close()
while True:
    for ready in select.select(streams + datagrams, [], [])[0]:
        if ready in streams:
            peer, _ = ready.accept()
            peer.sendall(b"hello")
            peer.close()
        else:
            data, peer = ready.recvfrom(64)
            ready.sendto(b"hello", peer)
`;

const ASK = `
import socket, sys
to, transport, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
try:
    peer = socket.socket(socket.AF_INET, kind)
    peer.settimeout(1)
    peer.connect((to, port))
    peer.send(b"hello")
    print("answered" if peer.recv(5) == b"hello" else "silent")
except OSError:
    print("silent")
`;
