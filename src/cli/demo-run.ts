import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { PortolanError } from '../base/errors.ts';
import { answerDoor, openDoor } from './demo-tunnel.ts';
import type { Shell } from './shell.ts';

export interface DemoOptions {
  readonly once: boolean;
  /** Also where the output is no terminal. */
  readonly stay: boolean;
  readonly keep: boolean;
  readonly level: string | undefined;
  readonly output: string;
  /** Targets, where this process already stands in the demo network. */
  readonly inside: string | undefined;
}

/** Seconds from the beginning until the camera of the demo is taken over. */
const INCIDENT_AFTER = '90';
/** Mirror port of the demo network's switch. */
const MIRROR = 'span0';
/** Port and socket by which a browser comes into the demo network. */
const DOOR = 'PORTOLAN_DEMO_DOOR';

/** Findings are what the demo is for, and a scan may end with a part left out (docs/errors.md). */
const FINE = new Set([0, 1, 5]);

/**
 * The demo is the product on a network that needs none: the lab is brought up, this very command
 * runs again inside it, and there starts the product's own commands one after another.
 */
export async function runDemo(shell: Shell, options: DemoOptions): Promise<number> {
  return await (options.inside === undefined ? outside(shell, options) : walk(shell, options));
}

async function outside(shell: Shell, options: DemoOptions): Promise<number> {
  const program = ownProgram();
  const lab = join(dirname(program), 'lab.js');
  if (!existsSync(lab)) {
    throw new PortolanError('E_MISSING_TOOL', `The demo network is missing: there is no ${lab}`, {
      remedy: 'Build it in a checkout of the sources: npm run build',
    });
  }
  const once = options.once || (!shell.outIsTerminal && !options.stay);
  // A network that lives has a router, on which the dashboard runs; a browser comes in by a door.
  const folder = once ? undefined : mkdtempSync(join(tmpdir(), 'portolan-door-'));
  const door = folder === undefined ? undefined : await openDoor(join(folder, 'door'));
  const command = [
    ...[process.execPath, program, ...globals(shell), 'demo', '--inside', 'lab'],
    ...['--output', resolve(options.output)],
    ...(once ? ['--once'] : ['--stay']),
    ...(options.keep ? ['--keep'] : []),
  ];
  const level = options.level === undefined ? [] : ['--level', options.level];
  const life = door === undefined ? [] : ['--life', '--incident', INCIDENT_AFTER];
  // The lab ends when this descriptor closes, so not even SIGKILL leaves it behind.
  const leash = ['run', '--leash', '3', ...level, ...life, '--', ...command];
  const child = spawn(process.execPath, [lab, ...leash], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    detached: true,
    env: {
      ...process.env,
      ...(door === undefined ? {} : { [DOOR]: `${door.port} ${folder}/door` }),
    },
  });
  try {
    return await ended(shell, child);
  } finally {
    door?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Inside: look, judge, report; each step is what a user would type. */
async function walk(shell: Shell, options: DemoOptions): Promise<number> {
  const targets = (shell.env['PORTOLAN_LAB_TARGETS'] ?? '').split(' ').filter((one) => one !== '');
  if (targets.length === 0) {
    throw new PortolanError('E_USAGE', '--inside works in the demo network only', {
      remedy: 'Use: portolan demo',
    });
  }
  const data = mkdtempSync(join(tmpdir(), 'portolan-demo-'));
  writeFileSync(configOf(data), configuration(targets));
  const dashboard = options.once ? undefined : await openDashboard(shell, data);
  try {
    const worst = await steps(shell, data, targets, options);
    if (!FINE.has(worst)) return worst;
    shell.say(`Report: ${options.output}`);
    if (options.keep) shell.say(`Database: ${data}`);
    if (!options.once && !shell.stop.aborted) await stay(shell, data);
    return 0;
  } finally {
    await dashboard?.close();
    if (!options.keep) rmSync(data, { recursive: true, force: true });
  }
}

function configOf(data: string): string {
  return join(data, 'portolan.yaml');
}

/** Networks of the demo's router, in the order of its targets. */
const ZONES = ['home', 'iot', 'ot'];

/** What a user with a router of several networks would write. */
function configuration(targets: readonly string[]): string {
  const isRouter = targets.length === ZONES.length;
  const zones = ZONES.map((zone, at) => `  ${zone}: [${wholeNetwork(targets[at])}]\n`);
  return `version: 1\nsite: demo\n${isRouter ? `zones:\n${zones.join('')}` : ''}`;
}

/** Targets are the part of it where devices are: `10.77.1.0/27`. */
function wholeNetwork(target = ''): string {
  return target.replace(/\/\d+$/, '/24');
}

interface Dashboard {
  close(): Promise<void>;
}

/** `portolan serve` on the router of the demo network: it sees what passes, and may stop it. */
async function openDashboard(shell: Shell, data: string): Promise<Dashboard> {
  const [port = '', socket = ''] = (shell.env[DOOR] ?? '').split(' ');
  const isRouter = shell.env['PORTOLAN_LAB_LEVEL'] === '1';
  if (isRouter && socket !== '') await answerDoor(socket, Number(port));
  const listen = ['--listen', `127.0.0.1:${port === '' ? '7787' : port}`];
  // Of this network namespace; /sys may be another's.
  const hasMirror = readFileSync('/proc/net/dev', 'latin1').includes(`${MIRROR}:`);
  const capture = hasMirror ? ['--capture', MIRROR] : [];
  const enforce = isRouter ? ['--enforce', '--state', join(data, 'enforce')] : [];
  const serve = ['serve', ...listen, ...capture, ...enforce];
  shell.say(`$ portolan ${serve.join(' ')}`);
  const args = [ownProgram(), ...globals(shell), ...placed(data), ...serve];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((done) => {
    child.once('exit', () => done());
    child.stdout.on('data', (chunk: Buffer) => {
      // What it says first is where it is, with the link to begin with.
      shell.out(chunk.toString());
      done();
    });
  });
  return {
    close: () =>
      new Promise((done) => {
        if (child.exitCode !== null || child.signalCode !== null) return done();
        child.once('exit', () => done());
        child.kill('SIGTERM');
      }),
  };
}

/** The status of the first step that went wrong, else 0. */
async function steps(
  shell: Shell,
  data: string,
  targets: readonly string[],
  { output }: DemoOptions,
): Promise<number> {
  const scan = ['scan', ...targets, ...authorisation(shell)];
  const list = [scan, ['findings'], ['ledger'], ['report', '-o', output]];
  for (const step of list) {
    if (shell.stop.aborted) return 0;
    shell.say(`$ portolan ${step.join(' ')}`);
    const status = await own(shell, data, step);
    if (!FINE.has(status)) return status;
  }
  return 0;
}

/** Loopback is nobody's network, so there the scope must be said. */
function authorisation(shell: Shell): string[] {
  return shell.env['PORTOLAN_LAB_LEVEL'] === '2'
    ? ['--scope', '127.77.0.0/16', '--i-am-authorised', 'the demo network of this machine']
    : [];
}

/** Where the demo keeps what it knows, and its own configuration alone. */
function placed(data: string): readonly string[] {
  return ['--data', data, '--config', configOf(data)];
}

function own(shell: Shell, data: string, step: readonly string[]): Promise<number> {
  const args = [ownProgram(), ...globals(shell), ...placed(data), ...step];
  return ended(shell, spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] }));
}

