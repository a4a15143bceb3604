import { spawnSync } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PortolanError } from '../base/errors.ts';
import { findProgram } from '../io/capture/find-program.ts';
import { userNamed } from '../io/capture/rights.ts';
import type { Input } from './command.ts';
import { jsonDocument } from './format.ts';
import { checked } from './setup-schedule.ts';
import { serveWords } from './setup-serve-words.ts';
import type { Way } from './setup-way.ts';
import { readOrNothing, testText, wayText } from './setup-way.ts';
import type { Shell } from './shell.ts';

/** The account that the daemon becomes, and where it keeps what it knows. */
const ACCOUNT = 'portolan';
const DATA = '/var/lib/portolan/data';
const UNIT = 'portolan.service';
const FOLDER = '/etc/systemd/system';

export interface Service {
  readonly node: string;
  readonly program: string;
  /** Name of an interface, or `any`; undefined where nothing is captured. */
  readonly capture: string | undefined;
  readonly enforce: boolean;
  /** Other options of `serve`, as words of a unit. */
  readonly words?: readonly string[];
}

/**
 * What systemd.exec(5) has against everything but what the daemon does.
 *
 * It is begun as root (`!`), opens its helpers, and becomes the account for good: then no thread of it
 * has a right, which capabilities given to it from the beginning could not promise. Without helpers
 * it is never root.
 */
export function daemonUnit(service: Service): readonly string[] {
  const { node, program, capture, enforce, words = [] } = service;
  const needsRights = capture !== undefined || enforce;
  const options = [
    ...(capture === undefined ? [] : ['--capture', capture]),
    ...(enforce ? ['--enforce'] : []),
    ...(needsRights ? ['--user', ACCOUNT] : []),
    ...words,
  ];
  const command = [`"${node}"`, `"${program}"`, '--data', DATA, 'serve', ...options].join(' ');
  return [
    '[Unit]',
    'Description=Portolan, ports of the devices of this network',
    'After=network-online.target nss-lookup.target',
    'Wants=network-online.target',
    '',
    '[Service]',
    `ExecStart=${needsRights ? '!' : ''}${command}`,
    `User=${ACCOUNT}`,
    `Group=${ACCOUNT}`,
    'StateDirectory=portolan/data',
    'StateDirectoryMode=0700',
    ...(enforce ? ['ReadWritePaths=/var/lib/portolan'] : []),
    'UMask=0077',
    // It ends its helpers itself; the watchdog of a change that waits is to outlive it.
    'KillMode=process',
    'TimeoutStopSec=10',
    'SuccessExitStatus=143',
    'Restart=on-failure',
    'RestartSec=5',
    '',
    ...hardening(capture, enforce),
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ];
}

function hardening(capture: string | undefined, enforce: boolean): readonly string[] {
  const needsRights = capture !== undefined || enforce;
  return [
    `CapabilityBoundingSet=${rights(capture, enforce).join(' ')}`,
    'AmbientCapabilities=',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'PrivateMounts=yes',
    'ProtectClock=yes',
    'ProtectHostname=yes',
    'ProtectKernelTunables=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelLogs=yes',
    'ProtectControlGroups=yes',
    `RestrictAddressFamilies=${families(capture)}`,
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'RemoveIPC=yes',
    'LockPersonality=yes',
    // V8 compiles while it runs: MemoryDenyWriteExecute cannot be set.
    'SystemCallArchitectures=native',
    'SystemCallFilter=@system-service',
    `SystemCallFilter=~@resources${needsRights ? '' : ' @privileged'}`,
    'SystemCallErrorNumber=EPERM',
    'KeyringMode=private',
    'ProtectProc=invisible',
    'LimitCORE=0',
    'MemoryMax=1G',
  ];
}

/** What the helpers keep, and what it takes to become somebody else. */
function rights(capture: string | undefined, enforce: boolean): readonly string[] {
  return [
    ...(capture === undefined ? [] : ['CAP_NET_RAW']),
    // setpriv(1) takes everything else from the enforcing helper: CAP_SETPCAP.
    ...(enforce ? ['CAP_NET_ADMIN', 'CAP_SETPCAP'] : []),
    ...(capture === undefined && !enforce ? [] : ['CAP_SETUID', 'CAP_SETGID']),
  ];
}

function families(capture: string | undefined): string {
  const packets = capture === undefined ? '' : ' AF_PACKET';
  return `AF_INET AF_INET6 AF_UNIX AF_NETLINK${packets}`;
}

/**
 * Prints the unit with the steps around it, each with what tests it; with `--apply` it is written,
 * with `--check` each step is tested as it is.
 *
 * @returns 0; with `--check` 1 where a step is missing
 */
