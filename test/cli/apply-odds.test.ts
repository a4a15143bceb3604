import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lacking } from '../lab/need.ts';
import { POLICY, Site } from './apply-site.ts';

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

/** Puts a program in the place of nft, for this mount namespace alone; the real one is `$REAL`. */
const IN_PLACE_OF_NFT = `
REAL=$PWD/real-nft; NFT=$(command -v nft); cp "$NFT" "$REAL"
stand_in() {
  { echo '#!/bin/sh'; echo "cd '$PWD'; REAL='$REAL'; export PATH='$PATH'"; cat; echo 'exec "$REAL" "$@"'; } > stand-in
  chmod +x stand-in; mount --bind stand-in "$NFT"
}
as_before() { "$REAL" -s list ruleset | cmp -s - theirs; }
`;

describe.skipIf(MISSING !== undefined)('several at once', () => {
  test('of four that apply together one is loaded, and the others are told', () => {
    const { out } = site.run(`
      for one in 1 2 3 4; do
        # Stores of their own: else it is the store that is busy.
        cp -r data data.$one
        ( PORTOLAN_DATA=$PWD/data.$one portolan apply --yes --detach > out.$one 2>&1; echo $? > status.$one ) &
        WAIT="\${WAIT:-} $!"
      done
      wait $WAIT
      cat out.?
      sort status.? | tr '\\n' ' ' | sed 's/^/= /'; echo
      grep -lE 'waits to be confirmed|somebody else meanwhile' out.? | wc -l | sed 's/^ */= told /'
      portolan rollback; echo "= $?"
      nft -s list ruleset | cmp - theirs && echo "= as before"`);
    expect(marks(out), out).toEqual(['= 0 2 2 2 ', '= told 3', '= 0', '= as before']);
  });

  test('who planned over rules that another replaced meanwhile loads nothing, and undoes nothing', () => {
    site.policy(POLICY.replace('tcp/443, action', '"tcp/443,8443", action'), 'data/next.yaml');
    const { out } = site.run(`${IN_PLACE_OF_NFT}
      echo "PORTOLAN_DATA='$PORTOLAN_DATA' $NODE $PRODUCT apply --policy data/next.yaml --yes --detach --state $PWD/state
        PORTOLAN_DATA='$PORTOLAN_DATA' $NODE $PRODUCT confirm --state $PWD/state" > another
      # All is listed when everything was looked at and tried, before anything is loaded.
      stand_in <<'X'
if [ "$*" = "-s list ruleset" ] && [ -e another ] && "$REAL" list table ip theirs >/dev/null 2>&1; then mv another now; sh ./now > now.out 2>&1; fi
X
      portolan apply --yes --detach; echo "= $?"
      grep -c 'is kept' now.out | sed 's/^/= kept /'
      nft list table inet portolan | grep -q 8443 && echo "= what was confirmed"
      portolan firewall | head -1 | cut -d: -f1 | sed 's/^/= /'
      portolan firewall drift; echo "= drift $?"`);
    expect(out).toContain('changed by somebody else meanwhile, and nothing was loaded');
    const kept = ['= kept 1', '= what was confirmed', '= Confirmed', '= drift 0'];
    expect(marks(out), out).toEqual(['= 2', ...kept]);
  });
});

describe.skipIf(MISSING !== undefined)('an nft that does not do what it says', () => {
  test.each<[about: string, standIn: string, status: number, says: string]>([
    [
      'prints anything for our table once it is loaded',
      'case "$*" in *load.nft) touch loaded;; "-s list table inet portolan") [ -e loaded ] && { echo "}}} {"; exit 0; };; esac',
      7,
      'does not list our table as it is',
    ],
    [
      'prints half of our table, and says that was all',
      'case "$*" in "-s list table inet portolan") "$REAL" "$@" > all || exit 1; head -c 300 all; exit 0;; esac',
      7,
      'does not list our table as it is',
    ],
    [
      'is killed in the middle of printing our table',
      'case "$*" in "-s list table inet portolan") "$REAL" "$@" > all || exit 1; head -c 300 all; kill -9 $$;; esac',
      7,
      'is taken back',
    ],
    [
      'loads the rules, and then ends with an error',
      'case "$*" in *load.nft) "$REAL" "$@"; echo "Segmentation fault" >&2; exit 139;; esac',
      7,
      'Segmentation fault',
    ],
    [
      'says it loaded the rules, and did not',
      'case "$*" in *load.nft) exit 0;; esac',
      7,
      'does not list our table as it is',
    ],
    [
      'prints anything from the beginning',
      'case "$*" in "-s list table inet portolan") head -c 9999 /dev/urandom; exit 0;; esac',
      3,
      'does not list our table as it is',
    ],
  ])('%s', (_, standIn, status, says) => {
    const { out } = site.run(`${IN_PLACE_OF_NFT}
      stand_in <<'X'
${standIn}
X
      portolan apply --yes --confirm-within 30 > out 2>&1; echo "= $?"; cat out
      till as_before && echo "= as before"
      umount "$NFT"; portolan firewall | head -1 | sed 's/^/= /'
      portolan apply --yes --detach; echo "= again $?"`);
    expect(out).toContain(says);
    const after = ['= as before', '= Nothing of ours is in force.', '= again 0'];
    expect(marks(out), out).toEqual([`= ${status}`, ...after]);
  });
});

describe.skipIf(MISSING !== undefined)('rules of others', () => {
  test('with 100,000 elements, and with comments that look like our table, stay and are read', () => {
    const { out } = site.run(
      `
      { echo 'table ip others {'
        echo ' set many { type ipv4_addr; elements = {'
        seq 0 99999 | awk '{ printf " 10.%d.%d.%d,\\n", 100 + $1 / 65536, ($1 / 256) % 256, $1 % 256 }'
        echo ' } }'
        echo ' chain c { type filter hook forward priority 5; ip saddr @many drop; }'
        echo ' chain d { ip daddr 10.0.0.1 accept comment "x'; echo 'table inet portolan {'; echo '}'
        echo 'table inet portolan_pending {"; }'; echo '}'; } | nft -f - ; echo "= $?"
      nft -s list ruleset > all
      portolan apply --yes --detach > out 2>&1; echo "= $?"
      portolan confirm >> out 2>&1; echo "= $?"
      cat out; grep -c 'not in the ledger' out | sed 's/^/= unread /'
      portolan firewall drift; echo "= drift $?"
      portolan firewall uninstall; echo "= $?"
      nft -s list ruleset | cmp - all && echo "= as before"`,
      200_000,
    );
    expect(out).toContain('What others have is as it was, octet by octet.');
    const stays = ['= unread 0', '= drift 0', '= 0', '= as before'];
    expect(marks(out), out).toEqual(['= 0', '= 0', '= 0', ...stays]);
  }, 220_000);
});
