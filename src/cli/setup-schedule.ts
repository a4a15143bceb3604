import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PortolanError } from '../base/errors.ts';
import { findProgram } from '../io/capture/find-program.ts';
import type { Input } from './command.ts';
import { jsonDocument } from './format.ts';
import { parseInterval } from './scan-every.ts';
import type { Way } from './setup-way.ts';
import { wayText } from './setup-way.ts';
import type { Shell } from './shell.ts';

/** What is to be repeated: the programs by their full names, the targets as they were typed. */
export interface Schedule {
  readonly node: string;
  readonly program: string;
  readonly targets: readonly string[];
  /** Milliseconds. */
  readonly interval: number;
  /** Minute of the hour, 0 to 59, so that not everybody begins at the full one. */
  readonly minute: number;
}

const NAME = 'portolan-scan';
const MINUTE = 60_000;
/** Milliseconds that a program may take to check a file. */
const PATIENCE = 20_000;

/** Prints a timer of systemd and a line for cron, each checked by the program that will read it. */
export function runSchedule(shell: Shell, input: Input): number {
  const [, ...targets] = input.args;
  const schedule: Schedule = {
    node: process.execPath,
    program: resolve(process.argv[1] ?? 'portolan'),
    targets: targets.map(onlyWord),
    interval: parseInterval(input.text('every') ?? '6h'),
    minute: new Date(shell.now()).getMinutes(),
  };
  const ways = [byTimer(schedule), byCron(schedule)];
  if (shell.json) shell.out(jsonDocument('setup-schedule', { ways }));
  else for (const [index, way] of ways.entries()) shell.out(wayText(index + 1, way));
  return 0;
}

