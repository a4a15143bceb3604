import { createHmac } from 'node:crypto';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Credential, Delivery } from '../../notifiers/notifier.ts';
import type { Outcome } from './outcome.ts';
import { authorities, DELIVERED, later, readSecret, SetupError, TRY_TIME, why } from './outcome.ts';

/** Octets of an answer that are read; nobody needs more than its first line. */
const ANSWER = 2048;
/** Milliseconds that a sink may ask for. */
const LONGEST_WAIT = 24 * 3_600_000;
/** Statuses besides 5xx that say nothing against the message itself (RFC 9110 §15.5, RFC 6585 §4). */
const TEMPORARY = [408, 409, 423, 425, 429];

type HttpDelivery = Extract<Delivery, { kind: 'http' }>;

/** Of all channels behind HTTP, whichever of these they have. */
export interface HttpSettings {
  readonly type: string;
  readonly url?: string | undefined;
  readonly url_file?: string | undefined;
  readonly token_file?: string | undefined;
  readonly secret_file?: string | undefined;
  readonly routing_key_file?: string | undefined;
  readonly ca_file?: string | undefined;
}

export interface HttpOptions {
  readonly userAgent: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** Milliseconds for all of it. */
  readonly limit?: number;
}

/**
 * One request. A redirect is not followed: whoever answers at the channel's address could send us
 * to any other, this machine's own included.
 *
 * @throws SetupError
 */
export async function sendHttp(
  delivery: HttpDelivery,
  settings: HttpSettings,
  options: HttpOptions,
): Promise<Outcome> {
  const { url, headers, body } = prepare(delivery, settings, options);
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const ca = authorities(settings.ca_file);
  const limit = AbortSignal.any([options.signal, AbortSignal.timeout(options.limit ?? TRY_TIME)]);
  try {
    const request = send(url, {
      method: delivery.method,
      headers,
      agent: false,
      signal: limit,
      ...(ca === undefined ? {} : { ca }),
    });
    request.end(body);
    return await judge(await responseOf(request), options.now);
  } catch (error) {
    return limit.aborted && !options.signal.aborted
      ? { kind: 'later', why: 'it took too long to answer' }
      : later(error);
  }
}

function responseOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve).on('error', reject);
  });
}

async function judge(response: IncomingMessage, now: number): Promise<Outcome> {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) {
    // Accepted: whatever else it sends, for however long, is not waited for.
    response.on('error', () => {}).destroy();
    return DELIVERED;
  }
  const said = `${status} ${await startOf(response)}`;
  if (status >= 300 && status < 400) {
    return { kind: 'refused', why: `${status}: it wants us elsewhere, which is not followed` };
  }
  if (status < 500 && !TEMPORARY.includes(status)) return { kind: 'refused', why: why(said) };
  const after = retryAfter(response.headers['retry-after'], now);
  return { kind: 'later', why: why(said), ...(after === undefined ? {} : { after }) };
}

/** The first octets of an answer; one that breaks off is as good as one that ends. */
async function startOf(response: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const chunk of response) {
      text += String(chunk).slice(0, ANSWER);
      if (text.length >= ANSWER) break;
    }
  } catch {
    // The status is what counts.
  } finally {
    response.destroy();
  }
  return text.replaceAll(/\s+/g, ' ');
}

/** Seconds or a date (RFC 9110 §10.2.3) → milliseconds from now. */
function retryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return wait > 0 ? Math.min(wait, LONGEST_WAIT) : undefined;
}

interface Prepared {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Puts the secret where the sink wants it. */
function prepare(
  { path, headers, body, credential }: HttpDelivery,
  settings: HttpSettings,
  { userAgent, now }: HttpOptions,
): Prepared {
  const secret = secretOf(credential, settings);
  const address = settings.url ?? readSecret(settings.url_file ?? '');
  const reference =
    credential.in === 'path' ? path.replace('{secret}', () => segment(secret)) : path;
  const sent = credential.in === 'member' ? withMember(body, credential.name, secret) : body;
  const octets = Buffer.from(sent, 'utf8');
  return {
    url: addressOf(reference, address),
    headers: {
      ...headers,
      'user-agent': userAgent,
      'content-length': String(octets.length),
      ...secretHeaders(credential, secret, sent, now),
    },
    body: octets,
  };
}

/** One segment of a path; a colon may stand in it as it is (RFC 3986 §3.3). */
function segment(secret: string): string {
  return encodeURIComponent(secret).replaceAll('%3A', ':');
}

function addressOf(reference: string, address: string): URL {
  if (!URL.canParse(reference, address)) throw new SetupError('its address is none');
  const url = new URL(reference, address);
  if (url.protocol === 'https:' || url.protocol === 'http:') return url;
  throw new SetupError('its address is neither https:// nor http://');
}

function secretOf(credential: Credential, settings: HttpSettings): string {
  if (credential.in === 'nothing') return '';
  const file = settings.token_file ?? settings.secret_file ?? settings.routing_key_file;
  if (file === undefined) throw new SetupError('it names no file with its secret');
  return readSecret(file);
}

function secretHeaders(
  credential: Credential,
  secret: string,
  body: string,
  now: number,
): Readonly<Record<string, string>> {
  switch (credential.in) {
    case 'bearer':
      return { authorization: `Bearer ${secret}` };
    case 'header':
      return { [credential.name]: secret };
    case 'signature': {
      const timestamp = String(Math.floor(now / 1000));
      return {
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${sign(`${credential.id}.${timestamp}.${body}`, secret)}`,
      };
    }
    case 'nothing':
    case 'path':
    case 'member':
      return {};
  }
}

/** `whsec_` is followed by the key in base64; any other text is the key itself. */
function sign(content: string, secret: string): string {
  const key = secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret, 'utf8');
  return createHmac('sha256', key).update(content, 'utf8').digest('base64');
}

/** The body is a JSON object of ours; the secret is its first member. */
function withMember(body: string, name: string, secret: string): string {
  return `{${JSON.stringify(name)}:${JSON.stringify(secret)},${body.slice(1)}`;
}
