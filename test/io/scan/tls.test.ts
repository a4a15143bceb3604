import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { reveal } from '../../../src/base/untrusted.ts';
import { certificateFacts } from '../../../src/io/scan/certificate.ts';
import type { Handshake } from '../../../src/io/scan/tls.ts';
import { handshake, mergeTls } from '../../../src/io/scan/tls.ts';
import { peer } from './harness.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'portolan-tls-'));
const HOST = '127.95.0.1';
let port = 49_400;
const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

describe('a certificate by OpenSSL', () => {
  test.each([
    ['RSA, weak', ['-newkey', 'rsa:1024', '-sha1'], 'rsa', 1024, 'sha1WithRSA'],
    ['RSA', ['-newkey', 'rsa:2048', '-sha256'], 'rsa', 2048, 'sha256WithRSA'],
    [
      'P-256',
      ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
      'ec',
      256,
      'ecdsaWithSHA256',
    ],
    [
      'P-384',
      ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp384r1'],
      'ec',
      384,
      'ecdsaWithSHA256',
    ],
    ['Ed25519', ['-newkey', 'ed25519'], 'ed25519', 256, 'ed25519'],
  ])('%s', (name, args, key, bits, signature) => {
    const { der } = certificate(name.replaceAll(/\W/g, ''), args);
    expect(certificateFacts(der)).toMatchObject({ key, bits, signature, selfSigned: true });
  });

  test('says whom it names, and since and until when', () => {
    const { der } = certificate(
      'names',
      ['-newkey', 'rsa:2048', '-days', '3650'].concat([
        '-addext',
        'subjectAltName=DNS:cam.local,IP:192.0.2.7,DNS:*.example',
      ]),
    );
    const facts = certificateFacts(der);
    expect(facts?.names.map(reveal)).toEqual(['cam.local', '192.0.2.7', '*.example']);
    expect(reveal(facts?.subject ?? raise())).toBe('O=Lab, CN=names');
    expect((facts?.notAfter ?? 0) - (facts?.notBefore ?? 0)).toBe(3650 * 86_400_000);
    expect(facts?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  test('cut, changed or not one at all is not read, and nothing is thrown', () => {
    const { der } = certificate('cut', ['-newkey', 'rsa:1024']);
    expect(certificateFacts(new Uint8Array(0))).toBeUndefined();
    expect(certificateFacts(der.subarray(0, der.length - 7))).toBeUndefined();
    expect(certificateFacts(Buffer.alloc(300_000, 0x30))).toBeUndefined();
    for (let index = 0; index < der.length; index += 1) {
      const changed = Buffer.from(der);
      changed[index] = (changed[index] ?? 0) ^ 0xff;
      expect(() => certificateFacts(changed)).not.toThrow();
    }
  });
});

describe('a handshake with OpenSSL', () => {
  test.each([
    ['TLS 1.3', ['-tls1_3'], 'TLSv1.3'],
    ['TLS 1.2', ['-tls1_2'], 'TLSv1.2'],
    ['TLS 1.1', ['-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'], 'TLSv1.1'],
    ['TLS 1.0', ['-tls1', '-cipher', 'ALL:@SECLEVEL=0'], 'TLSv1'],
  ])('%s', async (_, args, version) => {
    const result = await greet(await openssl(args));
    expect(result.kind).toBe('done');
    if (result.kind !== 'done') return;
    expect(result.facts.versions).toEqual([version]);
    expect(result.facts.certificate?.bits).toBe(1024);
    expect(result.facts.cipher).toMatch(/^TLS_/);
    result.socket.destroy();
  });

  test('one version alone, where only that is offered', async () => {
    const at = await openssl(['-cipher', 'ALL:@SECLEVEL=0']);
    const old = await greet(at, 'TLSv1.1');
    const none = await greet(await openssl(['-tls1_3']), 'TLSv1.2');
    expect([old.kind, none.kind]).toEqual(['done', 'failed']);
    if (old.kind === 'done') old.socket.destroy();
  });
});

describe('what is no TLS ends the handshake', () => {
  test.each([
    ['silence', Buffer.alloc(0)],
    ['text', Buffer.from('220 ftp ready\r\n')],
    ['lengths that lie', Buffer.from('160303ffff02ffffff', 'hex')],
    [
      'records without end',
      Buffer.concat(Array.from({ length: 2000 }, () => Buffer.from('1603030001ff', 'hex'))),
    ],
  ])('%s', async (_, bytes) => {
    const server = await peer(HOST, (socket) => {
      if (bytes.length > 0) socket.write(bytes);
    });
    const result = await greet(server.port, undefined, 300);
    await server.close();
    expect(result.kind).toBe('failed');
  });
});

test('two looks at one port make one', () => {
  const cipher = 'TLS_AES_256_GCM_SHA384';
  const first = { versions: ['TLSv1.3'], cipher, clientCertificate: true };
  const second = { versions: ['TLSv1'], cipher: 'old', clientCertificate: false };
  expect(mergeTls(first, second)).toEqual({
    versions: ['TLSv1', 'TLSv1.3'],
    cipher: 'old',
    clientCertificate: true,
  });
});

function certificate(
  name: string,
  args: readonly string[],
): { der: Buffer; pem: string; key: string } {
  const [pem, key] = [join(FOLDER, `${name}.pem`), join(FOLDER, `${name}.key`)];
  execFileSync(
    'openssl',
    ['req', '-x509', '-nodes', '-subj', `/O=Lab/CN=${name}`, ...args, '-keyout', key, '-out', pem],
    { stdio: 'ignore' },
  );
  const der = execFileSync('openssl', ['x509', '-in', pem, '-outform', 'DER']);
  expect(readFileSync(pem, 'utf8')).toContain('BEGIN CERTIFICATE');
  return { der, pem, key };
}

async function openssl(args: readonly string[]): Promise<number> {
  port += 1;
  const { pem, key } = certificate('server', ['-newkey', 'rsa:1024', '-sha1']);
  const server = spawn(
    'openssl',
    ['s_server', '-accept', `${HOST}:${port}`, '-cert', pem, '-key', key, '-quiet'].concat([
      ...(args.includes('-cipher') ? [] : ['-cipher', 'ALL:@SECLEVEL=0']),
      ...args,
    ]),
    { stdio: 'ignore' },
  );
  running.push(server);
  await listening(port);
  return port;
}

async function listening(at: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(at, HOST, () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('openssl s_server does not listen');
}

function greet(at: number, version?: 'TLSv1.1' | 'TLSv1.2', timeout = 3000): Promise<Handshake> {
  return new Promise((resolve) => {
    const socket = connect(at, HOST, () => resolve(handshake(socket, timeout, version)));
  });
}

function raise(): never {
  throw new Error('no certificate');
}
