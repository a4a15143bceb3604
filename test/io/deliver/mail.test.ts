import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SMTPServerOptions } from 'smtp-server';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MailSettings } from '../../../src/io/deliver/send-mail.ts';
import { sendMail } from '../../../src/io/deliver/send-mail.ts';
import { email } from '../../../src/notifiers/email.ts';
import type { Notice } from '../../../src/notifiers/notifier.ts';
import { CONTEXT, hostileNotice, notice } from '../../notifiers/samples.ts';
import { ATTACKS } from '../../reports/attacks.ts';
import type { Certificates } from './certificates.ts';
import { makeCertificates } from './certificates.ts';
import { tcpSink } from './http-sink.ts';
import { missing } from './programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'portolan-mail-'));
const signal = new AbortController().signal;
const WRONG = join(folder, 'wrong');
writeFileSync(WRONG, 'letmein\n');
const absent = missing('openssl');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly secure: boolean;
  readonly user: string;
  readonly head: readonly string[];
  readonly body: string;
}

describe.skipIf(absent !== undefined)(`an SMTP server (${absent ?? 'with certificates'})`, () => {
  let certificates: Certificates;
  const servers: SMTPServer[] = [];
  const mails: Mail[] = [];

  beforeAll(() => {
    certificates = makeCertificates(join(folder, 'tls'));
  });

  afterEach(async () => {
    mails.length = 0;
    await Promise.all(
      servers.splice(0).map((server) => new Promise<void>((resolve) => server.close(resolve))),
    );
  });

  async function serve(options: SMTPServerOptions = {}): Promise<number> {
    const server = new SMTPServer({
      key: readFileSync(certificates.key),
      cert: readFileSync(certificates.cert),
      authOptional: true,
      disableReverseLookup: true,
      onAuth: ({ username, password }, _session, done) => {
        if (password === 'hunter2') done(null, { user: username });
        else done(new Error('Invalid username or password'));
      },
      onData: (stream, session, done) => {
        let text = '';
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          const at = text.indexOf('\r\n\r\n');
          mails.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map((recipient) => recipient.address),
            secure: session.secure,
            user: String(session.user ?? ''),
            // Folded lines are one (RFC 5322 §2.2.3).
            head: text
              .slice(0, at)
              .replaceAll(/\r\n[ \t]/g, ' ')
              .split('\r\n'),
            body: text.slice(at + 4),
          });
          done();
        });
      },
      logger: false,
      ...options,
    });
    server.on('error', () => {});
    servers.push(server);
    const listening = server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const address = listening.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  function send(port: number, more: Partial<MailSettings> = {}, one: Notice = notice()) {
    const settings = email.settings.parse({
      type: 'email',
      host: '127.0.0.1',
      port,
      from: 'portolan@home.example',
      to: ['mira@home.example', 'ops@home.example'],
      ca_file: certificates.ca,
      ...more,
    });
    const delivery = email.format(one, settings, CONTEXT);
    return sendMail(delivery, settings, signal);
  }

  test('a notice arrives over STARTTLS, from and to whom it should', async () => {
    const port = await serve();
    const password_file = join(folder, 'password');
    writeFileSync(password_file, 'hunter2\n');
    expect(await send(port, { user: 'portolan', password_file })).toEqual({ kind: 'delivered' });
    expect(mails).toMatchObject([
      {
        from: 'portolan@home.example',
        to: ['mira@home.example', 'ops@home.example'],
        secure: true,
        user: 'portolan',
      },
    ]);
    expect(mails[0]?.head).toEqual(
      expect.arrayContaining([
        'Subject: [medium] New port: Front camera',
        'Message-ID: <PTL-A-0001-opened-1@home.example>',
        'References: <PTL-A-0001.thread@home.example>',
        'Auto-Submitted: auto-generated',
      ]),
    );
  });

  test('implicit TLS', async () => {
    const port = await serve({ secure: true });
    expect(await send(port, { security: 'tls' })).toEqual({ kind: 'delivered' });
    expect(mails[0]?.secure).toBe(true);
  });

  test('a server without STARTTLS gets nothing', async () => {
    const port = await serve({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
    expect(await send(port)).not.toEqual({ kind: 'delivered' });
    expect(mails).toEqual([]);
  });

  test('a certificate that nobody signed gets nothing', async () => {
    const port = await serve();
    const others = makeCertificates(join(folder, 'others'));
    expect(await send(port, { ca_file: others.ca })).toMatchObject({
      kind: 'later',
      why: expect.stringMatching(/certificate/),
    });
    expect(mails).toEqual([]);
  });

  test.each([
    ['a wrong password', { user: 'portolan', password_file: WRONG }, {}, 'refused'],
    ['an unknown recipient', {}, { onRcptTo: refuse(550) }, 'refused'],
    ['a full mailbox', {}, { onRcptTo: refuse(452) }, 'later'],
    ['a message that is not wanted', {}, { onMailFrom: refuse(554) }, 'refused'],
    ['a server that is busy', {}, { onConnect: refuse(421) }, 'later'],
  ] satisfies [string, Partial<MailSettings>, SMTPServerOptions, string][])(
    '%s',
    async (_, more, options, kind) => {
      const port = await serve(options);
      expect(await send(port, more)).toMatchObject({ kind });
      expect(mails).toEqual([]);
    },
  );

  test('no name adds a header, a recipient or a part', async () => {
    const port = await serve();
    // The server is this process: encrypting to ourselves would take most of the time.
    const outcomes = await Promise.all(
      ATTACKS.map((text) => send(port, { security: 'none' }, hostileNotice(text))),
    );
    expect(outcomes.filter(({ kind }) => kind !== 'delivered')).toEqual([]);
    expect(mails).toHaveLength(ATTACKS.length);
    const names = mails.map(({ head }) => head.map((line) => line.slice(0, line.indexOf(':'))));
    expect(new Set(names.map((one) => one.toSorted().join()))).toHaveLength(1);
    for (const { to, head, body } of mails) {
      expect(to).toEqual(['mira@home.example', 'ops@home.example']);
      for (const line of head) expect(line).toMatch(/^[ -~]*$/);
      expect(body.match(/^Content-Type: /gm)).toHaveLength(2);
    }
  }, 60_000);
});

function refuse(responseCode: number) {
  return (...args: readonly unknown[]): void => {
    const done = args.at(-1);
    if (typeof done === 'function') done(Object.assign(new Error('no'), { responseCode }));
  };
}

test('a server that says nothing is given up when the end comes', async () => {
  const sink = await tcpSink(() => {});
  const end = new AbortController();
  const settings = email.settings.parse({
    type: 'email',
    host: '127.0.0.1',
    port: sink.port,
    from: 'p@home.example',
    to: ['m@home.example'],
  });
  const sending = sendMail(email.format(notice(), settings, CONTEXT), settings, end.signal);
  end.abort();
  expect(await sending).toMatchObject({ kind: 'later' });
  sink.close();
});
