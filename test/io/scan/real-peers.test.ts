import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { protocols } from '../../../src/protocols/index.ts';
import { factsOf, run, spoken, UNKNOWN } from './harness.ts';

const HOST = '127.96.0.1';
const FOLDER = mkdtempSync(join(tmpdir(), 'portolan-peers-'));
const children: ChildProcess[] = [];

beforeAll(async () => {
  certificate();
  broker('open', 1883, 'allow_anonymous true');
  broker('locked', 8500, 'allow_anonymous false');
  broker(
    'tls',
    8883,
    `allow_anonymous true\ncertfile ${FOLDER}/tls.pem\nkeyfile ${FOLDER}/tls.key`,
  );
  ssh();
  await Promise.all([1883, 8500, 8883, 2222].map(listening));
}, 20_000);

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(FOLDER, { recursive: true, force: true });
});

test('mosquitto open to everybody, on its own port', async () => {
  const ran = await run({ target: HOST, tcp: [1883] });
  expect(spoken(ran, 1883)).toEqual(['mqtt']);
  const access = ran.evidence.find(({ fact }) => fact.kind === 'access');
  expect(access).toMatchObject({ certainty: 'proved', fact: { level: 'open' } });
  expect(access?.proof?.control?.request).toBeTruthy();
});

test('mosquitto with a login, on a port of another protocol', async () => {
  const ran = await run({ target: HOST, tcp: [8500] });
  expect(spoken(ran, 8500)).toEqual(['mqtt']);
  expect(factsOf(ran, 8500)).toContainEqual({ kind: 'access', level: 'credentials' });
});

test('OpenSSH by its banner, on a port of its own', async () => {
  const ran = await run({ target: HOST, tcp: [2222] });
  expect(spoken(ran, 2222)).toEqual(['ssh']);
});

test('an unknown device is asked one thing at a time, and all of it is found all the same', async () => {
  const ran = await run({
    target: HOST,
    tcp: [1883, 2222],
    known: UNKNOWN,
    plan: { pace: 'polite' },
  });
  expect([...spoken(ran, 1883), ...spoken(ran, 2222)]).toEqual(['mqtt', 'ssh']);
  expect(ran.record.budget).toMatchObject({ maxParallel: 1, devices: 1 });
  expect(ran.record.budget.maxPerSecond).toBeLessThanOrEqual(10);
});

test('without leave to read, brokers are not asked about themselves', async () => {
  const ran = await run({ target: HOST, tcp: [1883], plan: { read: false } });
  const asked = protocols.all.filter(({ probe }) => probe?.impact === 'reads').map(({ id }) => id);
  expect(asked).toContain('mqtt');
  expect(spoken(ran, 1883)).toEqual([]);
});

test('MQTT inside TLS, with versions and certificate', async () => {
  const ran = await run({ target: HOST, tcp: [8883] });
  expect(spoken(ran, 8883)).toEqual(['tls', 'mqtt over tls']);
  const fact = factsOf(ran, 8883).find(({ kind }) => kind === 'tls');
  if (fact?.kind !== 'tls') throw new Error('no facts of TLS');
  expect(fact.tls.versions).toEqual(['TLSv1.2', 'TLSv1.3']);
  expect(fact.tls.certificate).toMatchObject({ key: 'rsa', bits: 2048, selfSigned: true });
});

function broker(name: string, port: number, more: string): void {
  const file = join(FOLDER, `${name}.conf`);
  writeFileSync(file, `listener ${port} ${HOST}\n${more}\nuser root\n`);
  children.push(spawn('mosquitto', ['-c', file], { stdio: 'ignore' }));
}

/** In the foreground, with a key of its own and nobody who may log in. */
function ssh(): void {
  const key = join(FOLDER, 'host-key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  mkdirSync('/run/sshd', { recursive: true });
  const options = [`ListenAddress=${HOST}`, 'Port=2222', `HostKey=${key}`, 'UsePAM=no'].concat([
    `PidFile=${FOLDER}/sshd.pid`,
    'AllowUsers=nobody-at-all',
  ]);
  const args = ['-D', '-f', '/dev/null', ...options.flatMap((option) => ['-o', option])];
  children.push(spawn('/usr/sbin/sshd', args, { stdio: 'ignore' }));
}

function certificate(): void {
  execFileSync(
    'openssl',
    ['req', '-x509', '-nodes', '-newkey', 'rsa:2048', '-subj', '/CN=broker', '-days', '30'].concat([
      '-keyout',
      join(FOLDER, 'tls.key'),
      '-out',
      join(FOLDER, 'tls.pem'),
    ]),
    { stdio: 'ignore' },
  );
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, HOST, () => {
        socket.destroy();
        resolve(true);
      }).on('error', () => resolve(false));
    });
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nobody listens on ${port}`);
}
