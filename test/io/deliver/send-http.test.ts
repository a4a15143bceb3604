import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { HttpSettings } from '../../../src/io/deliver/send-http.ts';
import { sendHttp } from '../../../src/io/deliver/send-http.ts';
import type { Delivery } from '../../../src/notifiers/notifier.ts';
import type { Certificates } from './certificates.ts';
import { makeCertificates } from './certificates.ts';
import type { Answer } from './http-sink.ts';
import { HttpSink, status, tcpSink } from './http-sink.ts';

type HttpDelivery = Extract<Delivery, { kind: 'http' }>;

const NOW = 1_795_310_047_318;
/** Milliseconds: what hangs is given up after so many. */
const LIMIT = 400;

const folder = mkdtempSync(join(tmpdir(), 'portolan-http-'));
const open: { close(): void }[] = [];
let certificates: Certificates;

beforeAll(() => {
  certificates = makeCertificates(join(folder, 'tls'));
});

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content, { mode: 0o600 });
  return join(folder, name);
}

async function sink(answer?: Answer, tls?: Certificates): Promise<HttpSink> {
  const one = await new HttpSink(answer, tls).listen();
  open.push(one);
  return one;
}

const DELIVERY: HttpDelivery = {
  kind: 'http',
  method: 'POST',
  path: '',
  headers: { 'content-type': 'application/json' },
  body: '{"text":"é"}',
  credential: { in: 'nothing' },
};

function send(settings: Partial<HttpSettings>, delivery: Partial<HttpDelivery> = {}) {
  return sendHttp(
    { ...DELIVERY, ...delivery },
    { type: 'webhook', ...settings },
    {
      userAgent: 'Portolan/test',
      now: NOW,
      signal: new AbortController().signal,
      limit: LIMIT,
    },
  );
}

describe('what a sink gets', () => {
  test('the body in whole, and who sends it', async () => {
    const one = await sink();
    expect(await send({ url: one.url('/a?b=c') })).toEqual({ kind: 'delivered' });
    expect(one.received).toMatchObject([
      {
        method: 'POST',
        path: '/a?b=c',
        body: DELIVERY.body,
        headers: { 'content-length': '13', 'user-agent': 'Portolan/test' },
      },
    ]);
  });

  test('its secret where it wants it', async () => {
    const one = await sink();
    const token_file = file('token', '123:a/b\nsecond line\n');
    const settings = { url: one.url('/'), token_file };
    await send(settings, { credential: { in: 'bearer' } });
    await send(settings, { credential: { in: 'header', name: 'x-key' } });
    await send(settings, { credential: { in: 'path' }, path: '/bot{secret}/send' });
    await send(settings, { credential: { in: 'member', name: 'key' } });
    expect(one.received.map(({ headers }) => headers.authorization)[0]).toBe('Bearer 123:a/b');
    expect(one.received[1]?.headers['x-key']).toBe('123:a/b');
    expect(one.received[2]?.path).toBe('/bot123:a%2Fb/send');
    expect(JSON.parse(one.received[3]?.body ?? '')).toEqual({ key: '123:a/b', text: 'é' });
  });

  test('an address that is a secret, from its file', async () => {
    const one = await sink();
    await send({ type: 'slack', url_file: file('url', `${one.url('/services/T/B/x')}\n`) });
    expect(one.received[0]?.path).toBe('/services/T/B/x');
  });

  test.each([
    [
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64'),
    ],
    ['any text', Buffer.from('any text')],
  ])('a signature of Standard Webhooks with the secret %s', async (secret, key) => {
    const one = await sink();
    await send(
      { url: one.url(), secret_file: file('secret', secret) },
      { credential: { in: 'signature', id: 'msg_1' }, headers: { 'webhook-id': 'msg_1' } },
    );
    const [received] = one.received;
    const headers = received?.headers;
    const body = received?.body ?? '';
    expect(headers?.['webhook-timestamp']).toBe('1795310047');
    const signed = createHmac('sha256', key).update(`msg_1.1795310047.${body}`).digest('base64');
    expect(headers?.['webhook-signature']).toBe(`v1,${signed}`);
  });

  test('the example of the Standard Webhooks specification has the signature that it says', async () => {
    const one = await sink();
    await sendHttp(
      {
        ...DELIVERY,
        body: '{"test": 2432232314}',
        credential: { in: 'signature', id: 'msg_p5jXN8AQM9LWM0D4loKWxJek' },
      },
      {
        type: 'webhook',
        url: one.url(),
        secret_file: file('spec', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
      },
      {
        userAgent: '',
        now: 1_614_265_330_000,
        signal: new AbortController().signal,
      },
    );
    expect(one.received[0]?.headers['webhook-signature']).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });
});

describe('a sink that fails', () => {
  test.each([
    ['500', status(500, {}, 'oops \u001b[2J'), { kind: 'later', why: '500 oops \\x1b[2J' }],
    [
      '503 that says when',
      status(503, { 'retry-after': '120' }),
      { kind: 'later', after: 120_000 },
    ],
    ['429 that says when', status(429, { 'retry-after': '7' }), { kind: 'later', after: 7000 }],
    [
      '429 with a date',
      status(429, { 'retry-after': new Date(NOW + 60_000).toUTCString() }),
      { kind: 'later', after: 60_000 - (NOW % 1000) },
    ],
    [
      '429 that says never',
      status(429, { 'retry-after': '999999999' }),
      { kind: 'later', after: 86_400_000 },
    ],
    ['429 with nonsense', status(429, { 'retry-after': 'soon' }), { kind: 'later' }],
    ['408', status(408), { kind: 'later' }],
    ['400', status(400, {}, 'chat not found'), { kind: 'refused', why: '400 chat not found' }],
    ['401', status(401), { kind: 'refused' }],
    ['404', status(404), { kind: 'refused' }],
    ['hangs', () => {}, { kind: 'later', why: 'it took too long to answer' }],
    [
      'trickles its headers',
      (response) => {
        const drip = setInterval(() => response.socket?.write('x'), 20);
        response.socket?.once('close', () => clearInterval(drip));
        response.socket?.write('HTTP/1.1 ');
      },
      { kind: 'later' },
    ],
    [
      'trickles the reason of its failure',
      (response) => {
        response.writeHead(500);
        const drip = setInterval(() => response.write('x'), 20);
        response.once('close', () => clearInterval(drip));
      },
      { kind: 'later' },
    ],
    ['resets', (response) => response.socket?.resetAndDestroy(), { kind: 'later' }],
    ['hangs up', (response) => response.socket?.destroy(), { kind: 'later' }],
  ] satisfies [string, Answer, object][])('%s', async (_, answer, expected) => {
    const one = await sink(answer);
    expect(await send({ url: one.url() })).toMatchObject(expected);
  });

  test('refuses the connection', async () => {
    const one = await sink();
    const url = one.url();
    one.close();
    expect(await send({ url })).toMatchObject({
      kind: 'later',
      why: expect.stringMatching(/ECONNREFUSED/),
    });
  });

  test('speaks no HTTP', async () => {
    const one = await tcpSink((socket) => socket.end('220 mail.example ESMTP\r\n'));
    open.push(one);
    expect(await send({ url: `http://127.0.0.1:${one.port}/` })).toMatchObject({ kind: 'later' });
  });

  test.each([301, 302, 303, 307, 308])('%d to loopback is not followed', async (code) => {
    const victim = await sink();
    const one = await sink(status(code, { location: victim.url('/admin') }));
    expect(await send({ url: one.url() })).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('not followed'),
    });
    expect(victim.received).toEqual([]);
  });

  test.each([
    ['a success', 200, { kind: 'delivered' }],
    ['a failure', 500, { kind: 'later' }],
  ])('a giant answer to %s is not read to its end', async (_, code, expected) => {
    let written = 0;
    const one = await sink((response) => {
      response.writeHead(code);
      const chunk = Buffer.alloc(65_536, 'x');
      const more = (): void => {
        while (!response.destroyed && written < 2 ** 30) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
      };
      more();
    });
    expect(await send({ url: one.url() })).toMatchObject(expected);
    expect(written).toBeLessThan(2 ** 26);
  });
});

