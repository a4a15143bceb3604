import { resolve } from 'node:path';
import { PortolanError } from '../base/errors.ts';
import { STATE_FOLDER } from '../io/apply/local-host.ts';
import { ROUTER_FOLDER } from '../io/apply/ssh-host.ts';
import { defaultFolder } from '../io/store/open.ts';
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
  const data = shell.dataFolder ?? shell.env['PORTOLAN_DATA'] ?? defaultFolder();
  const lines = router === undefined ? machineLines(path(folder), path(data)) : routerLines(folder);
  if (shell.json) shell.out(jsonDocument('firewall-boot', { lines }));
  else shell.out(`${lines.join('\n')}\n`);
  return 0;
}

/** Becomes part of a unit: only what systemd reads as one plain word (systemd.syntax(7)). */
function path(folder: string): string {
  const full = resolve(folder);
  if (/^[A-Za-z0-9_./@+-]{1,400}$/.test(full)) return full;
  throw new PortolanError('E_USAGE', `${JSON.stringify(full)} is no folder for a unit`, {
    remedy: 'Name one without blanks: portolan --data /var/lib/portolan firewall boot',
  });
}

function machineLines(folder: string, data: string): readonly string[] {
  const program = `"${process.execPath}" "${resolve(process.argv[1] ?? 'portolan')}"`;
  return [
    ...file(`${UNIT}.service`, bootUnit(folder)),
    ...file(`${UNIT}-refresh.service`, refreshUnit(program, data)),
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

export function refreshUnit(program: string, data: string): readonly string[] {
  return [
    '[Unit]',
    'Description=Portolan, rules that lapse and addresses that change',
    'After=portolan-firewall.service',
    '',
    '[Service]',
    'Type=oneshot',
    `ExecStart=${program} firewall refresh`,
    `Environment=PORTOLAN_DATA=${data}`,
    // Drift is told, and is no failure of the unit; the store may be busy, and the next minute comes.
    'SuccessExitStatus=1 3',
    'CapabilityBoundingSet=CAP_NET_ADMIN CAP_SYS_ADMIN CAP_SETPCAP',
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    `ReadWritePaths=-${data} -/var/lib/portolan`,
    'PrivateTmp=yes',
  ];
}

export function refreshTimer(): readonly string[] {
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
