import { expect, test } from 'vitest';
import { randomPolicy } from '../../../lab/kernel/policies.ts';
import { Random } from '../../../lab/kernel/random.ts';
import type { BoundPolicy } from '../../../src/model/bound-policy.ts';
import { simulateProgram } from '../../../src/policy/simulate/program.ts';
import { openwrt } from '../../../src/targets/openwrt/openwrt.ts';
import { compile } from '../../../src/targets/target.ts';
import { packet } from '../../policy/simulate/site.ts';
import { disagreements, policies, print, programOf, readBack } from '../agreement.ts';
import { inNamespace, obstacle } from '../nftables/real-nft.ts';

const SEEDS = [1000, 1001, 1002, 1003];

function fileOf(bound: BoundPolicy, name = 'portolan.nft'): string {
  return compile(openwrt, bound).files.find((file) => file.name === name)?.text ?? '';
}

test('200 random policies, rendered and read back, decide every connection as they are', () => {
  for (const { seed, bound } of policies(openwrt, 200, ['expires', 'rates', 'connections'])) {
    const [first] = disagreements(bound, readBack(openwrt, bound));
    if (first !== undefined) expect.fail(`seed ${seed}: ${print(first)}`);
  }
});

/** As fw4 does at each reload: its own table, our lines at the head of its chains, our file behind. */
function asFw4(bound: BoundPolicy): string {
  const open = fileOf(bound, 'portolan-open.nft');
  const chain = (hook: string) =>
    `chain ${hook} { type filter hook ${hook} priority filter; policy drop;\n${open} }`;
  return `table inet fw4\nflush table inet fw4\ntable inet fw4 {\n${chain('input')}\n${chain('forward')}\n}\n${fileOf(bound)}`;
}

test.skipIf(obstacle !== undefined).each(SEEDS)(
  'the real nft loads what fw4 makes of the includes of seed %i, twice',
  (seed) => {
    const text = asFw4(randomPolicy(new Random(seed), 30));
    const out = inNamespace(
      't=$(mktemp); cat > $t; nft -f $t; nft -f $t; nft list tables; rm $t',
      text,
    );
    expect(out).toContain('table inet fw4');
    expect(out).toContain('table inet portolan');
  },
);

test('what a policy allows is marked, and only that opens the chains of fw4', () => {
  const bound = randomPolicy(new Random(7), 30);
  const allowed = [...bound.guard, ...bound.egress, ...bound.ingress]
    .filter(({ action }) => action === 'allow')
    .map(({ id }) => id);
  const marked = [...fileOf(bound).matchAll(/meta mark set .*comment "([^"]+)"/g)].map(
    ([, id]) => id ?? '',
  );
  expect(marked.length).toBeGreaterThan(5);
  expect(marked.filter((id) => !allowed.includes(id))).toEqual([]);
  expect(fileOf(bound, 'portolan-open.nft')).toMatch(/^meta mark & \S+ == \S+ accept /);
});

test('UCI gets sections under names of ours, and they are all taken back', () => {
  const bound = randomPolicy(new Random(3), 10);
  const { files, remove } = compile(openwrt, bound);
  const text = files.find(({ name }) => name === 'portolan.uci')?.text ?? '';
  const made = [...text.matchAll(/^set ([\w.]+)=\w+$/gm)].map(([, path]) => path);
  const removed = remove.filter((words) => words.includes('delete')).map((words) => words.at(-1));
  expect(made).toContain('firewall.ptl_rules');
  expect(made).toContain('dhcp.ptl_n_1');
  expect(made.filter((path) => !removed.includes(path))).toEqual([]);
  expect(text).toContain("add_list dhcp.ptl_n_1.name='n_n_1_4'");
});

