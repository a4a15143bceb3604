import { request } from 'node:http';
import { parseAddress } from '../../base/address.ts';
import { Gather } from './gather.ts';
import { unmapped } from './ranges.ts';
import type { Scope } from './scan-types.ts';

/** Bytes of a document; a description is a few kilobytes. */
const SIZE_CAP = 262_144;
/** Milliseconds for all of it. */
const TIMEOUT = 3000;

/**
 * Gets the document that a device points at (SSDP LOCATION, ONVIF XAddrs), from that device alone.
 *
 * A device chooses the URL: it may point at the router's administration, at this machine or at a
 * file. So: http only, from the very address that named it, inside the scope, no redirect, no
 * proxy, bounded in size and time. Undefined for everything else.
 *
 * @param from address whose datagram named the URL
 */
export async function fetchDescription(
  url: string,
  from: string,
  scope: Scope,
  signal: AbortSignal,
  timeout: number = TIMEOUT,
): Promise<Uint8Array | undefined> {
  const target = targetOf(url, from);
  if (target === undefined || !scope.allows(from) || signal.aborted) return undefined;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  return await get(from, target, limit);
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

function get(
  address: string,
  { port, path, host }: Target,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const nothing = (): void => resolve(undefined);
    const question = request({
      host: address,
      port,
      path,
      // A socket of its own, closed after the answer: no pool reaches elsewhere.
      agent: false,
      headers: { host, accept: 'text/xml, application/xml', connection: 'close' },
      maxHeaderSize: 16_384,
      signal,
    });
    question.on('error', nothing).on('close', nothing);
    question.on('response', (response) => {
      const gathered = new Gather(SIZE_CAP);
      response.on('error', nothing);
      // No redirect is followed, and whatever is encoded (gzip) was not asked for.
      if (response.statusCode !== 200 || response.headers['content-encoding'] !== undefined) {
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
    question.end();
  });
}
