import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reveal } from '../../src/base/untrusted.ts';
import type { Fact } from '../../src/model/evidence.ts';
import { dns } from '../../src/protocols/dns.ts';
import { http } from '../../src/protocols/http.ts';
import { access, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { tls } from '../../src/protocols/tls.ts';
import { accepts, freePort, lacks, probe, selfSigned, withServer } from './peers.ts';

/** Servers as Debian has them, on loopback. */
let folder = '';
let files = { key: '', certificate: '' };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'web-'));
  mkdirSync(join(folder, 'www'));
  writeFileSync(join(folder, 'www/index.html'), '<html><head><title>Pump</title></head></html>\n');
  writeFileSync(join(folder, 'users'), '');
  files = selfSigned(folder, ['-newkey', 'rsa:2048']);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(lacks('nginx'))('nginx', () => {
  test.each([
    ['in the clear', '', 'tcp', [speaks('http', '1.1'), detail('title', 'Pump')]],
    [
      'behind a login',
      'auth_basic "Camera"; auth_basic_user_file users;',
      'tcp',
      [detail('realm', 'Camera'), access('credentials')],
    ],
    ['that speaks version 2 alone', 'http2 on', 'tcp', [speaks('http', '2')]],
    ['behind TLS', 'tls', 'tls', [speaks('http', '1.1'), detail('title', 'Pump')]],
  ] as const)('%s', async (_, extra, over, expected) => {
    const facts = await nginx(extra, (port) => probe(http.probe, port, over));
    expect(facts).toEqual(expect.arrayContaining([...expected]));
  });

  test('a port of HTTPS is no HTTP in the clear, though it answers in it', async () => {
    expect(await nginx('tls', (port) => probe(http.probe, port))).toEqual([]);
  });
});

describe.skipIf(lacks('busybox'))('BusyBox httpd', () => {
  test('closes after each answer, and has no name', async () => {
    const port = await freePort();
    const command = [
      'busybox',
      'httpd',
      '-f',
      '-p',
      `127.0.0.1:${port}`,
      '-h',
      join(folder, 'www'),
    ];
    const facts = await withServer(
      command,
      () => accepts(port),
      () => probe(http.probe, port),
    );
    expect(facts).toEqual([
      speaks('http', '1.1'),
      detail('status', '200 OK'),
      detail('title', 'Pump'),
    ]);
  });
});

describe.skipIf(lacks('openssl'))('OpenSSL', () => {
  test.each([
    ['TLS 1.3', ['-tls1_3'], '1.3', 'TLS_AES_128_GCM_SHA256', false],
    ['TLS 1.2', ['-tls1_2'], '1.2', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', true],
    [
      'TLS 1.2 that wants a certificate of ours',
      ['-tls1_2', '-Verify', '1'],
      '1.2',
      'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
      true,
    ],
    [
      'TLS 1.0',
      ['-tls1', '-cipher', 'ALL:@SECLEVEL=0'],
      '1.0',
      'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
      true,
    ],
  ] as const)('%s', async (_, options, version, cipher, shown) => {
    const facts = await secureServer(options, (port) => probe(tls.probe, port));
    expect(facts.slice(0, 2)).toEqual([speaks('tls', version), detail('cipher', cipher)]);
    const told = facts.find((fact) => fact.kind === 'tls');
    expect(told?.kind === 'tls' && told.tls.clientCertificate).toBe(
      options.some((option) => option === '-Verify'),
    );
    const der = facts.find((fact) => fact.kind === 'detail' && fact.name === 'certificate-der');
    expect(der?.kind === 'detail' && reveal(der.value).startsWith('3082')).toBe(shown);
  });

  test('it takes our question for no page', async () => {
    expect(await secureServer(['-tls1_3'], (port) => probe(http.probe, port))).toEqual([]);
  });
});

describe.skipIf(lacks('dnsmasq'))('dnsmasq', () => {
  test.each(['udp', 'tcp'] as const)('tells what it is over %s', async (over) => {
    const port = await freePort();
    const command = [
      'dnsmasq',
      '-k',
      '-C',
      '/dev/null',
      '-p',
      String(port),
      '-a',
      '127.0.0.1',
    ].concat(['-z', '-R', '-h', '-u', 'root', `--pid-file=${join(folder, 'dnsmasq.pid')}`]);
    const facts = await withServer(
      command,
      () => accepts(port),
      () => probe(dns.probe, port, over),
    );
    expect(facts.slice(0, 2)).toEqual([speaks('dns'), detail('recursion', 'yes')]);
    const product = facts.find((fact) => fact.kind === 'detail' && fact.name === 'product');
    expect(product?.kind === 'detail' && reveal(product.value)).toMatch(/^dnsmasq-\d/);
  });
});

async function nginx(
  extra: string,
  use: (port: number) => Promise<readonly Fact[]>,
): Promise<readonly Fact[]> {
  const port = await freePort();
  const secure = `ssl_certificate ${files.certificate}; ssl_certificate_key ${files.key};`;
  const how: Readonly<Record<string, readonly [string, string]>> = {
    tls: ['ssl', secure],
    'http2 on': ['http2', ''],
  };
  const [listen, rest] = how[extra] ?? ['', extra];
  const configuration = `daemon off; master_process off; pid ${folder}/nginx.pid; error_log /dev/null; events {}
http { access_log off; client_body_temp_path ${folder}; server { listen 127.0.0.1:${port} ${listen}; root ${folder}/www; ${rest} } }`;
  writeFileSync(join(folder, 'nginx.conf'), configuration);
  const command = ['nginx', '-p', folder, '-c', join(folder, 'nginx.conf')];
  return withServer(
    command,
    () => accepts(port),
    () => use(port),
  );
}

async function secureServer(
  options: readonly string[],
  use: (port: number) => Promise<readonly Fact[]>,
): Promise<readonly Fact[]> {
  const port = await freePort();
  const command = ['openssl', 's_server', '-accept', `127.0.0.1:${port}`, '-quiet'];
  const own = ['-key', files.key, '-cert', files.certificate];
  return withServer(
    [...command, ...own, ...options],
    () => accepts(port),
    () => use(port),
  );
}
