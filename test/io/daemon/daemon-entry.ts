import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reveal, untrusted } from '../../../src/base/untrusted.ts';
import { metricsText } from '../../../src/io/api/metrics.ts';
import type { Answer, Call } from '../../../src/io/api/route.ts';
import { alerts as alertRoutes } from '../../../src/io/api/routes/alerts.ts';
import { loadConfig } from '../../../src/io/config.ts';
import type { Daemon } from '../../../src/io/daemon/daemon.ts';
import { openDaemon } from '../../../src/io/daemon/daemon.ts';
import type { Helpers, HelperWishes } from '../../../src/io/daemon/helpers.ts';
import { NO_HELPERS, openHelpers } from '../../../src/io/daemon/helpers.ts';
import type { World } from '../../../src/io/world.ts';
import type { Expectation } from '../../../src/model/alert.ts';
import type { ApiEvent, StatusPart } from '../../../src/model/api/daemon.ts';
import { pcap } from '../../wire/captures.ts';
import { httpConversation, refused } from '../capture/frames.ts';

/*
 * A daemon that captures on one end of a cable, in a network of its own; what goes wrong is done to
 * it, and what came of it is printed. Its arguments are the folder of the bundles and what to do.
 */

const [bundles = '', scenario = ''] = process.argv.slice(2);
const PATIENCE = 90_000;
const EXPECTED: Expectation = {
  id: 'PTL-E-TEST',
  at: 1,
  type: 'new_device',
  by: 'user:mira',
  note: '',
};
const warnings: string[] = [];

function say(what: string, value: unknown): void {
  process.stdout.write(`${JSON.stringify({ what, value })}\n`);
}

function world(folder: string): World {
  return {
    env: {},
    dataFolder: folder,
    configFile: 'none',
    now: () => Date.now(),
    warn: (text) => warnings.push(text),
  };
}

/** What passes by before the helper listens is seen by nobody. */
async function start(
  folder: string,
  wishes: Pick<HelperWishes, 'keepPackets' | 'dataFolder'> = {},
): Promise<Daemon> {
  const helpers = openHelpers({ ...wishes, interface: 'near', enforce: false, env: process.env });
  const daemon = await open(folder, helpers);
  await until('capturing', () => !part(daemon, 'capture').text.startsWith('Opening'));
  return daemon;
}

function open(folder: string, helpers: Helpers): Promise<Daemon> {
  const config = loadConfig({ file: 'none', env: {} });
  return openDaemon(world(folder), { version: '0', config, helpers, learnDays: 14 });
}

/** 192.0.2.0/24 is nobody's network; 192.168.1.0/24 is one to look after. */
function atHome(frame: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(frame).toString('hex').replaceAll('c00002', 'c0a801'), 'hex');
}

/** Conversations from so many ports on, over the cable. */
function talk(from: number, count: number): Promise<void> {
  const ports = Array.from({ length: count }, (_, index) => from + index);
  return send(ports.flatMap(httpConversation));
}

/** Attempts at many ports: an alert, and time goes on for what was before. */
function scanPorts(): Promise<void> {
  return send(Array.from({ length: 60 }, (_, index) => 5000 + index).flatMap(refused));
}

function send(frames: readonly Uint8Array[]): Promise<void> {
  writeFileSync('frames.pcap', pcap(1, frames.map(atHome)));
  return asRoot('tcpreplay -q -i far --pps 4000 frames.pcap >/dev/null');
}

/** This process gives up its rights: a shell that was begun before does what needs one. */
const shell = spawn('sh', { stdio: ['pipe', 'pipe', 'inherit'] });

async function asRoot(command: string): Promise<void> {
  const answered = once(shell.stdout, 'data');
  shell.stdin.write(`${command}; echo $?\n`);
  const [status] = await answered;
  if (String(status).trim() !== '0') throw new Error(`${command}: ${String(status)}`);
}

async function until(what: string, is: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!is()) {
    if (performance.now() > end) throw new Error(`never: ${what} (${warnings.join('; ')})`);
    await sleep(50);
  }
}

