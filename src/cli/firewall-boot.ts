import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PortolanError } from '../base/errors.ts';
import { STATE_FOLDER } from '../io/apply/local-host.ts';
import { ROUTER_FOLDER } from '../io/apply/ssh-host.ts';
import { findProgram } from '../io/capture/find-program.ts';
import { defaultFolder } from '../io/store/open.ts';
import type { Input } from './command.ts';
import { jsonDocument } from './format.ts';
import { checked } from './setup-schedule.ts';
import type { Way } from './setup-way.ts';
import { wayText } from './setup-way.ts';
import type { Shell } from './shell.ts';

const FOLDER = '/etc/systemd/system';
const SERVICE = 'portolan-firewall.service';
const TIMER = 'portolan-firewall-refresh.timer';
/** What `systemctl enable` makes of `WantedBy=` (systemd.unit(5)). */
const ENABLED = `${FOLDER}/sysinit.target.wants/${SERVICE}`;

interface Unit {
  readonly name: string;
  readonly lines: readonly string[];
}

/**
 * Prints what loads at boot: only the file that a confirmation writes. So a restart before that takes
 * a change back, too. Before network-pre.target (systemd.special(7)), so that nothing is open first.
 * Each step is checked by the program that will read it; with `--apply` the units are written.
 */
export function runBoot(shell: Shell, input: Input): number {
  const router = input.text('router');
  const state = input.text('state');
  if (router !== undefined) return printRouter(shell, state ?? ROUTER_FOLDER);
  const folder = path(state ?? STATE_FOLDER);
  const data = path(shell.dataFolder ?? shell.env['PORTOLAN_DATA'] ?? defaultFolder());
  const units = unitsFor(folder, data);
  if (input.flag('apply')) {
    for (const unit of units) writeUnit(unit);
    shell.say(`Wrote ${units.map(({ name }) => name).join(', ')}. Nothing was started.`);
  }
  const ways = [unitsWay(units), enabling(), trial(folder)];
  if (shell.json) {
    shell.out(jsonDocument('firewall-boot', { lines: ways.flatMap(({ lines }) => lines), ways }));
  } else {
    for (const [index, way] of ways.entries()) shell.out(wayText(index + 1, way));
  }
  return 0;
}

function printRouter(shell: Shell, folder: string): number {
  const lines = routerLines(folder);
  shell.out(shell.json ? jsonDocument('firewall-boot', { lines }) : `${lines.join('\n')}\n`);
  return 0;
}

/** Whether what was confirmed is loaded at each start of this machine. */
export function isLoadedAtBoot(): boolean {
  return existsSync(ENABLED);
}

/** Becomes part of a unit: only what systemd reads as one plain word (systemd.syntax(7)). */
function path(folder: string): string {
  const full = resolve(folder);
  if (/^[A-Za-z0-9_./@+-]{1,400}$/.test(full)) return full;
  throw new PortolanError('E_USAGE', `${JSON.stringify(full)} is no folder for a unit`, {
    remedy: 'Name one without blanks: portolan --data /var/lib/portolan firewall boot',
  });
}

function unitsFor(folder: string, data: string): readonly Unit[] {
  const program = `"${process.execPath}" "${resolve(process.argv[1] ?? 'portolan')}"`;
  return [
    { name: SERVICE, lines: bootUnit(folder, findProgram('nft')) },
    { name: 'portolan-firewall-refresh.service', lines: refreshUnit(program, data) },
    { name: TIMER, lines: refreshTimer() },
  ];
}

function unitsWay(units: readonly Unit[]): Way {
  return {
    title: 'The units of systemd',
    why: 'One loads what was confirmed, before there is a network; a timer lets rules lapse.',
    lines: units.flatMap(({ name, lines }) => [
      `sudo tee ${join(FOLDER, name)} >/dev/null <<'EOF'`,
      ...lines,
      'EOF',
    ]),
    ...checked('systemd-analyze', (folder) => {
      const files = units.map(({ name, lines }) => {
        writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
        return join(folder, name);
      });
      return ['verify', ...files];
    }),
  };
}

function enabling(): Way {
  const isThere = isLoadedAtBoot();
  return {
    title: 'At each start of the machine, and each minute',
    why: 'A change that nobody confirmed is never loaded: the file is written by a confirmation alone.',
    lines: [
      'sudo systemctl daemon-reload',
      `sudo systemctl enable ${SERVICE}`,
      `sudo systemctl enable --now ${TIMER}`,
    ],
    state: isThere ? 'works' : 'not tested',
    fact: isThere ? `${SERVICE} is enabled` : `${SERVICE} is not enabled yet`,
  };
}

/** The unit does by hand what it does at boot; 0 from `drift` is the proof that it is the same. */
function trial(folder: string): Way {
  const file = join(folder, 'confirmed.nft');
  return {
    title: 'Try it without a restart',
    why: 'It loads what is in force once more; the last command says 0 where nothing is another.',
    lines: [
      `systemd-analyze verify ${join(FOLDER, SERVICE)}`,
      `sudo systemctl restart ${SERVICE} && sudo portolan firewall drift`,
    ],
    ...(existsSync(file)
      ? checked('nft', () => ['-c', '-f', file])
      : { state: 'not tested', fact: 'nothing was confirmed yet that this account could read' }),
  };
}

/** Beside its place, then renamed: systemd never reads half of one. */
function writeUnit({ name, lines }: Unit): void {
  const file = join(FOLDER, name);
  try {
    writeFileSync(`${file}.new`, `${lines.join('\n')}\n`, { mode: 0o644 });
    renameSync(`${file}.new`, file);
  } catch (cause) {
    throw new PortolanError('E_NO_PERMISSION', `${file} cannot be written`, {
      remedy: 'As root: sudo portolan setup firewall --apply',
      cause,
    });
  }
}

export function bootUnit(folder: string, nft = '/usr/sbin/nft'): readonly string[] {
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
    `ExecStart=${nft} -f ${folder}/confirmed.nft`,
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
