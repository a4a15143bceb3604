import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lacking } from '../lab/need.ts';
import { POLICY, Site } from './apply-site.ts';

const MISSING = lacking('unshare', 'ip', 'nft', 'conntrack', 'python3');

/** The camera and a neighbour behind one bridge: what they say to each other never meets a router. */
const SEGMENT = `
# Where Docker loaded br_netfilter, rules for routed packets would be asked as well.
sysctl -q -w net.bridge.bridge-nf-call-iptables=0 2>/dev/null
ip link add br0 type bridge forward_delay 0; ip link set br0 up
ip addr flush dev iot0; ip link set iot0 master br0; ip addr add 192.168.20.1/24 dev br0
ip netns add neighbour; ip -n neighbour link set lo up
ip link add n0 type veth peer name eth0 netns neighbour; ip link set n0 master br0 up
ip -n neighbour link set eth0 up; ip -n neighbour addr add 192.168.20.6/24 dev eth0
serve 23 "ip netns exec neighbour"; till open camera 192.168.20.6 23
`;

let site: Site;
beforeEach(() => {
  site = new Site();
  site.policy(POLICY.replace('[iot0]', '[br0]'));
});
afterEach(() => site.close());

function marks(out: string): readonly string[] {
  return out.split('\n').filter((line) => line.startsWith('='));
}

describe.skipIf(MISSING !== undefined)('rules within a segment', () => {
  test('are taken back by the same watchdog where nobody confirms', () => {
    const { out } = site.run(`${SEGMENT}
      portolan apply --bridge br0 --yes --confirm-within 3 & APPLY=$!
      till nft list table bridge portolan >/dev/null && sleep 0.3
      open camera 192.168.20.6 23 || echo "= apart"
      wait $APPLY; echo "= $?"
      open camera 192.168.20.6 23 && echo "= together"
      nft -s list ruleset | cmp - theirs && echo "= as before"`);
    expect(out).toContain('Within a segment: br0 is filtered, before nothing');
    expect(marks(out), out).toEqual(['= apart', '= 7', '= together', '= as before']);
  });

  test('are kept, loaded at boot, guarded against hands, and removed with the rest', () => {
    const { out } = site.run(`${SEGMENT}
      portolan apply --bridge br0 --yes --detach; portolan confirm; echo "= $?"
      nft -s list table bridge portolan > ours
      nft delete table bridge portolan; nft -f state/confirmed.nft
      nft -s list table bridge portolan | cmp - ours && echo "= loads at boot"
      open camera 192.168.20.6 23 || echo "= apart"
      portolan firewall drift; echo "= drift $?"
      nft add rule bridge portolan p_forward tcp dport 99 accept
      portolan firewall drift; echo "= drift $?"
      portolan apply --yes --accept-drift --detach; portolan confirm; echo "= again $?"
      nft -s list table bridge portolan | cmp - ours && echo "= still there"
      portolan firewall uninstall; echo "= $?"
      nft -s list ruleset | cmp - theirs && echo "= nothing of ours"`);
    expect(marks(out), out).toEqual([
      '= 0',
      '= loads at boot',
      '= apart',
      '= drift 0',
      '= drift 1',
      '= again 0',
      '= still there',
      '= 0',
      '= nothing of ours',
    ]);
  });

  test('go when they are wanted no more, and come back with the change before', () => {
    const { out } = site.run(`${SEGMENT}
      portolan apply --bridge br0 --yes --detach; portolan confirm
      portolan apply --bridge none --yes --detach; portolan confirm; echo "= $?"
      open camera 192.168.20.6 23 && echo "= together"
      nft list table bridge portolan >/dev/null || echo "= no table"
      portolan rollback; echo "= $?"
      open camera 192.168.20.6 23 || echo "= apart again"`);
    expect(marks(out), out).toEqual(['= 0', '= together', '= no table', '= 0', '= apart again']);
  });
});