function part(daemon: Daemon, name: StatusPart['part']): StatusPart {
  const found = daemon.status().parts.find((one) => one.part === name);
  if (found === undefined) throw new Error(`no part ${name}`);
  return found;
}

/** What the next start finds. */
async function keptIn(folder: string): Promise<{ flows: number; alerts: number }> {
  const daemon = await open(folder, NO_HELPERS);
  const { store } = daemon.session;
  const flows = [...store.flows({ port: 8080 })].length;
  const alerts = [...store.alerts()].filter(({ kind }) => kind === 'opened').length;
  await daemon.close();
  return { flows, alerts };
}

/** Devices of the network that is looked after; the cable's ends are others. */
function known(daemon: Daemon): number {
  return daemon
    .site()
    .site.devices.filter(({ addresses }) => addresses.some((one) => one.startsWith('192.168.')))
    .length;
}

/** Of all its threads: those of this process and of its helper. */
function rights(pid: number): string {
  return /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
}

function helperPid(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8');
  return Number(
    children
      .trim()
      .split(' ')
      .find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('capture')),
  );
}

async function live(): Promise<void> {
  const daemon = await start('live');
  const events: ApiEvent[] = [];
  daemon.events.subscribe((_, event) => {
    if (event !== 'gap') events.push(event);
  });
  say('rights', [rights(process.pid), rights(helperPid())]);
  await talk(41_000, 20);
  await scanPorts();
  await until('believed', () => known(daemon) === 2);
  await until('an alert', () => daemon.alerts.book.openCount > 0);
  await until('told', () => events.some(({ type }) => type === 'site.changed'));
  say('live', {
    services: daemon.site().site.services.map(({ port, protocol }) => [port, protocol]),
    alerts: [...daemon.alerts.book.open()].map(({ alert }) => alert.last.type),
    events: [...new Set(events.map(({ type }) => type))].sort(),
    state: daemon.status().state,
  });
  await figures(daemon);
  await asRoot(`kill -9 ${helperPid()}`);
  await until('blind', () => daemon.status().state === 'blind');
  const { state, remedy } = part(daemon, 'capture');
  const { items } = await named(daemon);
  say('helper killed', { state, remedy, named: items, told: events.at(-1)?.type });
  await daemon.close();
}

/** What Prometheus is told of it. */
async function figures(daemon: Daemon): Promise<void> {
  await until('counted', () => (daemon.flows?.counts().length ?? 0) > 0);
  const { capture } = daemon.status();
  say('figures', {
    names: [...metricsText(daemon, false).matchAll(/^(portolan_\w+)\{sensor="near"\}/gm)].map(
      ([, name]) => name,
    ),
    flows: daemon.flows?.counts().map(({ from, to, verdict }) => [from, to, verdict]),
    wouldBlock: daemon.flows?.wouldBlock() ?? 'nothing is in force',
    octets: (capture?.bytes ?? 0) > 40 * (capture?.packets ?? 0),
    // Of one machine: what is between them is how late it was told.
    clock: Math.abs(capture?.clockOffset ?? Number.NaN) < 60,
  });
}

/** What a person says goes on to be believed. */
async function named(daemon: Daemon): Promise<{ items: readonly string[] }> {
  const [device] = daemon.site().site.devices;
  const subject = { address: device?.addresses[0] ?? '' };
  daemon.session.add([
    {
      at: Date.now(),
      source: 'user',
      observer: 'user:mira',
      subject,
      certainty: 'proved',
      fact: { kind: 'called', name: untrusted('Front door') },
    },
  ]);
  const { site } = await daemon.settled();
  return { items: site.devices.map(({ name }) => reveal(name)) };
}

async function fullDisk(): Promise<void> {
  await asRoot('mkdir full && mount -t tmpfs -o size=32m none full');
  const daemon = await start('full');
  await talk(42_000, 5);
  await until('believed', () => known(daemon) === 2);
  const filler = openSync('full/filler', 'w');
  try {
    for (;;) writeSync(filler, Buffer.alloc(4096));
  } catch {
    closeSync(filler);
  }
  await talk(43_000, 2000);
  await until('degraded', () => part(daemon, 'store').state === 'degraded');
  await scanPorts();
  await until('an alert all the same', () => daemon.alerts.book.openCount > 0);
  const { text, remedy } = part(daemon, 'store');
  say('full', {
    text: text.replace(/\d+/g, 'N'),
    remedy,
    answers: known(daemon),
  });
  rmSync('full/filler');
  await until('mended', () => part(daemon, 'store').state === 'ok');
  const { text: mended } = part(daemon, 'store');
  await daemon.close();
  say('room again', { text: mended, ...(await keptIn('full')) });
}

