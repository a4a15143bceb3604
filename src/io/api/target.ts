import { Refusal } from './refusal.ts';

/** What was asked for, below the base path. */
export interface Target {
  /** Begins with `/`, or is empty for the base path without its slash; still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Longer than any address of ours, with a filter of 1,000 characters of three octets each. */
const LONGEST = 8192;

/** An empty, `.` or `..` segment, a backslash, or one of these or a slash in percent-encoding. */
const CROOKED = /\/\/|\/\.{1,2}(?:\/|$)|\\|%(?:2e|2f|5c|00)/i;

/**
 * Reads the request line as it stands. There is one way to write each address, so that no proxy
 * before us and no check of ours can understand another one than the router does.
 *
 * @param basePath `''` or `/portolan`
 * @throws Refusal 400, 404
 */
export function readTarget(url: string, basePath: string): Target {
  const [before = '', ...rest] = url.split('?');
  if (url.length > LONGEST) throw crooked('It is too long');
  if (!before.startsWith('/')) throw crooked('It does not begin with a slash');
  if (CROOKED.test(before))
    throw crooked('Its path has parts that are written in a roundabout way');
  const query = new URLSearchParams(rest.join('?'));
  if (basePath === '') return { path: before, query };
  if (before === basePath) return { path: '', query };
  if (before.startsWith(`${basePath}/`)) return { path: before.slice(basePath.length), query };
  throw new Refusal(404, 'E_NOT_FOUND', `Everything is below ${basePath}/`, {
    remedy: `Ask for ${basePath}/`,
  });
}

function crooked(why: string): Refusal {
  return new Refusal(400, 'E_REQUEST', `The address is not taken as it is written. ${why}`, {
    remedy: 'Write it as the OpenAPI document has it: GET /api/v1/openapi.json',
  });
}
