import { statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { PortolanError } from '../base/errors.ts';
import { findProgram } from '../io/capture/find-program.ts';
import type { Probe } from '../io/capture/live.ts';
import { probeCapture } from '../io/capture/live.ts';
import type { Input } from './command.ts';
import { runBoot } from './firewall-boot.ts';
import { jsonDocument } from './format.ts';
import { runSchedule } from './setup-schedule.ts';
import { runService } from './setup-service.ts';
import type { Way } from './setup-way.ts';
import { readOrNothing, wayText } from './setup-way.ts';
import type { Shell } from './shell.ts';

/** Nobody, to try what an account without any right may do. */
const NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups'];

const NEVER = [
  'Never give the right to node itself (setcap … /usr/bin/node): then every script that anybody runs',
  'with it may read and forge all traffic of this machine, and node ignores NODE_OPTIONS from then on.',
];

/** Prints three ways to allow live capture, and tries of each what can be tried without changing anything. */
export async function runSetup(shell: Shell, input: Input): Promise<number> {
  const [what = ''] = input.args;
  if (what === 'schedule') return runSchedule(shell, input);
  if (what === 'service') return runService(shell, input);
  if (what === 'firewall') return runBoot(shell, input);
  if (what !== 'capture' || input.args.length > 1) {
    throw new PortolanError('E_USAGE', `There is nothing to set up for "${input.args.join(' ')}"`, {
      remedy:
        'portolan setup capture, portolan setup schedule --every 6h, portolan setup service, or portolan setup firewall',
    });
  }
  const now = await probeCapture(['ring', 'tcpdump', 'dumpcap']);
  const ways = [await byUnit(interfaceOf(input)), await byDumpcap(), bySudo()];
  if (shell.json) {
    shell.out(jsonDocument('setup-capture', { now, ways, never: NEVER.join(' ') }));
    return 0;
  }
  shell.out(`${nowText(now)}\n`);
  for (const [index, way] of ways.entries()) shell.out(wayText(index + 1, way));
  shell.out(`\n${NEVER.join('\n')}\n`);
  return 0;
}

function nowText(now: Probe): string {
  if (!now.works) return `Live capture does not work for this account: ${now.message}.`;
  const rights = now.rights === 'none' ? '; all rights are given up before the first packet' : '';
  return `Live capture works for this account, by ${now.method}${rights}.`;
}

/** The name becomes part of a unit: only what the kernel allows and systemd reads as one word. */
function interfaceOf(input: Input): string {
  const name = input.text('interface') ?? 'any';
  if (/^[A-Za-z0-9_.:@-]{1,15}$/.test(name)) return name;
  throw new PortolanError('E_USAGE', `"${name}" is no name of an interface`, {
    remedy: 'The interfaces that there are: portolan watch -D',
  });
}

/** What systemd.exec(5) has against everything but looking at packets and keeping what was seen. */
export function unit(name: string, node: string, program: string): readonly string[] {
  return [
    '[Unit]',
    'Description=Portolan, passive watch',
    'After=network-online.target',
    'Wants=network-online.target',
    '',
    '[Service]',
    `ExecStart="${node}" "${program}" watch -i ${name}`,
    'Environment=PORTOLAN_DATA=/var/lib/portolan',
    'DynamicUser=yes',
    'StateDirectory=portolan',
    'AmbientCapabilities=CAP_NET_RAW',
    'CapabilityBoundingSet=CAP_NET_RAW',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'ProtectKernelTunables=yes',
    'ProtectKernelModules=yes',
    'ProtectControlGroups=yes',
    'RestrictAddressFamilies=AF_PACKET AF_NETLINK AF_UNIX AF_INET',
    'RestrictNamespaces=yes',
    'SystemCallArchitectures=native',
    'Restart=on-failure',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ];
}

async function byUnit(name: string): Promise<Way> {
  const program = resolve(process.argv[1] ?? 'portolan');
  const file = '/etc/systemd/system/portolan-watch.service';
  const text = unit(name, process.execPath, program);
  return {
    title: 'A service of systemd with the one right CAP_NET_RAW',
    why: 'For a machine that watches always. An account of its own, nothing else is writable.',
    lines: [
      `sudo tee ${file} >/dev/null <<'EOF'`,
      ...text,
      'EOF',
      'sudo systemctl daemon-reload && sudo systemctl enable --now portolan-watch',
    ],
    ...(await unitState()),
  };
}

/** Root can try it: the same right, for nobody, without systemd. */
async function unitState(): Promise<Pick<Way, 'state' | 'fact'>> {
  const setpriv = findProgram('setpriv');
  if (process.getuid?.() !== 0 || setpriv === undefined) {
    return { state: 'not tested', fact: 'only root can try it, with setpriv (util-linux)' };
  }
  const ambient = [
    '--inh-caps=+net_raw',
    '--ambient-caps=+net_raw',
    '--bounding-set=-all,+net_raw',
  ];
  const probe = await probeCapture(['ring'], [setpriv, ...NOBODY, ...ambient]);
  return probe.works
    ? { state: 'works', fact: 'nobody with CAP_NET_RAW alone opened the packet ring' }
    : { state: 'does not work yet', fact: probe.message };
}

async function byDumpcap(): Promise<Way> {
  const name = userInfo().username;
  return {
    title: 'dumpcap of Wireshark, for the group wireshark',
    why: 'For a person who has Wireshark anyway. dumpcap holds the right; frames come by a pipe.',
    lines: [
      'sudo apt install wireshark-common',
      'sudo dpkg-reconfigure wireshark-common',
      `sudo usermod -aG wireshark ${name === 'root' ? 'NAME' : name}`,
      'portolan watch --method dumpcap',
    ],
    ...(await dumpcapState()),
  };
}

async function dumpcapState(): Promise<Pick<Way, 'state' | 'fact'>> {
  if (process.getuid?.() === 0) {
    return { state: 'not tested', fact: `root does not need it; ${dumpcapFact()}` };
  }
  const probe = await probeCapture(['dumpcap']);
  if (probe.works) return { state: 'works', fact: 'this account may run dumpcap with its right' };
  return { state: 'does not work yet', fact: dumpcapFact() };
}

function dumpcapFact(): string {
  const program = findProgram('dumpcap');
  const group = /^wireshark:/m.test(readOrNothing('/etc/group'));
  if (program === undefined) return 'dumpcap is not installed, or not for this account';
  if (!group) return `${program} is installed, there is no group wireshark`;
  const mode = (statSync(program).mode & 0o777).toString(8);
  return `${program} is installed (mode ${mode}), the group wireshark exists`;
}

function bySudo(): Way {
  const sudo = findProgram('sudo');
  const isRoot = process.getuid?.() === 0;
  return {
    title: 'sudo, for once',
    why: 'Root opens the ring only; then both processes become you, and what is kept is yours.',
    lines: ['sudo -k portolan watch'],
    state: isRoot ? 'works' : 'not tested',
    fact: isRoot ? 'this is root' : sudoFact(sudo),
  };
}

function sudoFact(sudo: string | undefined): string {
  return sudo === undefined ? 'sudo is not installed' : `${sudo} asks for your password`;
}
