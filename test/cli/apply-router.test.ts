import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lacking } from '../lab/need.ts';
import { LOCKING, Site } from './apply-site.ts';

const MISSING = lacking(
  'unshare',
  'ip',
  'nft',
  'conntrack',
  'python3',
  'ssh',
  'sshd',
  'ssh-keygen',
);

let site: Site;
beforeEach(() => {
  site = new Site();
});
afterEach(() => site.close());

function marks(out: string): readonly string[] {
  return out.split('\n').filter((line) => line.startsWith('='));
}

/** sshd on the router, whose key the office knows; everything of ours runs in the office. */
const ROUTER = `
ssh-keygen -q -t ed25519 -N '' -f hostkey; ssh-keygen -q -t ed25519 -N '' -f userkey
cp userkey.pub authorized; chmod 600 authorized; mkdir -p /run/sshd
cat > sshd.conf <<X
Port 22
ListenAddress 192.168.1.1
HostKey $PWD/hostkey
AuthorizedKeysFile $PWD/authorized
PermitRootLogin yes
PasswordAuthentication no
UsePAM no
StrictModes no
PidFile none
X
echo "192.168.1.1 $(cut -d' ' -f1,2 hostkey.pub)" > known
cat > ssh.conf <<X
Host *
  IdentityFile $PWD/userkey
  IdentitiesOnly yes
  UserKnownHostsFile $PWD/known
  GlobalKnownHostsFile /dev/null
  BatchMode yes
X
export PORTOLAN_SSH_CONFIG=$PWD/ssh.conf
$(command -v sshd || echo /usr/sbin/sshd) -D -f sshd.conf -E sshd.log &
till open office 192.168.1.1 22
remote() { ip netns exec office ${process.execPath} "$PRODUCT" "$@" --router root@192.168.1.1 --state $PWD/state; }
`;

describe.skipIf(MISSING !== undefined)('a router by ssh', () => {
  test('gets a change, keeps it where it is confirmed, and is as before where it is removed', () => {
    const { out } = site.run(`${ROUTER}
      remote apply --yes --detach; echo "= $?"
      nft list table inet portolan >/dev/null && echo "= loaded"
      remote confirm; echo "= $?"
      remote firewall drift; echo "= drift $?"
      remote firewall uninstall; echo "= $?"
      nft -s list ruleset | cmp - theirs && echo "= as before"`);
    expect(marks(out), out).toEqual(['= 0', '= loaded', '= 0', '= drift 0', '= 0', '= as before']);
  });

  test('that would let nobody in again is found out by a new connection, and is as before', () => {
    site.policy(LOCKING);
    const { out } = site.run(`${ROUTER}
      remote apply --yes --confirm-within 40; echo "= $?"
      nft -s list ruleset | cmp - theirs && echo "= as before"
      open office 192.168.1.1 22 && echo "= in again"`);
    expect(out).toContain('Taken back: root@192.168.1.1 cannot be reached');
    expect(marks(out), out).toEqual(['= 7', '= as before', '= in again']);
  });

  test('that vanishes once a change is loaded takes it back by itself', () => {
    const { out } = site.run(`${ROUTER}
      remote apply --yes --confirm-within 15 --detach; echo "= $?"
      ip link set lan0 down
      nft list table inet portolan >/dev/null && echo "= loaded"
      gone() { ! nft list table inet portolan >/dev/null 2>&1; }
      { till gone || till gone; } && echo "= taken back"
      ip link set lan0 up; till open office 192.168.1.1 22
      remote confirm; echo "= $?"
      remote firewall | head -1 | sed 's/^/= /'`);
    expect(marks(out), out).toEqual([
      '= 0',
      '= loaded',
      '= taken back',
      '= 2',
      '= Nothing of ours is in force.',
    ]);
  });

  test('whose key is not the known one gets no word of ours', () => {
    const { out } = site.run(`${ROUTER}
      ssh-keygen -q -t ed25519 -N '' -f other; echo "192.168.1.1 $(cut -d' ' -f1,2 other.pub)" > known
      remote apply --yes; echo "= $?"
      test -e state || echo "= nothing was written there"`);
    expect(out).toContain('cannot be reached');
    expect(marks(out), out).toEqual(['= 3', '= nothing was written there']);
  });

  test.each([
    ['an option', '-oProxyCommand=touch\tpwned'],
    ['a command', 'root@192.168.1.1;id'],
    ['a file', '/etc/passwd'],
  ])('is a host and no %s', (_, router) => {
    const { out } = site.run(`
      portolan apply --yes "--router=${router}"; echo "= $?"
      test -e pwned && echo "= pwned"`);
    expect(marks(out), out).toEqual(['= 2']);
  });
});
