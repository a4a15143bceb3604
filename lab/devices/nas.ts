import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabDevice, LabHost } from '../device.ts';
import { snmpConfiguration } from '../servers/snmpd.ts';
import { sshBanner } from '../servers/text.ts';
import { execute } from '../tools.ts';

export const nas = {
  id: 'nas',
  title: 'Network storage: SSH, web page, SNMP',
  zone: 'home',
  host: 15,
  mac: '00:11:32:1a:0b:15',
  truth: {
    services: [
      { transport: 'tcp', port: 22, protocol: 'ssh', over: 'tcp', access: 'credentials' },
      { transport: 'tcp', port: 80, protocol: 'http', over: 'tcp', access: 'open' },
      { transport: 'udp', port: 161, protocol: 'snmp', over: 'udp', access: 'open' },
    ],
    vendor: 'Synology',
    kind: 'nas',
    category: 'general-purpose',
  },
  async start(host) {
    const folder = join(host.workFolder, 'www');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'index.html'), '<title>DiskStation</title>\n');
    const agent = join(host.workFolder, 'snmpd.conf');
    const system = {
      name: 'DiskStation',
      description: 'Linux DiskStation 4.4.180+ #42962 SMP x86_64',
      objectId: '1.3.6.1.4.1.8072.3.2.10',
    };
    writeFileSync(agent, snmpConfiguration(host.address, system));
    await Promise.all([
      ssh(host),
      host.server(['busybox', 'httpd', '-f', '-p', `${host.address}:80`, '-h', folder], {
        tcp: [80],
      }),
      host.server(['snmpd', '-f', '-C', '-c', agent, '-Lf', '/dev/null', '-r'], { udp: [161] }),
    ]);
  },
} as const satisfies LabDevice;

const SETGROUPS = '/proc/self/setgroups';

/** OpenSSH, which needs root and its own user for privilege separation; else its first line. */
async function ssh(host: LabHost): Promise<void> {
  const key = join(host.workFolder, 'host-key');
  const made = await execute(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const started = made.status === 0 && (await realSsh(host, key));
  if (!started) await host.tcp(22, sshBanner('OpenSSH_8.2'));
}

async function realSsh(host: LabHost, key: string): Promise<boolean> {
  const command = ['sshd', '-D', '-e', '-f', '/dev/null', '-h', key, '-p', '22'];
  const options = [`ListenAddress=${host.address}`, 'UsePAM=no', 'PidFile=none'];
  const all = [...command, ...options.flatMap((option) => ['-o', option])];
  // Its child gives up its groups, which a user namespace of one user does not allow.
  const rule = existsSync(SETGROUPS) ? readFileSync(SETGROUPS, 'utf8').trim() : 'allow';
  if (rule === 'deny' || process.getuid?.() !== 0) return false;
  // sshd insists on its own absolute path and on this folder, which is our own where /run is.
  if (host.level === 1) mkdirSync('/run/sshd', { recursive: true });
  const check = await execute([...all, '-t']);
  return check.status === 0 && host.server(all, { tcp: [22] });
}
