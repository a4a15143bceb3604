import type { IncomingMessage } from 'node:http';
import { bearerOf } from './bearer.ts';
import type { Peer } from './peer.ts';
import { headerOf } from './peer.ts';
import { Refusal } from './refusal.ts';

const READS = new Set(['GET', 'HEAD']);

export function isRead(method: string | undefined): boolean {
  return READS.has(method ?? '');
}

/**
 * What changes something comes from our own page, or from a program. A browser says with each such
 * request whose page it is (Fetch Metadata, RFC 6454); one that says nothing and has no token of its
 * own is none that we know.
 *
 * @throws Refusal 403
 */
export function checkOrigin(request: IncomingMessage, peer: Peer): void {
  if (isRead(request.method)) return;
  const site = headerOf(request, 'sec-fetch-site');
  const origins = request.headersDistinct['origin'] ?? [];
  if (site !== undefined && site !== 'same-origin') throw foreign();
  if (origins.some((origin) => hostOf(origin) !== peer.host?.toLowerCase())) throw foreign();
  const isProgram = bearerOf(request) !== undefined;
  if (site === undefined && origins.length === 0 && !isProgram) throw foreign();
}

/** Undefined for `null`, which every sandboxed frame has. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host.toLowerCase() : undefined;
}

function foreign(): Refusal {
  return new Refusal(403, 'E_FORBIDDEN', 'The request is not from a page of this daemon', {
    remedy: 'Programs send a token: portolan token create NAME --scope read',
  });
}
