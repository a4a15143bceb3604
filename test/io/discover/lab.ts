import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import type { Discovery, Found } from '../../../src/io/discover/discover-types.ts';
import type { NewEvidence } from '../../../src/model/evidence.ts';

/** What the driver prints. */
export interface Run extends Omit<Discovery, 'found'> {
  readonly found: readonly Found[];
  readonly evidence: readonly NewEvidence[];
  readonly notes: readonly string[];
  readonly fetched: readonly string[];
  readonly seconds: number;
  readonly megabytes: number;
}

/** A packet that left the sensor, as tcpdump saw it. */
export interface Packet {
  /** Seconds. */
  readonly at: number;
  readonly text: string;
}

const NEEDED = ['unshare', 'ip', 'nft', 'tcpdump', 'ping', 'avahi-daemon'];

/** Why no namespaces can be made here; undefined where they can. */
export function missing(): string | undefined {
  try {
    for (const tool of NEEDED) execFileSync('which', [tool], { stdio: 'ignore' });
    execFileSync('unshare', ['-nm', '--pid', '--fork', '--kill-child', '--mount-proc', 'true'], {
      stdio: 'ignore',
    });
    return undefined;
  } catch {
    return `needs ${NEEDED.join(', ')} and the right to make network namespaces`;
  }
}

export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'discover-'));

  /** The driver in one file, so that it starts with bare Node in a namespace. */
  async build(): Promise<void> {
    const bundle = await rolldown({
      input: join(import.meta.dirname, 'driver.ts'),
      platform: 'node',
    });
    await bundle.write({ file: join(this.folder, 'driver.mjs'), format: 'esm' });
    await bundle.close();
    // The binary by which frames are sent is found as in the product's own folder.
    symlinkSync(
      join(import.meta.dirname, '../../../node_modules'),
      join(this.folder, 'node_modules'),
    );
  }

  /** What the last network wrote into a file. */
  read(file: string): string {
    return execFileSync('cat', [join(this.folder, file)], UTF8);
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }

  /**
   * Builds a network by shell, in which namespace `s` with interface eth0 is the sensor, and runs
   * one discovery there. Everything ends with the namespace.
   */
  async discover(
    network: string,
    args: { targets: string; scope: string; exclude?: string; milliseconds?: number },
  ): Promise<{ run: Run; sent: readonly Packet[] }> {
    const { targets, scope, exclude = '', milliseconds = 60_000 } = args;
    const script = `
      set -e
      mount -t tmpfs none /run; mkdir /run/netns; ip link set lo up
      host() { ip netns add $1; ip link add $1 type veth peer name eth0 netns $1; ip -n $1 link set lo up; ip link set $1 master br0 up; ip -n $1 link set eth0 up; }
      ip link add br0 type bridge; ip link set br0 addrgenmode none; ip link set br0 up
      host s
      ${network}
      sleep 2
      ip netns exec s tcpdump -i any -Q out -tt -nn -l > packets 2>/dev/null &
      sleep 1
      ip netns exec s \${prefix:-} ${process.execPath} driver.mjs '${targets}' '${scope}' '${exclude}' ${milliseconds} > run.json
      sleep 1
      kill $!
    `;
    await this.#shell(script);
    const read = (file: string): string => execFileSync('cat', [join(this.folder, file)], UTF8);
    const run: Run = JSON.parse(read('run.json'));
    return { run, sent: packets(read('packets')) };
  }

  #shell(script: string): Promise<void> {
    const argv = ['-nm', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', script];
    const child = spawn('unshare', argv, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let words = '';
    child.stdout.on('data', (chunk) => (words += chunk));
    child.stderr.on('data', (chunk) => (words += chunk));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status) => {
        if (status === 0) resolve();
        else reject(new Error(`the network could not be built (${status}): ${words}`));
      });
    });
  }
}

const UTF8 = { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;

/** `1700000000.123456 eth0 Out ARP, Request who-has …`; what stays inside the sensor is left out. */
function packets(text: string): readonly Packet[] {
  return text
    .split('\n')
    .map((line) => /^(\d+\.\d+) (\S+) +Out +(.*)$/.exec(line))
    .filter((match) => match !== null && match[2] !== 'lo')
    .map((match) => ({ at: Number(match?.[1]), text: match?.[3] ?? '' }));
}

/**
 * What the sensor asked: the kernel's answers to other people's questions (ARP replies, neighbour
 * advertisements) and the reports of its multicast groups are none of our doing.
 */
export function questions(sent: readonly Packet[]): readonly Packet[] {
  return sent.filter(
    ({ text }) =>
      !/ARP, Reply|neighbor advertisement|multicast listener|igmp|router solicitation/.test(text),
  );
}

/** Most packets within any one second. */
export function peak(sent: readonly Packet[]): number {
  let first = 0;
  let most = 0;
  for (const [index, { at }] of sent.entries()) {
    while (at - (sent[first]?.at ?? at) >= 1) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** Destinations of the packets: addresses without ports, whoever ARP and ND asked for included. */
export function destinations(sent: readonly Packet[]): ReadonlySet<string> {
  // The question to PROFINET stations goes to no address of the network at all.
  const to = sent
    .filter(({ text }) => !/0x8892|PROFINET/i.test(text))
    .map(({ text }) => {
      const arp = /ARP, Request who-has (\S+)/.exec(text)?.[1];
      const [, family, ip = ''] = / (IP6?) \S+ > (\S+):/.exec(` ${text}`) ?? [];
      const solicited = /who has (\S+?),/.exec(text)?.[1];
      return arp ?? solicited ?? (family === 'IP6' ? ip : ip.split('.').slice(0, 4).join('.'));
    });
  return new Set(
    to.map((address) => (address.includes(':') ? address.replace(/\.\d+$/, '') : address)),
  );
}

/**
 * A peer for the driver's roll call: answers whoever asks, `again` times; from address `as` where
 * one is given.
 */
export function responder(answer: string, { again = 1, as = '' } = {}): string {
  const code = `
    const d = require('node:dgram'); const own = require('node:os').networkInterfaces().eth0.find((i) => i.family === 'IPv4').address;
    const out = d.createSocket('udp4'); out.bind({ address: '${as}' || '0.0.0.0', port: 0 });
    for (const type of ['udp4', 'udp6']) {
      const s = d.createSocket({ type, ipv6Only: type === 'udp6' });
      s.bind(4999, () => s.addMembership(type === 'udp4' ? '239.255.77.1' : 'ff02::4999', type === 'udp4' ? own : '::%eth0'));
      s.on('error', () => {});
      s.on('message', (m, from) => {
        if (String(m) !== 'who?') return;
        for (let i = 0; i < ${again}; i += 1) ('${as}' ? out : s).send('${answer}', from.port, from.address, () => {});
      });
    }`;
  return `${process.execPath} -e "${code.replaceAll(/\s+/g, ' ')}"`;
}
