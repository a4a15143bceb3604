import { mkdtempSync, rmSync } from 'node:fs';
import { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { server as modbusServers } from 'jsmodbus';
import { create_container } from 'rhea';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reveal } from '../../src/base/untrusted.ts';
import type { Fact } from '../../src/model/evidence.ts';
import { amqp } from '../../src/protocols/amqp.ts';
import { coap } from '../../src/protocols/coap.ts';
import { dtls } from '../../src/protocols/dtls.ts';
import { modbus } from '../../src/protocols/modbus.ts';
import { access, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { accepts, freePort, lacks, probe, selfSigned, withServer } from './peers.ts';

describe('AMQP 1.0 by rhea', () => {
  test.each([
    ['that lets anyone in', ['ANONYMOUS'], 'open'],
    ['that wants a login', ['PLAIN'], 'credentials'],
  ] as const)('%s', async (_, mechanisms, level) => {
    const container = create_container();
    if (level === 'credentials') container.sasl_server_mechanisms.enable_plain(() => false);
    // It complains of our first greeting, in 0-9-1, before it hangs up.
    for (const event of ['protocol_error', 'connection_error', 'disconnected']) {
      container.on(event, () => {});
    }
    const port = await freePort();
    const listener = container.listen({ port, host: '127.0.0.1' });
    try {
      expect(await probe(amqp.probe, port)).toEqual([
        speaks('amqp', '1.0'),
        access(level),
        detail('mechanisms', mechanisms.join(' ')),
      ]);
    } finally {
      listener.close();
    }
  });
});

describe('Modbus by jsmodbus', () => {
  const socket = new Server();
  let port = 0;

  beforeAll(async () => {
    port = await freePort();
    new modbusServers.TCP(socket, {});
    await new Promise<void>((resolve) => socket.listen(port, '127.0.0.1', resolve));
  });

  afterAll(() => {
    socket.close();
  });

  test('an exception is proof', async () => {
    expect(await probe(modbus.probe, port)).toEqual([speaks('modbus'), access('open')]);
  });
});

describe.skipIf(lacks('coap-server-openssl'))(
  'CoAP by libcoap (left out where it is missing)',
  () => {
    test.each(['udp', 'tcp'] as const)('over %s', async (over) => {
      const facts = await withCoap('openssl', (port) => probe(coap.probe, port, over));
      expect(facts).toContainEqual(speaks('coap', over === 'udp' ? '1' : '1 over TCP'));
      expect(facts).toContainEqual(access('open'));
      expect(facts).toContainEqual(
        detail('resource', '/time if="clock" rt="ticks" title="Internal Clock"'),
      );
    });

    test.each(['openssl', 'gnutls'])('DTLS with a shared key, by %s', async (library) => {
      const facts = await withCoap(library, (port) => probe(dtls.probe, port + 1, 'udp'));
      expect(facts).toContainEqual(speaks('dtls', '1.2'));
      expect(facts).toContainEqual(access('credentials'));
      expect(suiteIn(facts)).toContain('PSK');
    });
  },
);

describe.skipIf(lacks('openssl'))('DTLS by OpenSSL (left out where it is missing)', () => {
  test.each([
    ['a certificate', [], ['DTLSv1.2'], false],
    ['a certificate, and one wanted of us', ['-Verify', '1'], ['DTLSv1.2'], true],
    ['version 1.0 as well', ['-cipher', 'ALL:@SECLEVEL=0'], ['DTLSv1.0', 'DTLSv1.2'], false],
  ] as const)('%s', async (_, options, versions, clientCertificate) => {
    const folder = mkdtempSync(join(tmpdir(), 'dtls-'));
    try {
      const { key, certificate } = selfSigned(folder, ['-newkey', 'rsa:2048']);
      const port = await freePort();
      const accept = ['-accept', `127.0.0.1:${port}`, '-key', key, '-cert', certificate];
      const facts = await withServer(
        ['openssl', 's_server', '-dtls', ...accept, ...options],
        settled(),
        () => probe(dtls.probe, port, 'udp'),
      );
      const tls = facts.find((fact) => fact.kind === 'tls')?.tls;
      expect(tls?.versions).toEqual(versions);
      expect(tls?.clientCertificate).toBe(clientCertificate);
      const der = facts.find((fact) => fact.kind === 'detail' && fact.name === 'certificate-der');
      // SEQUENCE of a two-octet length, which a certificate with an RSA key always is.
      expect(der?.kind === 'detail' ? reveal(der.value) : '').toMatch(/^3082/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function suiteIn(facts: readonly Fact[]): string {
  return facts.find((fact) => fact.kind === 'tls')?.tls.cipher ?? '';
}

async function withCoap<T>(library: string, use: (port: number) => Promise<T>): Promise<T> {
  const port = await freePort();
  const command = [`coap-server-${library}`, '-A', '127.0.0.1', '-p', `${port}`, '-k', 'secret'];
  return withServer(
    command,
    () => accepts(port),
    () => use(port),
  );
}

/** A datagram server shows nothing before it is asked, so it is given a moment. */
function settled(): () => Promise<boolean> {
  let isFirst = true;
  return async () => {
    const was = isFirst;
    isFirst = false;
    if (!was) await pause(300);
    return !was;
  };
}
