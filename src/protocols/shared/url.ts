import type { Carrier } from '../../model/core.ts';
import type { Peer } from '../protocol.ts';

/** Ports that a Host field leaves out (RFC 9110 §4.2). */
const DEFAULTS: Readonly<Record<Carrier, number>> = { tcp: 80, tls: 443, udp: 0, dtls: 0 };

/** Host and port as RFC 9110 §7.2 wants them; a zone means something to this machine only (RFC 6874). */
export function hostHeader({ address, port, over }: Peer): string {
  const host = uriHost(address);
  return port === DEFAULTS[over] ? host : `${host}:${port}`;
}

/** RFC 3986 §3.2.2: IPv6 in brackets. */
export function uriHost(address: string): string {
  const bare = address.split('%', 1)[0] ?? '';
  return bare.includes(':') ? `[${bare}]` : bare;
}

export interface HttpUrl {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** Longest address that is read: less than what a header's value is cut to. */
const URL_CAP = 1000;

/** An http or https address without user and fragment; undefined for anything else. */
export function parseHttpUrl(text: string): HttpUrl | undefined {
  const found =
    /^(https?):\/\/(\[[0-9a-fA-F:.]{2,45}\]|[\w.-]{1,255})(?::(\d{1,5}))?([/?][!-~]*)?$/.exec(
      text.slice(0, URL_CAP + 1),
    );
  if (found === null || text.length > URL_CAP) return undefined;
  const [, scheme, host = '', digits, path = '/'] = found;
  const port = digits === undefined ? (scheme === 'https' ? 443 : 80) : Number(digits);
  if (port === 0 || port > 65_535) return undefined;
  return {
    scheme: scheme === 'https' ? 'https' : 'http',
    host: host.startsWith('[') ? host.slice(1, -1) : host,
    port,
    path,
  };
}
