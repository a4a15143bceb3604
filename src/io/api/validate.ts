import type { z } from 'zod';
import { Refusal } from './refusal.ts';
import type { Route } from './route.ts';

/** What was sent, as the schemas of the route have it. */
export interface Valid {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly dryRun: boolean;
}

export interface Sent {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** Asks what would come of it. */
const DRY_RUN = 'dry_run';

type Issue = NonNullable<Refusal['at']>[number];

/**
 * Everything that is wrong with it at once, each with its place: a JSON pointer (RFC 6901) in the body,
 * `?name` in the address.
 *
 * @throws Refusal 422
 */
export function validate(route: Route, { params, query, body }: Sent): Valid {
  const issues: Issue[] = [];
  const check = (schema: z.ZodType | undefined, value: unknown, prefix: string): unknown => {
    if (schema === undefined) return undefined;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) {
      issues.push({ pointer: prefix + pointerOf(path), message });
    }
    return undefined;
  };
  const valid = {
    params: check(route.params, params, '{}'),
    query: check(route.query, recordOf(route, query, issues), '?'),
    body: check(route.body, body, ''),
    dryRun: dryRunOf(query) ?? false,
  };
  if (issues.length === 0) return valid;
  const [first] = issues;
  throw new Refusal(
    422,
    'E_REQUEST',
    `What was sent does not fit: ${first?.pointer} ${first?.message}`,
    {
      remedy: 'What is taken stands in GET /api/v1/openapi.json',
      at: issues,
    },
  );
}

/** A name that nobody knows is a mistake that would go unnoticed; one that comes twice is two answers. */
function recordOf(
  route: Route,
  query: URLSearchParams,
  issues: Issue[],
): Readonly<Record<string, string>> {
  const known = new Set(Object.keys(route.query?.shape ?? {}));
  const record: Record<string, string> = {};
  for (const name of new Set(query.keys())) {
    const isDryRun = name === DRY_RUN && route.previews === true;
    const message = isDryRun ? dryRunMistake(query) : mistakeIn(query, name, known);
    if (message !== undefined) issues.push({ pointer: `?${name.slice(0, 64)}`, message });
    else if (!isDryRun) record[name] = query.get(name) ?? '';
  }
  return record;
}

function dryRunMistake(query: URLSearchParams): string | undefined {
  return dryRunOf(query) === undefined ? 'is neither true nor false' : undefined;
}

function mistakeIn(
  query: URLSearchParams,
  name: string,
  known: ReadonlySet<string>,
): string | undefined {
  if (!known.has(name)) return 'is not known here';
  return query.getAll(name).length > 1 ? 'is given twice' : undefined;
}

/** Whether only a preview is asked for; undefined where that is not clear. */
function dryRunOf(query: URLSearchParams): boolean | undefined {
  const [value = 'false', ...more] = query.getAll(DRY_RUN);
  if (more.length > 0 || (value !== 'true' && value !== 'false')) return undefined;
  return value === 'true';
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