const ROUTER = `
package network
config interface 'lan'
	option device 'br-lan'
config interface 'wan'
	option device 'eth1'
package firewall
config defaults
	option input REJECT
	option output ACCEPT
	option forward REJECT
config zone
	option name lan
	list network 'lan'
	option input ACCEPT
	option output ACCEPT
	option forward ACCEPT
config zone
	option name wan
	list network 'wan'
	option input REJECT
	option output ACCEPT
	option forward DROP
	option masq 1
config forwarding
	option src lan
	option dest wan
# What the world may ask of the router itself
config rule
	option name 'Ping'
	option src wan
	option proto icmp
	option icmp_type echo-request
	option family ipv4
	option target ACCEPT
config rule
	option name 'No "mail" of the printer'
	option src lan
	option src_ip 192.168.1.9
	option dest wan
	option proto tcp
	option dest_port '25 465-587'
	option target REJECT
config rule
	option src lan
	option dest wan
	option src_ip 192.168.1.10
	option proto all
	option weekdays 'Sat Sun'
	option target DROP
config redirect
	option name web
	option src wan
	option src_dport 8080
	option dest lan
	option dest_ip 192.168.1.20
	option dest_port 80
	option proto tcp
`;

test.each([
  ['lan may go out', 'br-lan 192.168.1.5 → eth1 203.0.113.9 tcp/443', 'accept'],
  ['nobody comes in', 'eth1 203.0.113.9 → br-lan 192.168.1.5 tcp/443', 'reject'],
  ['a rule rejects', 'br-lan 192.168.1.9 → eth1 203.0.113.9 tcp/500', 'reject'],
  ['and only its ports', 'br-lan 192.168.1.9 → eth1 203.0.113.9 tcp/26', 'accept'],
  ['a time cannot be decided', 'br-lan 192.168.1.10 → eth1 203.0.113.9 udp/1', 'unknown'],
  ['the router answers a ping', 'eth1 203.0.113.9 → 198.51.100.1 icmp/8', 'accept'],
  ['and nothing else', 'eth1 203.0.113.9 → 198.51.100.1 icmp/13', 'reject'],
  ['lan may ask the router', 'br-lan 192.168.1.5 → 192.168.1.1 udp/53', 'accept'],
  ['lan may ask lan', 'br-lan 192.168.1.5 → br-lan 192.168.1.6 udp/53', 'accept'],
] as const)('of a router that somebody set up in UCI: %s', (_, text, verdict) => {
  expect(simulateProgram(programOf(openwrt, ROUTER), packet(text)).verdict).toBe(verdict);
});

test('what is forwarded passes after translation', () => {
  const moved = packet('eth1 203.0.113.9 → br-lan 192.168.1.20 tcp/80');
  expect(simulateProgram(programOf(openwrt, ROUTER), { ...moved, translated: true }).verdict).toBe(
    'accept',
  );
  const [rule] = programOf(openwrt, ROUTER).chains.get('dstnat') ?? [];
  expect(rule?.verdict).toMatchObject({ kind: 'dnat', ports: [{ from: 80, to: 80 }] });
});

test('`uci show` says the same', () => {
  const shown = [
    'firewall.@defaults[0]=defaults',
    "firewall.@defaults[0].forward='DROP'",
    'firewall.@zone[0]=zone',
    "firewall.@zone[0].name='lan'",
    "firewall.@zone[0].device='br-lan' 'br-lan2'",
    "firewall.@zone[0].forward='ACCEPT'",
  ].join('\n');
  const across = packet('br-lan 192.168.1.5 → br-lan2 192.168.2.6 tcp/1');
  expect(simulateProgram(programOf(openwrt, shown), across).verdict).toBe('accept');
  const out = packet('br-lan 192.168.1.5 → eth1 192.0.2.6 tcp/1');
  expect(simulateProgram(programOf(openwrt, shown), out).verdict).toBe('drop');
});

test.each([
  ['a quote that does not end', "config rule\n\toption name 'x\n", 2],
  ['an option of nothing', 'option name x', 1],
  ['another language', 'set interfaces ge-0/0/0', 1],
])('%s is refused with its line', (_, text, line) => {
  expect(openwrt.parse(text)).toMatchObject({ ok: false, line });
});

test('what is not read is told', () => {
  const parsed = openwrt.parse(
    "config include\n\toption path '/etc/my.nft'\nconfig rule\n\toption enabled 0\n",
  );
  expect(parsed).toMatchObject({ ok: true });
  expect(parsed.ok && parsed.notes).toHaveLength(2);
});