describe('TLS', () => {
  test('with the authority of its own', async () => {
    const one = await sink(undefined, certificates);
    expect(await send({ url: one.url('/', 'localhost'), ca_file: certificates.ca })).toEqual({
      kind: 'delivered',
    });
  });

  test('an unknown authority, and nothing was said', async () => {
    const one = await sink(undefined, certificates);
    expect(await send({ url: one.url() })).toMatchObject({
      kind: 'later',
      why: expect.stringMatching(/certificate/),
    });
    expect(one.received).toEqual([]);
  });

  test('a certificate of another name', async () => {
    const others = makeCertificates(join(folder, 'other'), 'DNS:other.example');
    const one = await sink(undefined, others);
    expect(await send({ url: one.url(), ca_file: others.ca })).toMatchObject({
      kind: 'later',
      why: expect.stringMatching(/altnames|does not match/),
    });
    expect(one.received).toEqual([]);
  });
});

describe('settings that lead nowhere', () => {
  test.each([
    ['a secret that is not there', { token_file: '/nonexistent/token' }, /cannot be read/],
    ['an empty secret', { token_file: file('empty', '\n') }, /is empty/],
    [
      'a secret that would forge a header',
      { token_file: file('ctl', 'a\u0000b') },
      /control characters/,
    ],
    ['no secret at all', {}, /names no file/],
  ])('%s', async (_, settings, why) => {
    const one = await sink();
    await expect(
      send({ url: one.url(), ...settings }, { credential: { in: 'bearer' } }),
    ).rejects.toThrow(why);
    expect(one.received).toEqual([]);
  });

  test('an address in a file that is none of the web', async () => {
    await expect(
      send({ type: 'slack', url_file: file('bad', 'file:///etc/passwd') }),
    ).rejects.toThrow(/neither/);
  });
});
