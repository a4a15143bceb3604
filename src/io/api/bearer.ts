import type { IncomingMessage } from 'node:http';
import { onlyOne } from './peer.ts';

/**
 * What a program sends as its token (RFC 6750 2.1). Another scheme is none of ours: a proxy that asks
 * for a password passes `Basic` on, and a browser sends that by itself.
 */
export function bearerOf(request: IncomingMessage): string | undefined {
  // Of two, a proxy before us may have checked the other one.
  const authorization = onlyOne(request, 'authorization') ?? '';
  const [scheme = '', ...rest] = authorization.split(' ');
  return scheme.toLowerCase() === 'bearer' ? rest.join(' ').trim() : undefined;
}
