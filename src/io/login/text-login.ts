import { createHash, randomBytes } from 'node:crypto';
import type { Attempt, Control, Credential, LoginProtocol, Outcome } from './credential.ts';

/** HTTP (RFC 9110 §11) and RTSP (RFC 7826 §19) ask and answer alike. */
interface Dialect {
  readonly method: string;
  readonly uri: string;
  readonly version: string;
  readonly headers: readonly string[];
}

export function httpLogin(host: string): LoginProtocol {
  return textLogin({
    method: 'GET',
    uri: '/',
    version: 'HTTP/1.1',
    headers: [`Host: ${host}`, 'Connection: close', 'User-Agent: portolan'],
  });
}

export function rtspLogin(host: string, port: number): LoginProtocol {
  return textLogin({
    method: 'DESCRIBE',
    uri: `rtsp://${host}:${port}/`,
    version: 'RTSP/1.0',
    headers: ['CSeq: 1', 'Accept: application/sdp', 'User-Agent: portolan'],
  });
}

function textLogin(dialect: Dialect): LoginProtocol {
  return {
    control: request(dialect),
    complete: hasHead,
    read: (answer) => readControl(dialect, headOf(answer)),
  };
}

function request({ method, uri, version, headers }: Dialect, ...more: readonly string[]): Buffer {
  return Buffer.from(
    [`${method} ${uri} ${version}`, ...headers, ...more, '', ''].join('\r\n'),
    'latin1',
  );
}

const END = '\r\n\r\n';

function hasHead(answer: Buffer): boolean {
  return answer.includes(END);
}

function headOf(answer: Buffer): string {
  const text = answer.toString('latin1');
  const end = text.indexOf(END);
  return end === -1 ? text : text.slice(0, end);
}

function statusOf(head: string): number | undefined {
  const [, status] = /^(?:HTTP|RTSP)\/\d\.\d (\d{3})/.exec(head) ?? [];
  return status === undefined ? undefined : Number(status);
}

/** RFC 4918 §11.3 locked, RFC 6585 §4 too many requests, RFC 9110 §15.6.4 unavailable. */
const LOCKED: ReadonlySet<number> = new Set([423, 429, 503]);

function readControl(dialect: Dialect, head: string): Control {
  const status = statusOf(head);
  if (status === undefined) return { kind: 'unclear', why: 'it gave no answer of this protocol' };
  if (LOCKED.has(status)) return { kind: 'locked', why: `it answers ${status}` };
  if (status >= 200 && status < 300) return { kind: 'open' };
  if (status !== 401) {
    return { kind: 'unclear', why: `it answers ${status}: no login of this protocol is asked for` };
  }
  const challenges = [...head.matchAll(/\r\nwww-authenticate:[ \t]*([^\r\n]{1,2000})/gi)].map(
    ([, value = '']) => value,
  );
  // Digest does not show the password: it is taken where there is a choice.
  const digest = challenges.map(digestOf).find((one) => one !== undefined);
  if (digest !== undefined) {
    return { kind: 'asks', how: 'Digest', attempt: (who) => digestAttempt(dialect, digest, who) };
  }
  if (challenges.some((value) => /^basic\b/i.test(value))) {
    return { kind: 'asks', how: 'Basic', attempt: (who) => basicAttempt(dialect, who) };
  }
  return { kind: 'unclear', why: 'it asks for a login in a way that is not known' };
}

function basicAttempt(dialect: Dialect, { user, password }: Credential): Attempt {
  const pair = Buffer.from(`${user}:${password}`, 'utf8').toString('base64');
  return attemptOf(request(dialect, `Authorization: Basic ${pair}`), true);
}

interface Digest {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: 'md5' | 'sha256';
  readonly opaque: string | undefined;
  /** RFC 2069 devices know no qop. */
  readonly withQop: boolean;
}

function digestOf(value: string): Digest | undefined {
  if (!/^digest\b/i.test(value)) return undefined;
  const pairs = value.matchAll(/([a-z]{1,20})=(?:"([^"\r\n]{0,500})"|([^",\s]{1,500}))/gi);
  const fields = new Map(
    [...pairs].map(([, name = '', text, bare = '']) => [name.toLowerCase(), text ?? bare]),
  );
  const named = (fields.get('algorithm') ?? 'MD5').toUpperCase();
  const algorithm = named === 'MD5' ? 'md5' : named === 'SHA-256' ? 'sha256' : undefined;
  const [realm, nonce] = [fields.get('realm'), fields.get('nonce')];
  if (algorithm === undefined || realm === undefined || nonce === undefined) return undefined;
  return { realm, nonce, algorithm, opaque: fields.get('opaque'), withQop: fields.has('qop') };
}

/** RFC 7616 §3.4.1. */
function digestAttempt(dialect: Dialect, digest: Digest, { user, password }: Credential): Attempt {
  const { realm, nonce, algorithm, opaque, withQop } = digest;
  const hash = (text: string): string => createHash(algorithm).update(text, 'utf8').digest('hex');
  const cnonce = randomBytes(8).toString('hex');
  const who = hash(`${user}:${realm}:${password}`);
  const what = hash(`${dialect.method}:${dialect.uri}`);
  const response = withQop
    ? hash(`${who}:${nonce}:00000001:${cnonce}:auth:${what}`)
    : hash(`${who}:${nonce}:${what}`);
  const quoted = (text: string): string => `"${text.replace(/["\\\r\n]/g, '')}"`;
  const fields = [
    `username=${quoted(user)}`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri=${quoted(dialect.uri)}`,
    `response="${response}"`,
    `algorithm=${algorithm === 'md5' ? 'MD5' : 'SHA-256'}`,
    ...(withQop ? ['qop=auth', 'nc=00000001', `cnonce="${cnonce}"`] : []),
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
  ];
  return attemptOf(request(dialect, `Authorization: Digest ${fields.join(', ')}`), false);
}

function attemptOf(question: Buffer, showsPassword: boolean): Attempt {
  return {
    showsPassword,
    question,
    complete: hasHead,
    read: (answer) => readOutcome(headOf(answer)),
  };
}

function readOutcome(head: string): Outcome {
  const status = statusOf(head);
  if (status === undefined) return { kind: 'unclear', why: 'it gave no answer' };
  if (LOCKED.has(status)) return { kind: 'locked', why: `it answers ${status}` };
  // A stale nonce says nothing of the password (RFC 7616 §3.3), and there is no second attempt.
  if (/stale="?true/i.test(head)) return { kind: 'unclear', why: 'its question had expired' };
  if (status === 401) return { kind: 'refused' };
  if (status < 400 || status === 404) return { kind: 'accepted' };
  return { kind: 'unclear', why: `it answers ${status}` };
}