/** A target becomes part of a unit and of a crontab: only what both read as one plain word. */
function onlyWord(target: string): string {
  if (/^(?:zone:|device:)?[A-Za-z0-9_.:,/*-]{1,200}$/.test(target)) return target;
  throw new PortolanError('E_TARGET', 'A target of a schedule is one word', {
    remedy: 'Name it by address, network, id or zone: portolan setup schedule zone:iot',
  });
}

/** What systemd.exec(5) has against everything but asking the network and keeping what was found. */
export function scanService({ node, program, targets }: Schedule): readonly string[] {
  return [
    '[Unit]',
    'Description=Portolan, scan of the network',
    'After=network-online.target',
    'Wants=network-online.target',
    '',
    '[Service]',
    'Type=oneshot',
    `ExecStart=${[`"${node}"`, `"${program}"`, 'scan', ...targets].join(' ')}`,
    'Environment=PORTOLAN_DATA=/var/lib/portolan',
    // A part that could not be asked is told in the scan's record, and no failure of the unit.
    'SuccessExitStatus=5',
    'DynamicUser=yes',
    'StateDirectory=portolan',
    'CapabilityBoundingSet=',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'ProtectClock=yes',
    'ProtectHostname=yes',
    'ProtectKernelTunables=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelLogs=yes',
    'ProtectControlGroups=yes',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX',
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'LockPersonality=yes',
    'SystemCallArchitectures=native',
    'Nice=10',
  ];
}

/** From one beginning to the next, with a tenth of it as jitter (systemd.timer(5)). */
export function scanTimer({ interval }: Schedule): readonly string[] {
  const minutes = Math.round(interval / MINUTE);
  return [
    '[Unit]',
    `Description=Portolan, scan each ${spoken(minutes)}`,
    '',
    '[Timer]',
    'OnBootSec=5min',
    `OnUnitActiveSec=${minutes}min`,
    `RandomizedDelaySec=${Math.max(1, Math.round(minutes * 6))}s`,
    '',
    '[Install]',
    'WantedBy=timers.target',
  ];
}

function spoken(minutes: number): string {
  if (minutes % 1440 === 0) return `${minutes / 1440} d`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

/** crontab(5) knows steps within the hour, the day and the month; undefined for any other interval. */
export function cronLine(schedule: Schedule): string | undefined {
  const times = cronTimes(schedule);
  if (times === undefined) return undefined;
  const { node, program, targets } = schedule;
  // A percent sign ends the command there; none is in a target, and a folder may have one.
  const quoted = [node, program].map((file) => `"${file.replaceAll('%', '\\%')}"`);
  return [times, ...quoted, 'scan --quiet', ...targets].join(' ');
}

function cronTimes({ interval, minute }: Schedule): string | undefined {
  const minutes = Math.round(interval / MINUTE);
  const hours = minutes / 60;
  const days = hours / 24;
  if (minutes < 60) {
    return 60 % minutes === 0 ? `${minute % minutes}-59/${minutes} * * * *` : undefined;
  }
  if (hours < 24) return 24 % hours === 0 ? `${minute} */${hours} * * *` : undefined;
  return days === 1 || days === 7 ? `${minute} 3 * * ${days === 7 ? '1' : '*'}` : undefined;
}

function byTimer(schedule: Schedule): Way {
  const unit = scanService(schedule);
  const timer = scanTimer(schedule);
  const place = `/etc/systemd/system/${NAME}`;
  return {
    title: 'A timer of systemd, and a service with no right at all',
    why: 'An account of its own, which keeps what it finds: sudo portolan --data /var/lib/portolan diff',
    lines: [
      `sudo tee ${place}.service >/dev/null <<'EOF'`,
      ...unit,
      'EOF',
      `sudo tee ${place}.timer >/dev/null <<'EOF'`,
      ...timer,
      'EOF',
      `sudo systemctl daemon-reload && sudo systemctl enable --now ${NAME}.timer`,
    ],
    ...checked('systemd-analyze', (folder) => {
      const files = [
        [`${NAME}.service`, unit],
        [`${NAME}.timer`, timer],
      ] as const;
      for (const [file, lines] of files) writeFileSync(join(folder, file), `${lines.join('\n')}\n`);
      return ['verify', join(folder, `${NAME}.timer`), join(folder, `${NAME}.service`)];
    }),
  };
}

function byCron(schedule: Schedule): Way {
  const line = cronLine(schedule);
  const title = 'A line for cron, where there is no systemd';
  const why = 'It runs with your own account, and its data is yours.';
  if (line === undefined) {
    const fact = 'cron cannot say this interval: take one that divides the hour or the day';
    return { title, why, lines: [], state: 'does not work yet', fact };
  }
  const lines = [`(crontab -l 2>/dev/null; echo '${line}') | crontab -`];
  return {
    title,
    why,
    lines,
    ...checked('crontab', (folder) => {
      const file = join(folder, 'crontab');
      writeFileSync(file, `${line}\n`);
      // Debian's cron: check the syntax and leave it at that.
      return ['-n', file];
    }),
  };
}

/** Has the files read by the program that will read them, and changes nothing. */
export function checked(
  name: string,
  prepare: (folder: string) => readonly string[],
): Pick<Way, 'state' | 'fact'> {
  const program = findProgram(name);
  if (program === undefined) return { state: 'not tested', fact: `${name} is not here` };
  const folder = mkdtempSync(join(tmpdir(), 'portolan-schedule-'));
  try {
    const { status, stdout, stderr } = spawnSync(program, [...prepare(folder)], {
      encoding: 'utf8',
      timeout: PATIENCE,
    });
    // It also speaks of other units of this machine.
    const about = `${stdout}${stderr}`.split('\n').filter((text) => text.includes(folder));
    const complaint = about[0] ?? '';
    if (status === 0 && complaint === '') return { state: 'works', fact: `${name} accepts it` };
    if (/usage|invalid option/i.test(stderr)) {
      return { state: 'not tested', fact: `this ${name} cannot check without installing` };
    }
    const why = complaint.replaceAll(folder, '').trim();
    return { state: 'does not work yet', fact: why === '' ? `${name} ended with ${status}` : why };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