export function runService(shell: Shell, input: Input): number {
  const capture = input.flag('capture') ? interfaceOf(input.text('interface') ?? 'any') : undefined;
  const service: Service = {
    node: process.execPath,
    program: resolve(process.argv[1] ?? 'portolan'),
    capture,
    enforce: input.flag('enforce'),
    words: serveWords(input, capture !== undefined),
  };
  const unit = daemonUnit(service);
  if (input.flag('apply')) {
    writeUnit(unit);
    shell.say(`Wrote ${join(FOLDER, UNIT)}. Nothing was started.`);
  }
  const isTest = input.flag('check');
  const ways = [account(), isTest ? unitTest(unit) : unitWay(unit), begin()];
  const text = isTest ? testText : wayText;
  if (shell.json) shell.out(jsonDocument('setup-service', { unit, ways }));
  else for (const [index, way] of ways.entries()) shell.out(text(index + 1, way));
  return isTest && ways.some(({ state }) => state !== 'works') ? 1 : 0;
}

/** The name becomes part of a unit: only what the kernel allows and systemd reads as one word. */
function interfaceOf(name: string): string {
  if (/^[A-Za-z0-9_.:@-]{1,15}$/.test(name)) return name;
  throw new PortolanError('E_USAGE', `"${name}" is no name of an interface`, {
    remedy: 'The interfaces that there are: portolan watch -D',
  });
}

function account(): Way {
  const isThere = userNamed(ACCOUNT) !== undefined;
  return {
    title: 'An account for it, with which nobody can sign in',
    why: 'What the daemon knows is kept from everybody else; the daemon cannot touch what is theirs.',
    lines: [`sudo useradd --system --home-dir ${DATA} --shell /usr/sbin/nologin ${ACCOUNT}`],
    test: `id ${ACCOUNT}`,
    state: isThere ? 'works' : 'not tested',
    fact: isThere ? 'the account exists' : 'the account does not exist yet',
  };
}

function unitWay(unit: readonly string[]): Way {
  return {
    title: 'The unit of systemd',
    why: 'Everything is forbidden but what it does. Look how much: systemd-analyze security portolan',
    lines: [`sudo tee ${join(FOLDER, UNIT)} >/dev/null <<'EOF'`, ...unit, 'EOF'],
    test: `systemd-analyze verify ${join(FOLDER, UNIT)}`,
    ...checked('systemd-analyze', (folder) => {
      const file = join(folder, UNIT);
      writeFileSync(file, `${unit.join('\n')}\n`);
      return ['verify', file];
    }),
  };
}

/** Of what is written, and not of what would be. */
function unitTest(unit: readonly string[]): Way {
  const file = join(FOLDER, UNIT);
  const found = readOrNothing(file);
  const way = unitWay(unit);
  if (found === '') return { ...way, state: 'does not work yet', fact: `there is no ${file}` };
  const isOurs = found.trim() === unit.join('\n');
  const verified = checked('systemd-analyze', (folder) => {
    const copy = join(folder, UNIT);
    writeFileSync(copy, found);
    return ['verify', copy];
  });
  return isOurs
    ? { ...way, ...verified }
    : { ...way, ...verified, fact: `${verified.fact}; ${OTHER}` };
}

const OTHER = 'it is another than would be written now';

function begin(): Way {
  return {
    title: 'Begin, now and at each start of the machine',
    why: 'The journal has the link by which the first account is made: journalctl -u portolan',
    lines: ['sudo systemctl daemon-reload && sudo systemctl enable --now portolan'],
    test: 'systemctl is-active portolan && systemctl is-enabled portolan',
    ...running(),
  };
}

function running(): Pick<Way, 'state' | 'fact'> {
  const systemctl = findProgram('systemctl');
  if (systemctl === undefined) return { state: 'not tested', fact: 'systemctl is not here' };
  const [active, enabled] = ['is-active', 'is-enabled'].map((verb) => said(systemctl, verb));
  const fact = `the service is ${active}; at the start of the machine: ${enabled}`;
  const works = active === 'active' && enabled === 'enabled';
  return { state: works ? 'works' : 'does not work yet', fact };
}

function said(systemctl: string, verb: string): string {
  const { stdout, stderr } = spawnSync(systemctl, [verb, UNIT], { encoding: 'utf8' });
  return (stdout.trim() || stderr.trim()).split('\n')[0] ?? '';
}

/** Beside its place, then renamed: systemd never reads half of one. */
function writeUnit(unit: readonly string[]): void {
  const file = join(FOLDER, UNIT);
  const draft = `${file}.new`;
  try {
    writeFileSync(draft, `${unit.join('\n')}\n`, { mode: 0o644 });
    renameSync(draft, file);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new PortolanError('E_NO_PERMISSION', `${file} cannot be written`, {
      remedy: 'As root: sudo portolan setup service --apply',
      cause,
    });
  }
}
