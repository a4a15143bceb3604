import { httpOnce } from './http-once.ts';
import type { Scope } from './scan-types.ts';

/**
 * Gets the document that a device points at (SSDP LOCATION, ONVIF XAddrs), from that device alone
 * (see `httpOnce`). Undefined where the URL leads elsewhere or nothing came.
 *
 * @param from address whose datagram named the URL
 */
export function fetchDescription(
  url: string,
  from: string,
  scope: Scope,
  signal: AbortSignal,
  timeout?: number,
): Promise<Uint8Array | undefined> {
  const headers = { accept: 'text/xml, application/xml' };
  const question = { method: 'GET', headers, statuses: [200] } as const;
  const limits = timeout === undefined ? { signal } : { signal, timeout };
  return httpOnce(url, from, scope, question, limits);
}
