import { describe, expect, test } from 'vitest';
import { randomProbe, simulated } from '../../../lab/kernel/packets.ts';
import { Random } from '../../../lab/kernel/random.ts';
import { HOSTS, ROUTER } from '../../../lab/kernel/site.ts';
import type { Address } from '../../../src/base/address.ts';
import { contains, formatAddress } from '../../../src/base/address.ts';
import type { BoundPolicy } from '../../../src/model/bound-policy.ts';
import type { FilterProgram } from '../../../src/model/filter-program.ts';
import { decider } from '../../../src/policy/decide/decider.ts';
import { isAllowed, ofProgram } from '../../../src/policy/decide/program.ts';
import { simulateProgram } from '../../../src/policy/simulate/program.ts';
import { simulate } from '../../../src/policy/simulate/simulate.ts';
import { Simulator } from '../../../src/policy/simulate/simulator.ts';
import { ruleCounters } from '../../../src/targets/nftables/counters.ts';
import { nftables } from '../../../src/targets/nftables/nftables.ts';
import { lacking } from '../../lab/need.ts';
import { ANYONE, at, device, policy, rule } from '../../policy/simulate/site.ts';
import { inNamespace, loadedTwice, obstacle } from './real-nft.ts';

function textOf(bound: BoundPolicy): string {
  return nftables.render(bound).files[0]?.text ?? '';
}

function programOf(text: string): FilterProgram {
  const parsed = nftables.parse(text);
  if (!parsed.ok) throw new Error(`line ${parsed.line}: ${parsed.why}`);
  return parsed.program;
}

function mac(index: number): string {
  return `02:00:00:00:00:${index.toString(16).padStart(2, '0')}`;
}

/** Devices with several addresses and MACs of their own, some in trial, one with a network. */
function tiedPolicy(seed: number): BoundPolicy {
  const random = new Random(seed);
  const devices = random.some(HOSTS, 6).map((host, index) =>
    device(`d${index}`, [formatAddress(host.v4), formatAddress(host.v6)], {
      macs: random.chance(80) ? [host.mac, mac(0xa0 + index)] : [],
      trial: random.chance(30),
    }),
  );
  const wide = device('wide', ['192.168.20.128/25'], { macs: [mac(0xb0)] });
  const egress = [
    rule('web', ANYONE, ANYONE, 'tcp/22,80,443'),
    rule('names', at('192.168.0.0/16'), ANYONE, 'udp/53'),
  ];
  return policy({ devices: [...devices, wide], egress });
}

const VIEW = {
  isLocal: (address: Address): boolean =>
    ROUTER.interfaces.some(({ addresses }) =>
      addresses.some((own) => own.family === address.family && own.value === address.value),
    ),
  interfaceTo: (address: Address): string | undefined =>
    VIEW.isLocal(address) ? undefined : ROUTER.routes.find(({ to }) => contains(to, address))?.out,
};

test('what a device costs is an element of a set, and no rule or chain of its own', () => {
  const linesFor = (count: number): readonly string[] => {
    const devices = Array.from({ length: count }, (_, index) =>
      device(`d${index}`, [`10.0.${index}.1`], { macs: [mac(index)] }),
    );
    return textOf(policy({ devices })).split('\n');
  };
  const spoof = (lines: readonly string[]): number =>
    lines.filter((line) => line.includes('ptl-spoof')).length;
  // One that logs and one that drops, of what is routed and of what is for the router itself.
  expect(spoof(linesFor(2))).toBe(4);
  expect(spoof(linesFor(200))).toBe(4);
  expect(linesFor(200).filter((line) => line.startsWith('\tchain e_'))).toEqual([]);
});

