/**
 * What no restore file can say: the same text for every policy, so nothing of a policy is ever run.
 * It hooks our chains in, once; removes those of ours, and sets, that nothing leads to any more;
 * unhooks all; and prints what is in force.
 */
export const SCRIPT = `#!/bin/sh
# hook | sweep | remove | read: chains PTL-* and sets ptl-* of iptables, and no others.
set -eu

families='iptables ip6tables'

hooks() {
  echo 'filter FORWARD'
  echo 'filter INPUT'
  echo 'nat PREROUTING'
  echo 'nat POSTROUTING'
}

hook() {
  for program in $families; do
    hooks | while read -r table chain; do
      $program -w -t "$table" -C "$chain" -j "PTL-$chain" 2>/dev/null ||
        $program -w -t "$table" -I "$chain" 1 -j "PTL-$chain"
    done
  done
}

unhook() {
  for program in $families; do
    hooks | while read -r table chain; do
      while $program -w -t "$table" -D "$chain" -j "PTL-$chain" 2>/dev/null; do :; done
    done
  done
}

# Chains of ours that no rule leads to.
unused() {
  awk '/^:PTL-/ { own[substr($1, 2)] = 1 }
    /^-A / { for (i = 3; i < NF; i++) if ($i == "-j" || $i == "-g") used[$(i + 1)] = 1 }
    END { for (name in own) if (!(name in used)) print name }'
}

sweep() {
  for program in $families; do
    for table in filter nat; do
      while :; do
        dead=$("$program-save" -t "$table" 2>/dev/null | unused)
        [ -n "$dead" ] || break
        {
          echo "*$table"
          for chain in $dead; do echo "-F $chain"; done
          for chain in $dead; do echo "-X $chain"; done
          echo COMMIT
        } | "$program-restore" -w --noflush
      done
    done
  done
  # One that a rule still refers to is refused.
  for set in $(ipset list -n | grep '^ptl-'); do
    ipset destroy "$set" 2>/dev/null || :
  done
}

case "\${1:-}" in
  hook) hook; sweep ;;
  sweep) sweep ;;
  remove) unhook; sweep ;;
  read)
    ipset save
    iptables-save 2>/dev/null
    ip6tables-save 2>/dev/null
    ;;
  *) echo 'hook, sweep, remove or read' >&2; exit 2 ;;
esac
`;
