import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { parseAddress } from '../../base/address.ts';
import { Gather } from './gather.ts';
import { unmapped } from './ranges.ts';
import type { Scope } from './scan-types.ts';

/** Bytes of an answer's body; a description is a few kilobytes. */
const SIZE_CAP = 262_144;
/** Milliseconds for all of it. */
const TIMEOUT = 3000;

export interface HttpQuestion {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Answers that are read; of others nothing is. */
  readonly statuses: readonly number[];
}

export interface HttpLimits {
  readonly signal: AbortSignal;
  readonly timeout?: number;
}

/**
 * Puts one question by HTTP to the device that named the URL, and to that device alone.
 *
 * A device chooses the URL: it may point at the router's administration, at this machine or at a
 * file. So: http only, at the very address that named it, inside the scope, no redirect, no proxy,
 * bounded in size and time. Undefined for everything else.
 *
 * @param from address that named the URL
 */
export async function httpOnce(
  url: string,
  from: string,
  scope: Scope,
  question: HttpQuestion,
  { signal, timeout = TIMEOUT }: HttpLimits,
): Promise<Uint8Array | undefined> {
  const target = targetOf(url, from);
  if (target === undefined || !scope.allows(from) || signal.aborted) return undefined;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  return await put(from, target, question, limit);
}

interface Target {
  readonly port: number;
  readonly path: string;
  readonly host: string;
}

function targetOf(url: string, from: string): Target | undefined {
  if (url.length > 2048 || !URL.canParse(url)) return undefined;
  const { protocol, hostname, port, pathname, search, username, password } = new URL(url);
  if (protocol !== 'http:' || username !== '' || password !== '') return undefined;
  const named = parseAddress(hostname.replace(/^\[(.*)\]$/, '$1'));
  const sender = parseAddress(from);
  if (named === undefined || sender === undefined) return undefined;
  const [a, b] = [unmapped(named), unmapped(sender)];
  if (a.family !== b.family || a.value !== b.value) return undefined;
  const number = port === '' ? 80 : Number(port);
  if (number === 0) return undefined;
  return { port: number, path: pathname + search, host: `${hostname}:${number}` };
}

function put(
  address: string,
  { port, path, host }: Target,
  { method, headers, body, statuses }: HttpQuestion,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const nothing = (): void => resolve(undefined);
    const question = request({
      host: address,
      port,
      path,
      method,
      // A socket of its own, closed after the answer: no pool reaches elsewhere.
      agent: false,
      headers: { host, ...headers, connection: 'close' },
      maxHeaderSize: 16_384,
      signal,
    });
    question.on('error', nothing).on('close', nothing);
    question.on('response', (response: IncomingMessage) => {
      const gathered = new Gather(SIZE_CAP);
      response.on('error', nothing);
      const isWanted = statuses.includes(response.statusCode ?? 0);
      // No redirect is followed, and whatever is encoded (gzip) was not asked for.
      if (!isWanted || response.headers['content-encoding'] !== undefined) {
        question.destroy();
        return;
      }
      response.on('data', (piece: Buffer) => {
        gathered.add(piece);
        if (!gathered.isFull) return;
        question.destroy();
      });
      response.on('end', () => resolve(gathered.view()));
    });
    question.end(body);
  });
}
