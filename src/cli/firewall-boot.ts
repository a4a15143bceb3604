import { resolve } from 'node:path';
import { STATE_FOLDER } from '../io/apply/local-host.ts';
import { ROUTER_FOLDER } from '../io/apply/ssh-host.ts';
import type { Input } from './command.ts';
import { jsonDocument } from './format.ts';
import type { Shell } from './shell.ts';

const UNIT = '/etc/systemd/system/portolan-firewall';

/**
 * Prints what loads at boot: only the file that a confirmation writes. So a restart before that takes
 * a change back, too. Before network-pre.target (systemd.special(7)), so that nothing is open first.
 */
export function runBoot(shell: Shell, input: Input): number {
  const router = input.text('router');
  const folder = input.text('state') ?? (router === undefined ? STATE_FOLDER : ROUTER_FOLDER);
  const lines = router === undefined ? machineLines(folder) : routerLines(folder);
  if (shell.json) shell.out(jsonDocument('firewall-boot', { lines }));
  else shell.out(`${lines.join('\n')}\n`);
  return 0;
}

function machineLines(folder: string): readonly string[] {
  const program = `"${process.execPath}" "${resolve(process.argv[1] ?? 'portolan')}"`;
  return [
    ...file(`${UNIT}.service`, bootUnit(folder)),
    ...file(`${UNIT}-refresh.service`, refreshUnit(program)),
    ...file(`${UNIT}-refresh.timer`, refreshTimer()),
    'sudo systemctl daemon-reload',
    'sudo systemctl enable portolan-firewall.service',
    'sudo systemctl enable --now portolan-firewall-refresh.timer',
  ];
}

function file(name: string, lines: readonly string[]): readonly string[] {
  return [`sudo tee ${name} >/dev/null <<'EOF'`, ...lines, 'EOF'];
}

export function bootUnit(folder: string): readonly string[] {
  return [
    '[Unit]',
    'Description=Portolan, rules that were confirmed',
    'DefaultDependencies=no',
    'After=local-fs.target nftables.service firewalld.service ufw.service',
    'Before=network-pre.target',
    'Wants=network-pre.target',
    `ConditionPathExists=${folder}/confirmed.nft`,
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    `ExecStart=/usr/sbin/nft -f ${folder}/confirmed.nft`,
    'CapabilityBoundingSet=CAP_NET_ADMIN',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    '',
    '[Install]',
    'WantedBy=sysinit.target',
  ];
}

function refreshUnit(program: string): readonly string[] {
  return [
    '[Unit]',
    'Description=Portolan, rules that lapse and addresses that change',
    'After=portolan-firewall.service',
    '',
    '[Service]',
    'Type=oneshot',
    `ExecStart=${program} firewall refresh`,
    'Environment=PORTOLAN_DATA=/var/lib/portolan',
    // Drift is told, and is no failure of the unit; the store may be busy, and the next minute comes.
    'SuccessExitStatus=1 3',
    'CapabilityBoundingSet=CAP_NET_ADMIN CAP_SYS_ADMIN CAP_SETPCAP',
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    'ReadWritePaths=/var/lib/portolan',
    'PrivateTmp=yes',
  ];
}

function refreshTimer(): readonly string[] {
  return [
    '[Unit]',
    'Description=Portolan, refresh each minute',
    '',
    '[Timer]',
    'OnBootSec=1min',
    'OnUnitActiveSec=1min',
    'AccuracySec=5s',
    '',
    '[Install]',
    'WantedBy=timers.target',
  ];
}

/** OpenWrt runs /etc/rc.local last (procd, S95done). */
function routerLines(folder: string): readonly string[] {
  return [
    '# In /etc/rc.local of the router, before "exit 0":',
    `[ -s ${folder}/confirmed.nft ] && nft -f ${folder}/confirmed.nft`,
  ];
}
