import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { forJson } from '../../base/encode.ts';
import { problemOf } from './problem.ts';

/** What goes back, before it goes. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Instead of a body: what goes on for as long as somebody takes it. */
  readonly stream?: AsyncIterable<string>;
}

/** Milliseconds for which somebody may take nothing of a stream. */
const PATIENCE = 30_000;
/** Octets below which compressing costs more than it saves. */
const WORTH_IT = 1024;
const TEXT = /^(?:application\/(?:[a-z.-]+\+)?json|text\/)/;

const compress = promisify(gzip);

/**
 * With every answer. The page may load and run what came from here and nothing else; a string is never
 * made into markup (Trusted Types); nobody else shows it in a frame.
 *
 * @param frameAncestors who may, where the dashboard is a part of another program
 */
export function securityHeaders(frameAncestors: readonly string[]): Record<string, string> {
  const ancestors = frameAncestors.length === 0 ? "'none'" : frameAncestors.join(' ');
  return {
    'content-security-policy': [
      "default-src 'self'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      `frame-ancestors ${ancestors}`,
      "require-trusted-types-for 'script'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  };
}

export function jsonReply(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const body = `${forJson(value)}\n`;
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

export function problemReply(error: unknown): Reply {
  const { problem, headers } = problemOf(error);
  const media = { 'content-type': 'application/problem+json' };
  return jsonReply(problem.status, problem, { ...headers, ...media });
}

/** Sends it, and waits until all of it is on its way or nobody wants it any more. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
): Promise<void> {
  const { status, stream } = reply;
  const isHead = request.method === 'HEAD';
  const { headers, body } = await packed(request, reply);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // Whatever of a body is still on its way would be taken for the next request.
  if (!request.complete) response.setHeader('connection', 'close');
  response.statusCode = status;
  if (stream !== undefined && !isHead) {
    response.flushHeaders();
    await pump(response, stream);
    return;
  }
  if (body !== undefined) response.setHeader('content-length', Buffer.byteLength(body));
  response.end(isHead ? undefined : body);
}

async function packed(
  request: IncomingMessage,
  { headers, body }: Reply,
): Promise<Pick<Reply, 'headers' | 'body'>> {
  const media = headers['content-type'] ?? '';
  if (body === undefined || body.length < WORTH_IT || !TEXT.test(media))
    return withBody(headers, body);
  if (headers['content-encoding'] !== undefined) return withBody(headers, body);
  const vary = { ...headers, vary: 'accept-encoding' };
  if (!accepts(request, 'gzip')) return withBody(vary, body);
  const small = await compress(body, { level: constants.Z_BEST_SPEED });
  return { headers: { ...vary, 'content-encoding': 'gzip' }, body: small };
}

function withBody(headers: Reply['headers'], body: Reply['body']): Pick<Reply, 'headers' | 'body'> {
  return body === undefined ? { headers } : { headers, body };
}

export function accepts(request: IncomingMessage, coding: 'gzip' | 'br'): boolean {
  const offered = request.headers['accept-encoding'];
  return String(offered ?? '')
    .split(',')
    .map((one) => one.trim().split(';'))
    .some(([name, weight = '']) => name === coding && !/^\s*q=0(?:\.0*)?\s*$/.test(weight));
}

/** Never holds more than one piece that the other side has not taken. */
async function pump(response: ServerResponse, stream: AsyncIterable<string>): Promise<void> {
  for await (const piece of stream) {
    if (response.destroyed) return;
    if (!response.write(piece) && !(await drained(response))) {
      response.destroy();
      return;
    }
  }
  response.end();
}

/** Whether it was taken in time. */
function drained(response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (taken: boolean) => (): void => {
      clearTimeout(timer);
      response.off('drain', onDrain).off('close', onClose);
      resolve(taken);
    };
    const [onDrain, onClose] = [settle(true), settle(false)];
    const timer = setTimeout(onClose, PATIENCE).unref();
    response.on('drain', onDrain).on('close', onClose);
  });
}
