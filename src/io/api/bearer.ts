import type { IncomingMessage } from 'node:http';

/**
 * What a program sends as its token (RFC 6750 2.1). Another scheme is none of ours: a proxy that asks
 * for a password passes `Basic` on, and a browser sends that by itself.
 */
export function bearerOf(request: IncomingMessage): string | undefined {
  const { authorization = '' } = request.headers;
  const [scheme = '', ...rest] = authorization.split(' ');
  return scheme.toLowerCase() === 'bearer' ? rest.join(' ').trim() : undefined;
}
