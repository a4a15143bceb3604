import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lacking } from '../lab/need.ts';
import { LOCKING, POLICY, Site } from './apply-site.ts';

const MISSING = lacking('unshare', 'ip', 'nft', 'conntrack', 'python3');

let site: Site;
beforeEach(() => {
  site = new Site();
});
afterEach(() => site.close());

/** Lines that the script marked with `=`. */
function marks(out: string): readonly string[] {
  return out.split('\n').filter((line) => line.startsWith('='));
}

describe.skipIf(MISSING !== undefined)('a change of the firewall', () => {
  test('is shown before: who loses what, and what was recorded of it', () => {
    const { out } = site.run(`
      portolan plan --detailed-exitcode; echo "= $?"`);
    expect(out).toMatch(
      /Newly denied:\n(?: {2}.*\n)*? {2}PTL-D-\w+ → .*\(wan\) tcp\/0-442,444-65535/,
    );
    expect(out).toContain(
      'Of 3 recorded flows: 1 pass as before, 0 are blocked as before, 1 do not meet',
    );
    expect(out).toMatch(/Newly blocked:\n.*\n.*203\.0\.113\.7\s.*tcp\/445\s/);
    expect(marks(out)).toEqual(['= 1']);
  });

  test('is refused where a test of the policy fails, with the rule and its line', () => {
    site.policy(POLICY.replace('tcp/443, expect: allow', 'tcp/443, expect: deny'));
    const { out } = site.run('portolan plan; echo "= $?"');
    expect(out).toMatch(/policy\.yaml:15: test .* expects deny, but: .*rule cloud in line 10/);
    expect(marks(out)).toEqual(['= 2']);
  });

  test('is taken back by itself where nobody confirms, also where it locks everybody out', () => {
    site.policy(LOCKING);
    const { out } = site.run(`
      serve 22 ""; till open office 192.168.1.1 22 && echo "= in before"
      portolan apply --yes --confirm-within 3 & APPLY=$!
      till nft list table inet portolan >/dev/null && sleep 0.3
      open office 192.168.1.1 22 || echo "= locked out"
      wait $APPLY; echo "= $?"
      open office 192.168.1.1 22 && echo "= in again"
      nft -s list ruleset | cmp - theirs && echo "= as before"`);
    expect(marks(out)).toEqual(['= in before', '= locked out', '= 7', '= in again', '= as before']);
  });

  test('that would lock out whoever works by ssh is not loaded at all', () => {
    site.policy(LOCKING);
    const { out } = site.run(`
      export SSH_CONNECTION="192.168.1.20 50000 192.168.1.1 22"
      portolan apply --yes; echo "= $?"
      nft -s list ruleset | cmp - theirs && echo "= as before"`);
    expect(out).toContain('You work from 192.168.1.20 by ssh');
    expect(marks(out)).toEqual(['= 2', '= as before']);
  });

  test('goes on when whoever applied it is killed, until its own watchdog takes it back', () => {
    const { out } = site.run(`
      portolan apply --yes --confirm-within 6 & APPLY=$!
      till nft list table inet portolan >/dev/null; sleep 0.2
      kill -9 $APPLY; pkill -9 -P 1 -f enforce.js
      portolan firewall | grep -c waits | sed 's/^/= waiting /'
      gone() { ! nft list table inet portolan >/dev/null; }
      till gone && echo "= gone"
      portolan firewall | head -1 | sed 's/^/= /'`);
    expect(marks(out)).toEqual(['= waiting 1', '= gone', '= Nothing of ours is in force.']);
  });

  test('is taken back by a restart before it is confirmed: what was confirmed is loaded at boot', () => {
    site.policy(POLICY.replace('tcp/443, action', '"tcp/443,8443", action'), 'data/next.yaml');
    const { out } = site.run(`
      portolan apply --yes --detach; portolan confirm; nft -s list table inet portolan > first
      portolan apply --policy data/next.yaml --yes --detach
      # As a restart leaves it: no process, no table, another boot; then the unit loads what was kept.
      ID=$(cat state/pending); kill -9 $(cut -d' ' -f1 state/changes/$ID/watching)
      echo another > state/changes/$ID/boot; nft delete table inet portolan
      nft -f state/confirmed.nft
      portolan firewall | head -1 | cut -d: -f1 | sed 's/^/= /'
      cat state/changes/$ID/outcome | sed 's/^/= /'
      nft -s list table inet portolan | cmp - first && echo "= the first"
      portolan firewall drift; echo "= drift $?"`);
    expect(marks(out), out).toEqual(['= Confirmed', '= rolled-back', '= the first', '= drift 0']);
  });

  test('that was confirmed in the moment before a restart is loaded after it', () => {
    const { out } = site.run(`
      portolan apply --yes --detach; nft -s list table inet portolan > ours
      ID=$(cat state/pending); kill -9 $(cut -d' ' -f1 state/changes/$ID/watching)
      # The word was given, and nobody lived to do what it says.
      ln state/changes/$ID/yes state/changes/$ID/verdict
      echo another > state/changes/$ID/boot; nft delete table inet portolan
      portolan firewall | head -1 | cut -d: -f1 | sed 's/^/= /'
      nft -s list table inet portolan | cmp - ours && echo "= as it was confirmed"
      portolan firewall drift; echo "= drift $?"`);
    expect(marks(out), out).toEqual(['= Confirmed', '= as it was confirmed', '= drift 0']);
  });

  test('whose watchdog was killed as well is finished by the next command', () => {
    const { out } = site.run(`
      portolan apply --yes --detach
      kill -9 $(cut -d' ' -f1 state/changes/$(cat state/pending)/watching)
      portolan firewall | head -1 | sed 's/^/= /'
      nft -s list ruleset | cmp - theirs && echo "= as before"`);
    expect(marks(out), out).toEqual(['= Nothing of ours is in force.', '= as before']);
  });

  test('ends the connections that it denies, and no others', () => {
    const { out } = site.run(`
      serve 443 "ip netns exec far"; serve 445 "ip netns exec far"
      till open camera 203.0.113.7 443; till open camera 203.0.113.7 445
      for port in 443 445; do
        ip netns exec camera python3 -c 'import socket,sys,time
s=socket.create_connection((sys.argv[1], int(sys.argv[2])), 2)
s.send(b"a"); s.recv(9); open("ready"+sys.argv[2],"w").close()
while True:
    try: open("go"+sys.argv[2]); break
    except OSError: time.sleep(0.1)
s.settimeout(2)
try:
    s.send(b"b"); print("=", sys.argv[2], "goes on" if s.recv(9) else "closed", flush=True)
except OSError: print("=", sys.argv[2], "ended", flush=True)' 203.0.113.7 $port &
      done
      till test -e ready443; till test -e ready445
      portolan apply --yes --detach; echo "= $?"
      touch go443; sleep 1; touch go445; sleep 3`);
    expect(out).toContain('under way ended');
    expect(marks(out)).toEqual(['= 0', '= 443 goes on', '= 445 ended']);
  });

  test('is kept once it is confirmed, and what others changed in it is not overwritten', () => {
    const { out } = site.run(`
      portolan apply --yes --detach; echo "= $?"
      test -e state/confirmed.nft || echo "= not at boot yet"
      portolan confirm; echo "= $?"
      nft -s list table inet portolan > ours; nft delete table inet portolan
      nft -f state/confirmed.nft; nft -s list table inet portolan | cmp - ours && echo "= loads at boot"
      portolan firewall drift; echo "= drift $?"
      portolan apply --yes; echo "= again $?"
      nft add rule inet portolan p_input tcp dport 99 accept
      portolan firewall drift; echo "= drift $?"
      portolan apply --yes; echo "= refused $?"
      portolan apply --yes --accept-drift --detach; portolan confirm; echo "= accepted $?"
      portolan firewall drift; echo "= drift $?"`);
    expect(out).toContain('+ tcp dport 99 accept');
    expect(marks(out)).toEqual([
      '= 0',
      '= not at boot yet',
      '= 0',
      '= loads at boot',
      '= drift 0',
      '= again 0',
      '= drift 1',
      '= refused 2',
      '= accepted 0',
      '= drift 0',
    ]);
  });

  test('can be taken back after it was confirmed, and removed without a trace in others', () => {
    site.policy(POLICY.replace('tcp/443, action', '"tcp/443,8443", action'), 'data/next.yaml');
    const { out } = site.run(`
      portolan apply --yes --detach; portolan confirm; nft -s list table inet portolan > first
      portolan apply --policy data/next.yaml --yes --detach; portolan confirm
      nft -s list table inet portolan | cmp -s - first || echo "= changed"
      portolan rollback; echo "= $?"
      nft -s list table inet portolan | cmp - first && echo "= the first again"
      portolan firewall uninstall; echo "= $?"
      nft -s list ruleset | cmp - theirs && echo "= nothing of ours"`);
    expect(out).toContain('What others have is as it was, octet by octet.');
    expect(marks(out)).toEqual([
      '= changed',
      '= 0',
      '= the first again',
      '= 0',
      '= nothing of ours',
    ]);
  });

  test('is what the ledger answers from, without another command', () => {
    const other = POLICY.replace('tcp/443, action', 'tcp/8443, action').replace(/tests:\n.*\n/, '');
    site.policy(other, 'data/next.yaml');
    const { out } = site.run(`
      sees() { portolan ledger 192.168.20.5 --all --json | python3 -c 'import json,sys
print("=", sys.argv[1], *[row["allowed"]["answer"] for row in json.load(sys.stdin)["items"]
    if row["direction"] == "from-device" and row["port"] == int(sys.argv[1])])' $1; }
      sees 443
      portolan apply --yes --detach; portolan confirm; sees 443
      portolan apply --policy data/next.yaml --yes --detach; portolan confirm; sees 443
      portolan rollback; sees 443
      portolan firewall uninstall`);
    expect(marks(out), out).toEqual(['= 443 unknown', '= 443 yes', '= 443 no', '= 443 yes']);
  });

  test('that holds for a while is answered from with the time at which it ends', () => {
    const { out } = site.run(`
      export TZ=Asia/Tokyo
      sees() { portolan ledger 192.168.20.5 --all --json | python3 -c 'import json,re,sys
for row in json.load(sys.stdin)["items"]:
    if row["direction"] == "from-device" and row["port"] == int(sys.argv[1]):
        cell = row["allowed"]
        print("=", sys.argv[1], cell["answer"], *re.findall("until [0-9-]{10}", cell["because"]))' $1; }
      keep() { portolan confirm; }
      $NODE $PRODUCT allow camera 445 --to net:203.0.113.7 --for 1h
      portolan apply --yes --detach; keep; sees 443; sees 445
      portolan contain camera --isolate --for 2h --yes --detach; keep; sees 443; sees 445
      portolan contain --undo --yes --detach; keep; sees 443`);
    const until = expect.stringMatching(/^= 44[35] (?:yes|no) until 20\d\d-\d\d-\d\d$/);
    expect(marks(out), out).toEqual(['= 443 yes', until, until, until, '= 443 yes']);
    expect(marks(out).map((line) => line.split(' ')[2])).toEqual(['yes', 'yes', 'no', 'no', 'yes']);
  });

  test('tells which of its rules nothing has met', () => {
    site.policy(
      POLICY.replace(
        'guard:',
        '  - { id: never-used, from: camera, to: zone:wan, service: tcp/8443, action: allow }\nguard:',
      ),
    );
    const { out } = site.run(`
      serve 443 "ip netns exec far"; till open camera 203.0.113.7 443
      portolan apply --yes --detach; portolan confirm
      open camera 203.0.113.7 443 && open camera 203.0.113.7 443
      portolan firewall
      portolan firewall --json | tr -d ' \n' | grep -o '"id":"cloud","packets":[0-9]*' | sed 's/^/= /'
      portolan policy show | cut -f 1,6 | sed 's/^/= /'`);
    expect(out).toContain('Nothing has met 1 of 2 rules since they were loaded: never-used');
    expect(marks(out), out).toEqual([
      expect.stringMatching(/^= "id":"cloud","packets":[1-9]/),
      '= rule\tmet',
      expect.stringMatching(/^= cloud\t[1-9]/),
      '= never-used\tnever',
    ]);
  });

  test('of another waits for its turn', () => {
    const { out } = site.run(`
      portolan apply --yes --detach
      portolan apply --yes; echo "= $?"
      portolan rollback; echo "= $?"
      portolan confirm; echo "= $?"`);
    expect(marks(out)).toEqual(['= 2', '= 0', '= 2']);
  });

  test('lapses where a rule of it does: refreshed, without a draft that waits in the file', () => {
    const soon = `${new Date(Date.now() + 40_000).toISOString().slice(0, 19)}Z`;
    site.policy(POLICY.replace('action: allow }', `action: allow, expires: ${soon} }`));
    const { out } = site.run(`
      sed -i /^tests:/,\\$d data/policy.yaml
      portolan apply --yes --detach; portolan confirm
      nft list table inet portolan | grep -q cloud && echo "= has it" || echo "= has it no more"
      portolan firewall refresh; echo "= $?"
      echo "broken draft" >> data/policy.yaml
      for _ in $(seq 70); do
        portolan firewall refresh --json | grep -q reloaded && echo "= reloaded" && break
        sleep 1
      done
      nft list table inet portolan | grep -q cloud && echo "= has it" || echo "= has it no more"`);
    expect(marks(out)).toEqual(['= has it', '= 0', '= reloaded', '= has it no more']);
  });
});

describe.skipIf(MISSING !== undefined)('contain', () => {
  test('shows three ways, holds the device for a while, and ends it', () => {
    const { out } = site.run(`
      serve 443 "ip netns exec far"; till open camera 203.0.113.7 443
      portolan apply --yes --detach; portolan confirm
      portolan contain camera; echo "= $?"
      portolan contain camera --isolate --for 2h --yes --detach; portolan confirm
      open camera 203.0.113.7 443 || echo "= held"
      grep -c contain- data/policy.yaml | sed 's/^/= rules /'
      portolan contain --undo --yes --detach; portolan confirm
      open camera 203.0.113.7 443 && echo "= free"
      grep -c contain- data/policy.yaml | sed 's/^/= rules /'`);
    expect(out).toMatch(/--isolate: 1 flow of 1 kind would be stopped\n.*tcp\/443/);
    expect(out).toContain('--stop tcp/443: 1 flow');
    expect(out).toContain('--keep-internet: no recorded traffic would be stopped');
    expect(marks(out)).toEqual(['= 0', '= held', '= rules 2', '= free', '= rules 0']);
  });
});
