import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendSyslog } from '../../../src/io/deliver/send-syslog.ts';
import { syslog } from '../../../src/notifiers/syslog.ts';
import { CONTEXT, hostileNotice, notice } from '../../notifiers/samples.ts';
import { ATTACKS } from '../../reports/attacks.ts';
import type { Certificates } from './certificates.ts';
import { makeCertificates } from './certificates.ts';
import { tcpSink } from './http-sink.ts';
import { freePorts, missing, Program } from './programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'portolan-syslog-'));
const log = join(folder, 'log');
const signal = new AbortController().signal;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the receiver understood of each message: a JSON line each. */
interface Line {
  readonly app: string;
  readonly pri: string;
  readonly msgid: string;
  readonly sd: string;
  readonly msg: string;
}

function lines(): readonly Line[] {
  const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

function config(ports: readonly number[], { ca, cert, key }: Certificates): string {
  const [udp = 0, tcp = 0, tls = 0] = ports;
  return `
global(workDirectory="${folder}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off"
  DefaultNetstreamDriverCAFile="${ca}" DefaultNetstreamDriverCertFile="${cert}"
  DefaultNetstreamDriverKeyFile="${key}")
module(load="imudp")
module(load="imtcp")
input(type="imudp" address="127.0.0.1" port="${udp}")
input(type="imtcp" address="127.0.0.1" port="${tcp}" supportOctetCountedFraming="on")
input(type="imtcp" address="127.0.0.1" port="${tls}" streamDriver.name="ossl" streamDriver.mode="1"
  streamDriver.authMode="anon")
template(name="json" type="list" option.jsonf="on") {
  property(outname="app" name="app-name" format="jsonf")
  property(outname="pri" name="pri" format="jsonf")
  property(outname="msgid" name="msgid" format="jsonf")
  property(outname="sd" name="structured-data" format="jsonf")
  property(outname="msg" name="msg" format="jsonf")
}
action(type="omfile" file="${log}" template="json")
`;
}

/** Debian has TLS for rsyslogd in a package of its own. */
function withoutTls(): string | undefined {
  const folders = ['/usr/lib/rsyslog', '/usr/lib64/rsyslog', ...archFolders()];
  const isThere = folders.some((one) => existsSync(join(one, 'lmnsd_ossl.so')));
  return isThere || process.env['CI'] !== undefined ? undefined : 'rsyslog-openssl';
}

function archFolders(): readonly string[] {
  if (!existsSync('/usr/lib')) return [];
  return readdirSync('/usr/lib').map((arch) => join('/usr/lib', arch, 'rsyslog'));
}

const absent = missing('rsyslogd', 'openssl') ?? withoutTls();

describe.skipIf(absent !== undefined)(
  `rsyslogd (${absent === undefined ? 'installed' : `install ${absent}`})`,
  () => {
    let rsyslogd: Program;
    let ports: readonly number[] = [];
    let certificates: Certificates;

    beforeAll(async () => {
      certificates = makeCertificates(join(folder, 'tls'));
      ports = await freePorts(3);
      const file = join(folder, 'rsyslog.conf');
      writeFileSync(file, config(ports, certificates));
      rsyslogd = new Program('rsyslogd', ['-n', '-f', file, '-i', join(folder, 'pid')]);
      for (let tries = 0; tries < 100; tries += 1) {
        const outcome = await sendSyslog(['<134>1 - - ready - - -'], at('tls'), signal);
        if (outcome.kind === 'delivered') return;
        await pause(50);
      }
      throw new Error(`rsyslogd does not start: ${rsyslogd.said}`);
    }, 20_000);

    afterAll(() => rsyslogd.end());

    function at(scheme: 'udp' | 'tcp' | 'tls') {
      const port = ports[['udp', 'tcp', 'tls'].indexOf(scheme)];
      return { url: `${scheme}://127.0.0.1:${port}`, ca_file: certificates.ca };
    }

    async function heard(count: number): Promise<readonly Line[]> {
      for (let tries = 0; tries < 200; tries += 1) {
        const found = lines().filter(({ app }) => app === 'portolan');
        if (found.length >= count) return found;
        await pause(25);
      }
      return lines().filter(({ app }) => app === 'portolan');
    }

    test.each(['udp', 'tcp', 'tls'] as const)(
      'a notice arrives over %s and is understood',
      async (scheme) => {
        const before = (await heard(0)).length;
        const delivery = syslog.format(notice(), settings(at(scheme).url), CONTEXT);
        expect(await sendSyslog(delivery.messages, at(scheme), signal)).toEqual({
          kind: 'delivered',
        });
        const [line] = (await heard(before + 1)).slice(before);
        expect(line).toMatchObject({
          pri: '132',
          msgid: 'OPENED',
          sd: expect.stringContaining('id="PTL-A-0001"'),
          msg: expect.stringMatching(
            /^ ?CEF:0\|Portolan\|Portolan\|1\.2\.3\|new_port\|New port\|5\|rt=/,
          ),
        });
      },
    );

    test.each(['cef', 'plain'] as const)(
      'no name makes a second message or a broken one (%s)',
      async (format) => {
        const before = (await heard(0)).length;
        const messages = ATTACKS.flatMap(
          (text) =>
            syslog.format(hostileNotice(text), { ...settings(at('tcp').url), format }, CONTEXT)
              .messages,
        );
        expect(await sendSyslog(messages, at('tcp'), signal)).toEqual({ kind: 'delivered' });
        const found = (await heard(before + messages.length)).slice(before);
        expect(found).toHaveLength(messages.length);
        for (const { msgid, sd } of found) {
          expect(msgid).toBe('OPENED');
          expect(sd).toMatch(/^\[portolan@32473 id="PTL-A-0001" .*\]$/);
        }
      },
    );

    test('a certificate that nobody signed is refused, and nothing is said', async () => {
      const before = (await heard(0)).length;
      const { url } = at('tls');
      expect(await sendSyslog(['<134>1 - - portolan - - -'], { url }, signal)).toMatchObject({
        kind: 'later',
        why: expect.stringMatching(/certificate/),
      });
      await pause(100);
      expect(await heard(0)).toHaveLength(before);
    });
  },
);

function settings(url: string) {
  return syslog.settings.parse({ type: 'syslog', url });
}

describe('a receiver that fails', () => {
  test('is not there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    server.close();
    const outcome = await sendSyslog(['x'], { url: `tcp://127.0.0.1:${port}` }, signal);
    expect(outcome).toMatchObject({ kind: 'later', why: expect.stringMatching(/ECONNREFUSED/) });
  });

  test('resets in the middle', async () => {
    const sink = await tcpSink((socket) => socket.resetAndDestroy());
    const many = Array.from({ length: 2000 }, () => 'x'.repeat(1000));
    const outcome = await sendSyslog(many, { url: `tcp://127.0.0.1:${sink.port}` }, signal);
    sink.close();
    expect(outcome).toMatchObject({ kind: 'later' });
  });

  test('octet counting counts octets, not characters', async () => {
    let got = '';
    const sink = await tcpSink((socket) => {
      socket.setEncoding('utf8').on('data', (text: string) => {
        got += text;
      });
      socket.on('end', () => socket.end());
    });
    await sendSyslog(['é€😀', 'b'], { url: `tcp://127.0.0.1:${sink.port}` }, signal);
    sink.close();
    expect(got).toBe('9 é€😀1 b');
  });
});
