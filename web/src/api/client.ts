import type { SessionView } from '../../../src/model/api/auth.ts';
import type { Problem } from '../../../src/model/api/common.ts';
import { BASE } from '../base.ts';
import { frame as de } from '../words/de/frame.ts';
import { frame as en } from '../words/en/frame.ts';
import { inEnglish, words } from '../words/index.ts';

const t = words(en, de);

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SendOptions {
  /** ETag of what is to be replaced: somebody else's change in between is a 412, not lost. */
  readonly ifMatch?: string;
  /** Says what would come of it, and keeps nothing. */
  readonly dryRun?: boolean;
  /** The same key again gives the same answer, for who does not know whether it went through. */
  readonly idempotencyKey?: string;
  readonly query?: Query;
}

/** Of a problem that the API did not explain: RFC 9457, 4.2.1. */
const OURS = 'about:blank';

/** What the API says when it says no: an explanation, a code and a remedy (RFC 9457). */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

/** Spread onto an error's words: all but our own, which have no type of problem, are English. */
export function tongueOf(error: Error): typeof inEnglish {
  return error instanceof ApiError && error.problem.type === OURS ? {} : inEnglish;
}

export interface Tagged<T> {
  readonly value: T;
  /** For `ifMatch`. */
  readonly etag: string;
}

let csrf: string | undefined;
let onSignedOut: () => void = () => undefined;

/** Everything that is no GET carries the session's token from now on. */
export function rememberSession(session: SessionView): void {
  csrf = session.csrf;
}

/** Called when the API no longer knows who is asking. */
export function whenSignedOut(then: () => void): void {
  onSignedOut = then;
}

/** Address of a resource, for links and downloads: `apiUrl('alerts/PTL-A-7F3K/evidence.pcapng')`. */
export function apiUrl(path: string, query: Query = {}): string {
  const url = new URL(`api/v1/${path}`, BASE);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  return url.href;
}

/** @throws ApiError */
export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return (await getTagged<T>(path, query, signal)).value;
}

/** The same, with the version that a later `send` may name. @throws ApiError */
export async function getTagged<T>(
  path: string,
  query?: Query,
  signal?: AbortSignal,
): Promise<Tagged<T>> {
  const response = await ask(apiUrl(path, query), signal === undefined ? {} : { signal });
  const etag = (response.headers.get('etag') ?? '').replace(/^W\//, '').replaceAll('"', '');
  return { value: await body<T>(response), etag };
}

/** @throws ApiError */
export async function send<T>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  value?: unknown,
  options: SendOptions = {},
): Promise<T> {
  const headers = new Headers();
  if (csrf !== undefined) headers.set('X-CSRF-Token', csrf);
  if (value !== undefined) headers.set('Content-Type', 'application/json');
  if (options.ifMatch !== undefined) headers.set('If-Match', `"${options.ifMatch}"`);
  if (options.idempotencyKey !== undefined) headers.set('Idempotency-Key', options.idempotencyKey);
  const query = { ...options.query, ...(options.dryRun === true ? { dry_run: true } : {}) };
  const response = await ask(apiUrl(path, query), {
    method,
    headers,
    ...(value === undefined ? {} : { body: JSON.stringify(value) }),
  });
  return body<T>(response);
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, credentials: 'same-origin', redirect: 'error' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(UNREACHABLE);
  }
  if (response.ok) return response;
  if (response.status === 401) onSignedOut();
  throw new ApiError(await problemOf(response));
}

async function body<T>(response: Response): Promise<T> {
  const value: T = response.status === 204 ? undefined : await response.json();
  return value;
}

const UNREACHABLE: Problem = {
  type: OURS,
  status: 0,
  code: 'E_UNREACHABLE',
  ...t.unreachable,
};

async function problemOf(response: Response): Promise<Problem> {
  const { status } = response;
  const bare: Problem = {
    type: OURS,
    title: response.statusText,
    status,
    detail: t.answered(`${status} ${response.statusText}`.trim()),
    code: `HTTP ${status}`,
    remedy: '',
  };
  try {
    const said: Partial<Problem> = await response.json();
    return { ...bare, ...said };
  } catch {
    return bare;
  }
}
