import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fleet } from '../lab/fleet.ts';
import { ProcessHost } from '../lab/host.ts';
import { obstacle } from '../lab/lab.ts';
import { execute, find } from '../lab/tools.ts';

/** The device of a space, and who asks it: two ends of one cable that leads nowhere else. */
export const DEVICE = '10.78.0.2';
const SENSOR = '10.78.0.1';
/** Of Espressif's prefix 24:0A:C4. */
const MAC = '24:0a:c4:78:00:02';

const INSIDE = 'PORTOLAN_BENCH_SPACE';

/**
 * Runs `bench` in network, mount and process namespaces of its own, in which a second namespace
 * holds one device, brought up by `device` as a process of its own. The three are this same script.
 */
export async function inSpace(
  device: (host: ProcessHost) => Promise<void>,
  bench: () => Promise<never>,
): Promise<never> {
  const folder = process.env[INSIDE];
  if (folder === undefined) return outside();
  if (process.argv.includes('--device')) return beDevice(device, folder);
  await prepare();
  const fleet = new Fleet();
  const script = process.argv[1] ?? '';
  const command = ['netns', 'exec', 'device', process.execPath, script, '--device'];
  const { skipped } = await fleet.start([find('ip') ?? 'ip', ...command]);
  for (const { transport, port, why } of skipped) {
    process.stderr.write(`Not there: ${port}/${transport}: ${why}\n`);
  }
  return bench();
}

function outside(): never {
  const missing = obstacle();
  if (missing !== undefined) {
    process.stderr.write(`This bench needs network namespaces: ${missing}\n`);
    process.exit(2);
  }
  const folder = mkdtempSync(join(tmpdir(), 'portolan-bench-'));
  const user = process.getuid?.() === 0 ? [] : ['-U', '-r'];
  const unshare = [...user, '-n', '-m', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const { status } = spawnSync(
    find('unshare') ?? 'unshare',
    [...unshare, '--', process.execPath, ...process.argv.slice(1)],
    { stdio: 'inherit', env: { ...process.env, [INSIDE]: folder } },
  );
  rmSync(folder, { recursive: true, force: true });
  process.exit(status ?? 2);
}

async function prepare(): Promise<void> {
  await must(['mount', '-t', 'tmpfs', 'tmpfs', '/run']);
  mkdirSync('/run/netns');
  const near = [
    'link set lo up',
    'netns add device',
    `link add eth0 type veth peer name eth0 address ${MAC} netns device`,
    `addr add ${SENSOR}/24 broadcast + dev eth0`,
    'link set eth0 up',
  ];
  const far = ['link set lo up', `addr add ${DEVICE}/24 broadcast + dev eth0`, 'link set eth0 up'];
  await must(['ip', '-batch', '-'], near);
  await must(['ip', '-n', 'device', '-batch', '-'], far);
}

async function beDevice(
  device: (host: ProcessHost) => Promise<void>,
  folder: string,
): Promise<never> {
  // Its input closes when the bench ends, however that ends.
  process.stdin.on('end', () => process.exit(0)).resume();
  const host = new ProcessHost({
    level: 1,
    address: DEVICE,
    address6: undefined,
    mac: MAC,
    workFolder: join(folder, 'device'),
    eventFile: join(folder, 'events.jsonl'),
  });
  await device(host);
  process.stdout.write(`${JSON.stringify({ device: 'device', skipped: host.skipped })}\n`);
  return new Promise(() => {});
}

async function must(command: readonly string[], batch: readonly string[] = []): Promise<void> {
  const { status, stderr } = await execute(command, batch.map((line) => `${line}\n`).join(''));
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr.trim()}`);
}
