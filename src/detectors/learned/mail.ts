/** SMTP between servers and from users (RFC 5321, RFC 8314, RFC 6409). */
const MAIL_PORTS: ReadonlySet<number> = new Set([25, 465, 587, 2525]);

export function isMailPort(port: number): boolean {
  return MAIL_PORTS.has(port);
}
