/**
 * What runs on the machine whose firewall is changed, ours or a router: POSIX sh, so that BusyBox does.
 * A fixed text: nothing is ever put into it; ids and numbers come as arguments and have a fixed form.
 *
 * `arm` starts the watchdog, a process of its own that hears no hang-up and has no parent to die with.
 * It waits for a verdict; at the deadline it gives one itself. A verdict is a hard link, which exactly
 * one process can make (link(2) fails where it is): so nothing is both confirmed and taken back. It
 * restores from a file that was written before, and that names no table but ours.
 *
 * Before the rules are loaded, an empty table `portolan_pending` is made. The first line of what is
 * loaded deletes it, in the same transaction; what restores deletes it too. So rules that come late,
 * from a process that slept past the deadline, are refused by the kernel as a whole.
 *
 * Time is counted since boot (/proc/uptime): a clock that is set does not shorten or prolong them.
 */
export const GUARD_SCRIPT = `#!/bin/sh
set -u
umask 077
PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin
# nft reads times as text of its own zone.
TZ=UTC0
export PATH TZ
verb=$1
folder=$2
id=\${3:-}
change=$folder/changes/$id

# Hundredths of a second since boot.
uptime_now() {
  read -r up _ </proc/uptime
  echo "\${up%.*}\${up#*.}"
}

# Whole or not at all, and on the disk before it has its name.
keep() {
  cat >"$1.new" || return 1
  sync "$1.new" 2>/dev/null || sync
  mv -f "$1.new" "$1"
}

is_alive() {
  [ -s "$change/watching" ] || return 1
  read -r pid boot <"$change/watching"
  read -r here </proc/sys/kernel/random/boot_id
  [ "$boot" = "$here" ] && kill -0 "$pid" 2>/dev/null
}

# Does what the verdict says; doing it twice is as doing it once.
settle() {
  read -r word <"$change/verdict"
  outcome=stuck
  read -r here </proc/sys/kernel/random/boot_id
  if [ "$word" = yes ]; then
    if keep "$folder/confirmed.nft" <"$change/rules.nft" &&
      keep "$folder/confirmed" <"$change/id"; then outcome=confirmed; fi
    # After a restart between the word and this, what was loaded at boot is what was before.
    if [ "$outcome" = confirmed ] && [ "$(cat "$change/boot")" != "$here" ]; then
      nft -f "$folder/confirmed.nft" 2>"$change/error" || outcome=stuck
    fi
  elif [ ! -e "$change/watching" ]; then
    # No watchdog has begun: nothing was loaded, and what is in force may be a later change of another.
    outcome=rolled-back
  elif [ "$(cat "$change/boot")" != "$here" ]; then
    # A restart has taken it back: what was not confirmed is not loaded at boot.
    outcome=rolled-back
  else
    for _ in 1 2 3 4 5; do
      if nft -f "$change/previous.nft" 2>"$change/error"; then
        outcome=rolled-back
        break
      fi
      sleep 1
    done
  fi
  echo "$outcome" | keep "$change/outcome"
  rm -f "$folder/pending"
}

watch() {
  trap '' HUP INT TERM
  end=$(($(uptime_now) + $1 * 100))
  read -r boot </proc/sys/kernel/random/boot_id
  echo "$$ $boot" | keep "$change/watching"
  while [ ! -e "$change/verdict" ] && [ "$(uptime_now)" -lt "$end" ]; do
    sleep 0.2 2>/dev/null || sleep 1
  done
  ln "$change/no" "$change/verdict" 2>/dev/null
  settle
}

case $verb in
  prepare)
    [ -e "$change/verdict" ] && exit 5
    last=
    [ -s "$folder/confirmed" ] && read -r last <"$folder/confirmed"
    for old in "$folder"/changes/*; do
      case $old in
        "$change" | "$folder/changes/$last") ;;
        *) [ -e "$old/outcome" ] && rm -rf "$old" ;;
      esac
    done
    mkdir -p "$change" && keep "$change/boot" </proc/sys/kernel/random/boot_id && echo yes | keep "$change/yes" && echo no | keep "$change/no" &&
      echo "$id" | keep "$change/id"
    ;;
  put) keep "$folder/$3" ;;
  get) cat "$folder/$3" ;;
  claim) ln "$change/id" "$folder/pending" ;;
  arm)
    if command -v setsid >/dev/null 2>&1; then
      setsid sh "$0" watch "$folder" "$id" "$4" </dev/null >/dev/null 2>&1 &
    else
      sh "$0" watch "$folder" "$id" "$4" </dev/null >/dev/null 2>&1 &
    fi
    tries=0
    while [ $tries -lt 50 ] && [ ! -e "$change/verdict" ]; do
      if is_alive; then
        nft create table inet portolan_pending
        exit $?
      fi
      tries=$((tries + 1))
      sleep 0.1 2>/dev/null || sleep 1
    done
    exit 4
    ;;
  watch) watch "$4" ;;
  decide)
    ln "$change/$4" "$change/verdict" 2>/dev/null
    read -r word <"$change/verdict"
    [ "$word" = "$4" ]
    ;;
  state)
    if [ -s "$folder/confirmed" ]; then echo "confirmed $(cat "$folder/confirmed")"; fi
    # Whoever finishes a change takes this file away at any moment.
    id=$(cat "$folder/pending" 2>/dev/null)
    if [ -n "$id" ]; then
      change=$folder/changes/$id
      echo "pending $id"
      if is_alive; then echo alive; fi
      if [ -s "$change/verdict" ]; then echo "verdict $(cat "$change/verdict")"; fi
    fi
    ;;
  settle)
    # Somebody else may have finished it meanwhile, and begun another.
    if [ "$(cat "$folder/pending" 2>/dev/null)" = "$id" ]; then settle; fi
    ;;
  forget) rm -rf "$change" ;;
  leave)
    rm -rf "$folder/changes" "$folder/confirmed" "$folder/confirmed.nft" "$folder/pending"
    ;;
  *) exit 2 ;;
esac
`;
