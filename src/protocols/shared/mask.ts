/** What stands for a secret: never its length. */
const MASK = '***';

/** Ends of the names under which devices take a secret in an address; lower case, without separators. */
const SECRETS: readonly string[] = ['pass', 'passwd', 'password', 'passcode', 'pwd', 'psk', 'pin']
  .concat(['secret', 'token', 'apikey', 'authkey', 'accesskey', 'signature', 'sig', 'auth'])
  .concat(['loginpas', 'credential', 'credentials', 'sessionid', 'sid']);

/** Target of a request without what only its sender should know: values of such names, and user info. */
export function maskTarget(target: string): string {
  const at = target.indexOf('?');
  const path = withoutUserInfo(at === -1 ? target : target.slice(0, at));
  return at === -1 ? path : `${path}?${maskQuery(target.slice(at + 1))}`;
}

/** `name=value` pairs with `&` or `;` between them; a `?` begins those of an address within. */
export function maskQuery(query: string): string {
  return query
    .split(/([&;?])/, 512)
    .map((part) => {
      const at = part.indexOf('=');
      return at > 0 && isSecret(part.slice(0, at)) ? `${part.slice(0, at)}=${MASK}` : part;
    })
    .join('');
}

/** A name may be encoded (RFC 3986 §2.1); of it only the letters matter. */
function isSecret(name: string): boolean {
  const decoded = name
    .slice(-96)
    .replace(/%([4-7][0-9a-f])/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  const plain = decoded.toLowerCase().replace(/[^a-z]/g, '');
  return SECRETS.some((secret) => plain.endsWith(secret));
}

/** RFC 3986 §3.2.1: `user:password@` before a host. */
function withoutUserInfo(path: string): string {
  const start = path.indexOf('://');
  if (start === -1) return path;
  const end = path.indexOf('/', start + 3);
  const authority = path.slice(start + 3, end === -1 ? path.length : end);
  const at = authority.lastIndexOf('@');
  if (at === -1) return path;
  return `${path.slice(0, start + 3)}${MASK}@${path.slice(start + 3 + at + 1)}`;
}