describe.each([31, 32, 33, 34])('addresses tied to MACs, of seed %i', (seed) => {
  const bound = tiedPolicy(seed);

  test.skipIf(obstacle !== undefined)('are listed by nft as they were loaded, twice', () => {
    const first = loadedTwice(nftables.render(bound));
    const again = inNamespace('nft -f - && nft -n list table inet portolan', first);
    expect(again).toBe(first);
    expect(first.match(/meta iiftype 1 counter .* comment "ptl-spoof"/g)?.length).toBeGreaterThan(
      1,
    );
  });

  test('read back, decide as the policy does, whoever sends', () => {
    const program = programOf(textOf(bound));
    const random = new Random(seed);
    const simulator = new Simulator(bound, ROUTER);
    const wrong: string[] = [];
    let spoofed = 0;
    const macs = [...HOSTS.map((host) => host.mac), ...bound.devices.flatMap((each) => each.macs)];
    for (let id = 1; id <= 1500; id += 1) {
      const probe = { ...randomProbe(random, id), sourceMac: random.of(macs) };
      simulator.flush();
      const { state, decision } = simulator.packet(simulated(probe, 0));
      const out = VIEW.interfaceTo(probe.destination);
      const packet = { ...probe, state, ...(out === undefined ? {} : { outInterface: out }) };
      const { verdict, because } = simulateProgram(program, packet, VIEW);
      const passes = decision.verdict === 'allow' || decision.verdict === 'leave';
      if (decision.because.includes('whose MAC is another')) spoofed += 1;
      if ((verdict === 'accept') !== passes) {
        wrong.push(`${id}: ${decision.because} But: ${because}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(spoofed).toBeGreaterThan(20);
  });

  test('read back, are the policy as a diagram too', () => {
    const decided = decider(bound, { programs: [programOf(textOf(bound))] });
    const diagram = ofProgram(programOf(textOf(bound)), decided, { devices: bound.devices });
    const random = new Random(seed);
    const wrong: number[] = [];
    for (let id = 1; id <= 1500; id += 1) {
      const { sourceMac: _, ...probe } = randomProbe(random, id);
      const out = VIEW.interfaceTo(probe.destination);
      const connection = { ...probe, ...(out === undefined ? {} : { outInterface: out }) };
      const { verdict } = simulate(bound, connection);
      const passes = ['allow', 'leave'].includes(verdict) ? 'yes' : 'no';
      if (isAllowed(diagram, connection) !== passes) wrong.push(id);
    }
    expect(wrong).toEqual([]);
  });
});

const noTunnel = lacking('nft', 'unshare', 'ip', 'python3');

/** Writes into a tunnel, whose packets have no MAC: from 10.9.0.2 to the router, ports 53 and 54 of UDP. */
const BY_TUNNEL = `
import fcntl, os, socket, struct, subprocess
tunnel = os.open("/dev/net/tun", os.O_RDWR)
# TUNSETIFF with IFF_TUN | IFF_NO_PI (linux/if_tun.h)
fcntl.ioctl(tunnel, 0x400454CA, struct.pack("16sH22x", b"tun0", 0x1001))
subprocess.run("ip addr add 10.9.0.1/24 dev tun0; ip link set tun0 up", shell=True, check=True)
def summed(head):
    total = sum(struct.unpack("!10H", head))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF
for port in (53, 54):
    ends = socket.inet_aton("10.9.0.2") + socket.inet_aton("10.9.0.1")
    head = struct.pack("!BBHHHBBH", 0x45, 0, 32, port, 0, 64, 17, 0) + ends
    head = head[:10] + struct.pack("!H", summed(head)) + head[12:]
    os.write(tunnel, head + struct.pack("!HHHH", 5000, port, 12, 0) + b"abcd")
`;

test.skipIf(noTunnel !== undefined)(
  'a device that comes by a tunnel has no MAC there, and its own rules',
  () => {
    const bound = policy({
      devices: [device('d1', ['10.9.0.2'], { macs: [mac(1)] })],
      egress: [rule('dns', at('10.9.0.2'), ANYONE, 'udp/53')],
    });
    const listing = inNamespace(
      `nft -f -\npython3 - <<'X'\n${BY_TUNNEL}\nX\nnft list table inet portolan`,
      textOf(bound),
    );
    const packets = [...ruleCounters(listing)].map(([id, counter]) => [id, counter.packets]);
    expect(Object.fromEntries(packets)).toEqual({
      dns: 1,
      'ptl-d-d1': 1,
      'ptl-spoof': 0,
      'ptl-invalid': 0,
    });
  },
);
