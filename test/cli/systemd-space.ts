import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { find } from '../../lab/tools.ts';

/*
 * A machine that systemd has started: its own processes, mounts, cgroups and network, with a copy of
 * /etc, and no unit but the targets that a service asks for. The kernel's settings cannot be changed
 * from there.
 */

const ROOT = join(import.meta.dirname, '../..');
const SYSTEMD = '/lib/systemd/systemd';
/** Turns of a tenth of a second. */
const PATIENCE = 600;

const TARGETS = 'sysinit basic network-online nss-lookup multi-user shutdown umount default';

const INSIDE = `
set -eu
mount --make-rprivate /
mount -t tmpfs none /run
mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs none /mnt
cp -a /etc /mnt/etc; rm -rf /mnt/etc/systemd/system/*
mount --bind /mnt/etc /etc
mkdir /mnt/units
for target in ${TARGETS}; do
  printf '[Unit]\\nDefaultDependencies=no\\nAllowIsolate=yes\\n' >/mnt/units/$target.target
done
mount --bind /mnt/units /usr/lib/systemd/system
mkdir -p /var/lib/portolan /opt
mount -t tmpfs none /var/lib
mount -t tmpfs none /opt
mkdir -p /opt/portolan/dist /opt/portolan/node_modules
mount --bind "$PORTOLAN_ROOT/dist" /opt/portolan/dist
mount --bind "$PORTOLAN_ROOT/node_modules" /opt/portolan/node_modules
mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys
ip link set lo up
ip link add near type veth peer name far
ip link set near up; ip link set far up
exec env -i container=portolan PATH=/usr/sbin:/usr/bin:/sbin:/bin ${SYSTEMD} --system \\
  --log-target=null --show-status=no
`;

/** Where cgroups of the second version are, on a machine that has both. */
function unified(): string | undefined {
  const line = /^\S+ (\S+) cgroup2 /m.exec(readFileSync('/proc/self/mounts', 'utf8'));
  return line?.[1];
}

/** Why there can be no such machine here; undefined where there can. */
export function whyNoSystemd(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can start systemd in namespaces';
  if (!existsSync(SYSTEMD) || find('unshare') === undefined || find('nsenter') === undefined) {
    return 'systemd or util-linux is not installed: sudo apt install systemd util-linux';
  }
  const place = unified();
  if (place === undefined) return 'this kernel has no cgroups of the second version';
  const tried = spawnSync('unshare', [
    ...['--mount', '--cgroup', '--pid', '--fork', '--net', 'sh', '-c'],
    'mount -t cgroup2 none /sys/fs/cgroup && mount -t sysfs none /sys',
  ]);
  return tried.status === 0 ? undefined : 'namespaces of cgroups are not allowed here';
}

export class SystemdSpace {
  readonly #folder = mkdtempSync(join(tmpdir(), 'portolan-systemd-'));
  readonly #cgroup = join(unified() ?? '', `portolan-${process.pid}`);
  readonly #child: ChildProcess;
  #pid = 0;

  constructor() {
    const script = join(this.#folder, 'inside.sh');
    writeFileSync(script, INSIDE);
    mkdirSync(this.#cgroup);
    const space = '--pid --mount --net --cgroup --uts --ipc --fork --kill-child --mount-proc';
    const enter = `echo $$ >"$0/cgroup.procs"; exec setsid unshare ${space} sh "$1"`;
    this.#child = spawn('sh', ['-c', enter, this.#cgroup, script], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, PORTOLAN_ROOT: ROOT },
    });
  }

  /** Resolves when systemd answers there. */
  async started(): Promise<void> {
    for (let turn = 0; turn < PATIENCE; turn += 1) {
      await sleep(100);
      const { pid } = this.#child;
      const [first] = (childrenOf(pid) ?? '').trim().split(' ');
      this.#pid = Number(first);
      if (this.#pid > 0 && this.run('systemctl list-units >/dev/null 2>&1').status === 0) return;
    }
    throw new Error('systemd did not start');
  }

  /** Runs a script there; `sudo` is not needed, and does nothing. */
  run(script: string): { readonly status: number | null; readonly out: string } {
    const enter = ['-t', String(this.#pid), '-m', '-p', '-n', '-u', '-i', '-C'];
    const { status, stdout, stderr } = spawnSync(
      'nsenter',
      [...enter, 'sh', '-c', `sudo() { "$@"; }\n${script}`],
      { encoding: 'utf8', timeout: 60_000, env: { PATH: process.env['PATH'] } },
    );
    return { status, out: stdout + stderr };
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    await closed;
    rmSync(this.#folder, { recursive: true, force: true });
    // Its groups are empty a moment after its processes are gone.
    await sleep(500);
    spawnSync('find', [this.#cgroup, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';']);
  }
}

function childrenOf(pid: number | undefined): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  } catch {
    return undefined;
  }
}
