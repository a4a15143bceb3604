import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { withLab } from '../../lab/lab.ts';
import { lacking } from './need.ts';

const why = lacking('mosquitto', 'snmpd');
const FEW = ['broker', 'printer', 'thermostat'];

describe.skipIf(why !== undefined)(`life${why === undefined ? '' : ` (${why})`}`, () => {
  test('a lab that was stopped leaves no process, mount or file', async () => {
    const work = mkdtempSync(join(tmpdir(), 'portolan-life-'));
    const before = mounts();
    vi.stubEnv('TMPDIR', work);
    await withLab({ level: 1, devices: FEW }, async (lab) => {
      const { stdout } = await lab.exec(['cat', '/proc/self/mounts']);
      expect(stdout).toContain('tmpfs /run ');
      expect(processes(work).length).toBeGreaterThan(FEW.length);
    });
    vi.unstubAllEnvs();
    await vanished(work);
    expect(processes(work)).toEqual([]);
    expect(mounts()).toBe(before);
    expect(readdirSync(work)).toEqual([]);
  }, 20_000);

  test.each([
    ['the command that holds it', 'SIGKILL', 1],
    ['the command that holds it, on loopback', 'SIGKILL', 2],
    ['the command that holds it, politely', 'SIGTERM', 1],
  ] as const)(
    'nothing outlives %s',
    async (_, signal, level) => {
      const work = mkdtempSync(join(tmpdir(), 'portolan-life-'));
      const devices = FEW.flatMap((id) => ['--device', id]);
      const entry = labEntry();
      const leader = spawn(process.execPath, [entry, 'up', '--level', String(level), ...devices], {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, TMPDIR: work },
      });
      await new Promise((resolve) => leader.once('exit', resolve).stdout.once('data', resolve));
      expect(processes(work).length).toBeGreaterThan(FEW.length);
      leader.kill(signal);
      await vanished(work);
      expect(processes(work)).toEqual([]);
    },
    20_000,
  );

  test('on loopback it says why, names its addresses, and answers', async () => {
    await withLab({ level: 2, devices: ['thermostat', 'custom'] }, async (lab) => {
      expect(lab.targets).toEqual(['127.77.2.10', '127.77.2.16']);
      const page = 'fetch("http://127.77.2.10:8080/").then((r) => r.text()).then(console.log)';
      const { stdout } = await lab.exec([process.execPath, '-e', page]);
      expect(stdout).toContain('ecobee');
      expect(lab.events('thermostat').map(({ event }) => event)).toContain('connection');
    });
  });

  test('a crowd has an address, a MAC and an open port each', async () => {
    await withLab({ level: 1, devices: [], crowd: 60 }, async (lab) => {
      const script = `
        const net = require('node:net');
        const open = (host) => new Promise((done) => net.connect(${lab.crowdPort}, host)
          .on('connect', function () { this.destroy(); done(1); }).on('error', () => done(0)));
        Promise.all(${JSON.stringify(lab.crowd)}.map(open)).then((all) => {
          const table = require('node:fs').readFileSync('/proc/net/arp', 'utf8');
          const macs = new Set(table.match(/24:0a:c4:\\S+/g));
          console.log(all.filter(Boolean).length, macs.size);
        });`;
      const { stdout } = await lab.exec([process.execPath, '-e', script]);
      expect(stdout.trim()).toBe('60 60');
    });
  });

  test('a command gets its status, its output and, when it must, its signal', async () => {
    await withLab({ level: 1, devices: ['phone'] }, async (lab) => {
      const run = await lab.exec(['sh', '-c', 'echo out; echo err >&2; exit 7']);
      expect(run).toEqual({ status: 7, stdout: 'out\n', stderr: 'err\n' });
      const stop = new AbortController();
      const sleeping = lab.exec(['sleep', '30'], { stop: stop.signal });
      stop.abort();
      expect((await sleeping).status).toBe(130);
    });
  });
});

function labEntry(): string {
  return process.env['PORTOLAN_LAB_ENTRY'] ?? join(import.meta.dirname, '../../dist/lab.js');
}

/** Command lines of running processes that name a lab's folder. */
function processes(mark: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandLine)
    .filter((line) => line.includes(mark));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** The kernel takes a moment to end them all; a test that waits in vain fails by what it then sees. */
async function vanished(mark: string): Promise<void> {
  for (let tries = 0; tries < 100 && processes(mark).length > 0; tries += 1) await sleep(50);
}

function mounts(): number {
  return readFileSync('/proc/self/mounts', 'utf8').split('\n').length;
}