async function hungStore(): Promise<void> {
  const daemon = await start('hung');
  await talk(44_000, 5);
  await until('believed', () => known(daemon) === 2);
  const child = spawn(process.execPath, [join(bundles, 'hog.mjs'), join('hung', 'portolan.db')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGSTOP');
  await talk(45_000, 50);
  await scanPorts();
  await until('degraded', () => part(daemon, 'store').state === 'degraded');
  const refusal = act(daemon);
  const answers = known(daemon);
  const { remedy } = part(daemon, 'store');
  await sleep(3000);
  say('hung', { remedy, answers, refusal, still: part(daemon, 'store').state });
  child.kill('SIGCONT');
  child.kill('SIGKILL');
  await until('mended', () => part(daemon, 'store').state === 'ok');
  await daemon.close();
  say('let go', await keptIn('hung'));
}

/** What a person wants to be kept is refused, and not forgotten later. */
function act(daemon: Daemon): string {
  try {
    daemon.alerts.expect(EXPECTED);
    return 'taken';
  } catch (error) {
    return String(Object(error).code);
  }
}

/** The end is told only when everything that was seen is kept. */
async function ending(): Promise<void> {
  const daemon = await start('ending');
  await talk(46_000, 300);
  const second = await open('ending', NO_HELPERS).then(
    () => 'opened',
    (error: unknown) => String(Object(error).code),
  );
  await daemon.close();
  say('ended', { second, ...(await keptIn('ending')) });
}

/** The packets of an alert, out of those that the daemon itself kept. */
async function evidence(): Promise<void> {
  const daemon = await start('evidence', { keepPackets: 8_000_000, dataFolder: 'evidence' });
  await talk(47_000, 20);
  await scanPorts();
  await until('an alert', () => daemon.alerts.book.openCount > 0);
  const [scan] = [...daemon.alerts.book.open()].filter(({ alert }) =>
    alert.last.type.startsWith('port_scan'),
  );
  const id = scan?.alert.id ?? '';
  await until('kept', () => existsSync('evidence/captures'));
  await sleep(2500);
  await daemon.settled();
  const answer = await ask(daemon, 'getAlertPackets', id);
  const body = answer.kind === 'media' && answer.body instanceof Uint8Array ? answer.body : '';
  writeFileSync('evidence.pcapng', body);
  const view = await ask(daemon, 'getAlert', id);
  const [file = ''] = readdirSync('evidence/captures');
  const { uid, mode } = statSync(join('evidence/captures', file));
  await daemon.close();
  say('evidence', {
    id,
    hasPackets: view.kind === 'json' && Object(view.value).hasPackets,
    mode: mode & 0o777,
    isOurs: uid === process.getuid?.(),
  });
}

function ask(context: Daemon, name: string, id: string): Promise<Answer> | Answer {
  const route = alertRoutes.find((one) => one.id === name);
  if (route === undefined) throw new Error(`no route ${name}`);
  const call = { context, params: { id }, signal: new AbortController().signal };
  // biome-ignore lint/nursery/noUnsafeTypeAssertion: these routes ask for no more
  return route.run(call as unknown as Call<never, never, never>);
}

/** The end comes while what is stored is still being read: the helper is ended all the same. */
async function early(): Promise<void> {
  const helpers = openHelpers({ interface: 'near', enforce: false, env: process.env });
  const daemon = await open('early', helpers);
  const { reading } = daemon;
  await daemon.close();
  await helpers.capture?.done;
  say('early', reading !== undefined);
}

const scenarios: Readonly<Record<string, () => Promise<void>>> = {
  live,
  full: fullDisk,
  hung: hungStore,
  ending,
  early,
  evidence,
};
await scenarios[scenario]?.();
process.exit(0);
