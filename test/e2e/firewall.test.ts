import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lacking } from '../lab/need.ts';
import { PRODUCT } from './stage.ts';

const built = existsSync(PRODUCT[1] ?? '') ? undefined : 'it is not built: npm run build';
const obstacle =
  lacking('nft', 'iptables', 'ipset', 'ip', 'unshare') ??
  (process.env['CI'] === undefined ? built : undefined);
if (obstacle !== undefined) process.stderr.write(`Real firewalls are left out: ${obstacle}\n`);

const ROOT = mkdtempSync(join(tmpdir(), 'portolan-firewall-'));
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

/** A router of three networks, with its own view of /proc/sys/net. */
const NETWORKS = `
ip link set lo up
for net in lan iot wan; do
  ip link add \${net}0 type veth peer name far-$net
  ip link set far-$net up
done
ip addr add 192.168.1.1/24 dev lan0
ip addr add 192.168.20.1/24 dev iot0
ip addr add 203.0.113.5/24 dev wan0
for net in lan iot wan; do ip link set \${net}0 up; done
ip route add default via 203.0.113.1
echo 1 > /proc/sys/net/ipv4/ip_forward
`;

/** What is printed, the remarks of the command included. */
function router(script: string): { readonly status: number | null; readonly printed: string } {
  const data = mkdtempSync(join(ROOT, 'data-'));
  const product = `${PRODUCT.join(' ')} --data ${data}`;
  const asked = [
    '192.168.1.20->192.168.20.7 tcp/80',
    '192.168.20.7->198.51.100.7 tcp/443',
    '192.168.20.7->net:192.168.20.1 tcp/53',
  ];
  const questions = asked.map((words) => `${product} explain "${words}"`).join('\n');
  const user = process.getuid?.() === 0 ? [] : ['-Ur'];
  const space = ['-nm', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-ec'];
  const lines = `exec 2>&1\n${NETWORKS}\n${script}\n${product} import firewall\n${questions}`;
  const { status, stdout } = spawnSync('unshare', [...user, ...space, lines], { encoding: 'utf8' });
  return { status, printed: stdout };
}

/** Verdicts in order: one for each question and ruleset. */
function verdicts(printed: string): readonly string[] {
  return Array.from(printed.matchAll(/\((\w+)\), read .*?: (\w+), (.*)/g), ([, by, is, why = '']) =>
    `${by} ${is} ${why.slice(0, 40)}`.trim(),
  );
}

describe.skipIf(obstacle !== undefined)('the firewall of this machine', () => {
  test('of nftables is read from the kernel, and answers with the deciding rule', () => {
    const { printed } = router(`nft -f - <<'END'
table inet fw {
  chain forward {
    type filter hook forward priority 0; policy drop;
    ct state established,related accept
    iifname "lan0" tcp dport { 80, 554 } counter accept
  }
  chain input {
    type filter hook input priority 0; policy accept;
    tcp dport 53 drop
  }
}
END`);
    expect(printed).toContain('this machine: 3 rules of nftables');
    expect(verdicts(printed).filter((line) => line.startsWith('nftables'))).toEqual([
      expect.stringMatching(/^nftables passes line \d+: iifname "lan0" tcp dport/),
      'nftables stopped by default',
      expect.stringMatching(/^nftables stopped line \d+: tcp dport 53 drop/),
    ]);
  });

  test('of iptables is read with its sets, not as nft lists it', () => {
    const { printed } = router(`
      ipset create near hash:net
      ipset add near 192.168.1.0/24
      iptables -P FORWARD DROP
      iptables -A FORWARD -m set --match-set near src -p tcp --dport 80 -j ACCEPT`);
    expect(printed).toContain('0 rules of nftables');
    expect(verdicts(printed).filter((line) => line.startsWith('iptables'))).toEqual([
      expect.stringMatching(/^iptables passes line \d+: -A FORWARD/),
      expect.stringMatching(/^iptables stopped line \d+: :FORWARD DROP/),
      'iptables passes by default',
    ]);
  });

  test('of a machine that forwards nothing says nothing of devices', () => {
    const { status, printed } = router('echo 0 > /proc/sys/net/ipv4/ip_forward');
    expect([status, printed]).toEqual([2, expect.stringContaining('does not forward')]);
  });
});
