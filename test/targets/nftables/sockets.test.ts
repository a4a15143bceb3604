import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BoundPolicy, DestinationNat } from '../../../src/model/bound-policy.ts';
import { nftables } from '../../../src/targets/nftables/nftables.ts';
import { compile } from '../../../src/targets/target.ts';
import { lacking } from '../../lab/need.ts';
import {
  ANYONE,
  addresses,
  at,
  device,
  IOT,
  LAN,
  policy,
  rule,
  WAN,
} from '../../policy/simulate/site.ts';

const obstacle = lacking('nft', 'ip', 'unshare', 'python3');
if (obstacle !== undefined) process.stderr.write(`Real sockets are left out: ${obstacle}\n`);

/** Namespaces behind the router: their interface there, address and default route. */
const MACHINES = {
  pc: { leg: 'lan0', address: '192.168.1.9', router: '192.168.1.1' },
  cam: { leg: 'iot0', address: '192.168.20.6', router: '192.168.20.1' },
  tv: { leg: 'iot0', address: '192.168.20.7', router: '192.168.20.1' },
  newcomer: { leg: 'iot0', address: '192.168.20.77', router: '192.168.20.1' },
  outside: { leg: 'wan0', address: '203.0.113.8', router: '203.0.113.1' },
} as const;
type Machine = keyof typeof MACHINES;

const FORWARD: DestinationNat = {
  id: 'cam-web',
  fromZones: ['wan'],
  sources: addresses('0.0.0.0/0'),
  destinations: addresses('203.0.113.1'),
  local: false,
  match: { protocol: 6, destinationPorts: [{ from: 8080, to: 8080 }] },
  toAddress: '192.168.20.6',
  toPort: 80,
};

/** The camera may call its cloud and is forwarded to; the IoT zone lets nobody else do anything. */
const SITE: BoundPolicy = policy({
  zones: [LAN, { ...IOT, denies: true }, WAN],
  devices: [device('cam', ['192.168.20.6']), device('tv', ['192.168.20.7'])],
  refuse: 'reject',
  egress: [
    rule('cam-cloud', at('192.168.20.6'), at('203.0.113.8'), 'tcp/81'),
    rule('tv-cam', at('192.168.20.7'), at('192.168.20.6'), 'tcp/80', { translated: true }),
  ],
  ingress: [rule('cam-web', ANYONE, at('192.168.20.6'), 'tcp/80', { translated: true })],
  nat: {
    destination: [FORWARD, { ...FORWARD, fromZones: ['lan', 'iot'] }],
    source: [
      {
        id: 'cam-web',
        family: 4,
        sources: addresses('192.168.20.0/24'),
        toZone: 'iot',
        translated: true,
        oneToOne: false,
      },
    ],
  },
});

/** Who connects whereto, and whether somebody answers. */
const CASES: readonly (readonly [string, Machine, string, number, boolean])[] = [
  ['a forward leads to its port', 'outside', '203.0.113.1', 8080, true],
  ['and opens no other port of the router', 'outside', '203.0.113.1', 81, false],
  ['nor the port itself to whoever comes straight', 'outside', '192.168.20.6', 80, false],
  ['nor another port of the camera', 'outside', '192.168.20.6', 81, false],
  ['hairpin: by the outside address from another zone', 'pc', '203.0.113.1', 8080, true],
  ['hairpin: by the outside address from beside it', 'tv', '203.0.113.1', 8080, true],
  ['hairpin is not for whoever may not', 'newcomer', '203.0.113.1', 8080, false],
  ['a device reaches what its rule names', 'cam', '203.0.113.8', 81, true],
  ['and no other port of it', 'cam', '203.0.113.8', 80, false],
  ['a newcomer does not get out', 'newcomer', '203.0.113.8', 80, false],
  ['a newcomer reaches no other zone', 'newcomer', '192.168.1.9', 80, false],
  ['nobody reaches a newcomer', 'pc', '192.168.20.77', 80, false],
  ['who is in no zone that denies is left alone', 'pc', '203.0.113.8', 80, true],
];

describe.skipIf(obstacle !== undefined)('real sockets through the real ruleset', () => {
  let answered: readonly boolean[] = [];
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-sockets-'));
    answered = connections(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(CASES.map((each, index) => ({ name: each[0], each, index })))(
    '$name',
    ({ each: [, , , , expected], index }) => {
      expect(answered[index]).toBe(expected);
    },
  );
});

/** Each machine serves ports 80 and 81; who is refused or hears nothing for a second has no answer. */
function connections(folder: string): readonly boolean[] {
  const [rules] = compile(nftables, SITE).files;
  writeFileSync(join(folder, 'rules.nft'), rules?.text ?? '');
  writeFileSync(join(folder, 'serve.py'), SERVE);
  writeFileSync(join(folder, 'connect.py'), CONNECT);
  const legs = ['lan0', 'iot0', 'wan0'].flatMap((leg) => [
    `ip link add ${leg} type bridge forward_delay 0`,
    `ip link set ${leg} up`,
  ]);
  const machines = Object.entries(MACHINES).flatMap(([name, { leg, address, router }]) => [
    `ip netns add ${name}`,
    `ip link add v-${name} type veth peer name eth0 netns ${name}`,
    `ip link set v-${name} master ${leg} up`,
    `ip -n ${name} addr add ${address}/24 dev eth0`,
    `ip -n ${name} link set eth0 up`,
    `ip -n ${name} route add default via ${router}`,
    `ip netns exec ${name} python3 ${folder}/serve.py ${folder}/${name}.up &`,
  ]);
  const routers = new Set(
    Object.values(MACHINES).map(({ leg, router }) => `${router}/24 dev ${leg}`),
  );
  const asked = CASES.map(
    ([, from, to, port]) => `ip netns exec ${from} python3 ${folder}/connect.py ${to} ${port}`,
  );
  const script = [
    'mount -t tmpfs tmpfs /run && mkdir /run/netns',
    ...legs,
    ...[...routers].map((router) => `ip addr add ${router}`),
    'echo 1 > /proc/sys/net/ipv4/ip_forward',
    ...machines,
    `nft -f ${folder}/rules.nft`,
    ...Object.keys(MACHINES).map(
      (name) => `until test -e ${folder}/${name}.up; do sleep 0.05; done`,
    ),
    ...asked,
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
servers = []
for port in (80, 81):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("", port))
    server.listen()
    servers.append(server)
open(sys.argv[1], "w").close()
while True:
    for ready in select.select(servers, [], [])[0]:
        peer, _ = ready.accept()
        peer.sendall(b"hello")
        peer.close()
`;

const CONNECT = `
import socket, sys
try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), 1) as peer:
        print("answered" if peer.recv(5) == b"hello" else "silent")
except OSError:
    print("refused")
`;