/** Until Ctrl-C; with a line that works in any other terminal. */
function stay(shell: Shell, data: string): Promise<void> {
  const enter = shell.env['PORTOLAN_LAB_ENTER'] ?? '';
  const words = [enter, process.execPath, ownProgram(), ...placed(data), 'devices'];
  shell.say('Open the dashboard by the link above. Soon the camera is taken over: see Alerts.');
  shell.say('The demo network stays up. Try commands from another terminal:');
  shell.say(`  ${words.filter((word) => word !== '').join(' ')}`);
  shell.say('Stop: Ctrl-C');
  return new Promise((done) => {
    const alive = setInterval(() => {}, 60_000);
    const finish = (): void => {
      clearInterval(alive);
      done();
    };
    if (shell.stop.aborted) finish();
    else shell.stop.addEventListener('abort', finish, { once: true });
  });
}

/** Resolves to its status; our own interruption is passed on, so that it can save and end. */
function ended(shell: Shell, child: ChildProcess): Promise<number> {
  return new Promise((done, fail) => {
    const interrupt = (): void => {
      child.kill('SIGINT');
    };
    shell.stop.addEventListener('abort', interrupt, { once: true });
    child.once('error', fail);
    child.once('exit', (status) => {
      shell.stop.removeEventListener('abort', interrupt);
      done(status ?? 130);
    });
  });
}

/** How the user wants to be spoken to, handed on. */
function globals(shell: Shell): string[] {
  return [
    ...(shell.quiet ? ['--quiet'] : []),
    ...(shell.verbose ? ['--verbose'] : []),
    ...(shell.accessible ? ['--accessible'] : []),
    ...(shell.utc ? ['--utc'] : []),
    ...(shell.color ? [] : ['--no-color']),
  ];
}

/** The file that Node was started with; links of a package manager are followed. */
function ownProgram(): string {
  return realpathSync(process.argv[1] ?? '');
}
