import type { IncomingMessage } from 'node:http';
import type { OpenedSession } from './access/sessions.ts';

/**
 * Over TLS with the prefix by which a browser sees to it that no other name and no plain connection
 * set it (RFC 6265bis 4.1.3.2). It takes `Path=/`, whatever the base path.
 */
const SECURE = '__Host-portolan';
const PLAIN = 'portolan';

/** The id of the session, if the browser has one; undefined where it sends two of them. */
export function readCookie(request: IncomingMessage, secure: boolean): string | undefined {
  const wanted = secure ? SECURE : PLAIN;
  const values = (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${wanted}=`))
    .map((pair) => pair.slice(wanted.length + 1));
  return values.length === 1 ? values[0] : undefined;
}

/** @param now milliseconds since 1970 */
export function writeCookie(
  session: OpenedSession | 'ended',
  secure: boolean,
  now: number,
): string {
  const [value, seconds] =
    session === 'ended' ? ['', 0] : [session.id, Math.ceil((session.expiresAt - now) / 1000)];
  const name = secure ? `${SECURE}=` : `${PLAIN}=`;
  const flags = `Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
  return `${name}${value}; ${flags}${secure ? '; Secure' : ''}`;
}
