/**
 * Names under which public resolvers answer DNS over HTTPS or TLS: github.com/curl/curl/wiki/DNS-over-HTTPS
 * and dnscrypt.info/public-servers, 2026-10.
 */
const RESOLVERS: readonly string[] = [
  'cloudflare-dns.com',
  'one.one.one.one',
  'dns.google',
  'dns.google.com',
  'quad9.net',
  'nextdns.io',
  'adguard-dns.com',
  'adguard.com',
  'opendns.com',
  'cleanbrowsing.org',
  'mullvad.net',
  'controld.com',
  'dns.sb',
  'libredns.gr',
  'applied-privacy.net',
  'digitale-gesellschaft.ch',
  'dnsforge.de',
  'dns0.eu',
  'uncensoreddns.org',
  'alidns.com',
  'doh.pub',
];

/** Whether a name is one of a resolver: known to be, or said by its first label. */
export function isResolverName(name: string): boolean {
  const lower = name.toLowerCase();
  const [first = ''] = lower.split('.', 1);
  if (/^(?:dns|doh|dot|dns-?over-?https|resolver)\d*$/.test(first)) return true;
  // Their owners have other names below the same domain: what resolves has it in its name.
  if (!/dns|doh|one\.one/.test(lower)) return false;
  return RESOLVERS.some((known) => lower === known || lower.endsWith(`.${known}`));
}

/** DNS (RFC 1035), over TLS (RFC 7858) and over QUIC (RFC 9250). */
export function isResolverPort(transport: string, port: number): boolean {
  return port === 53 || port === 853 || (transport === 'udp' && port === 8853);
}
