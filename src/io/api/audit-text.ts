import { forJson } from '../../base/encode.ts';

/** Characters of what was sent that the audit log keeps. */
const LONGEST = 2000;

/** What is never written down, wherever it stands. */
const SECRET: ReadonlySet<string> = new Set(['password', 'old', 'totp', 'code', 'key', 'secret']);

/** What was sent, for the audit log: one line, without secrets. */
export function auditText(body: unknown): string | undefined {
  if (body === undefined) return undefined;
  const text = forJson(withoutSecrets(body));
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}

/** Its depth is bounded: it was read by `readJson`. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      SECRET.has(name) ? '(not kept)' : withoutSecrets(inner),
    ]),
  );
}
