import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { PortolanError } from '../../base/errors.ts';
import type { DaemonContext } from '../daemon/context.ts';
import type { Gate } from './access/gate.ts';
import { same } from './access/secret.ts';
import { auditText } from './audit-text.ts';
import { authenticate } from './authenticate.ts';
import { readJson } from './body.ts';
import { writeCookie } from './cookie.ts';
import { Idempotency, keyMark } from './idempotency.ts';
import { RouteTable, wrongMethod } from './match.ts';
import type { Peer } from './peer.ts';
import { headerOf, onlyOne } from './peer.ts';
import { Refusal, stillReading, unmatched } from './refusal.ts';
import type { Reply } from './respond.ts';
import { jsonReply } from './respond.ts';
import type { Answer, Call, Caller, Route } from './route.ts';
import { isRead } from './same-origin.ts';
import type { Target } from './target.ts';
import { validate } from './validate.ts';

const METHODS = {
  GET: 'get',
  HEAD: 'get',
  POST: 'post',
  PUT: 'put',
  PATCH: 'patch',
  DELETE: 'delete',
} as const satisfies Readonly<Record<string, Route['method']>>;

/** What is answered though it is not known yet what is in the network. */
const OF_THE_DAEMON: ReadonlySet<string> = new Set(['daemon', 'people', 'sign-in']);
/** Milliseconds for which others wait until what is stored was read. */
const PATIENCE = 20_000;

interface Asked {
  readonly request: IncomingMessage;
  readonly peer: Peer;
  readonly target: Target;
  readonly caller: Caller;
  readonly route: Route;
  /** Aborted when the client went away. */
  readonly gone: AbortController;
}

/** From a request that may be heard to its answer. The order of its steps is the defence. */
export class Api {
  readonly #context: DaemonContext;
  readonly #gate: Gate;
  readonly #table: RouteTable;
  readonly #idempotency: Idempotency;

  constructor(context: DaemonContext, gate: Gate, routes: readonly Route[]) {
    this.#context = context;
    this.#gate = gate;
    this.#table = new RouteTable(routes);
    this.#idempotency = new Idempotency(() => context.world.now(), context.session.store.trail);
  }

  /**
   * @param target below `/api/v1`
   * @throws PortolanError
   */
  async answer(
    request: IncomingMessage,
    peer: Peer,
    target: Target,
    gone: AbortController,
  ): Promise<Reply> {
    const caller = authenticate(request, peer, this.#gate);
    const { route, params } = this.#find(request, target, caller);
    this.#authorise(route, caller);
    checkCsrf(request, route, caller);
    const body = isRead(request.method) ? undefined : await readJson(request);
    const valid = validate(route, { params, query: target.query, body });
    await this.#knows(route);
    const asked: Asked = { request, peer, target, caller, route, gone };
    const ifMatch = tagOf(onlyOne(request, 'if-match'));
    if (route.needsMatch === true && ifMatch === undefined) throw unmatched();
    const call: Call<unknown, unknown, unknown> = {
      context: this.#context,
      gate: this.#gate,
      ...valid,
      caller,
      ifMatch,
      lastEventId: headerOf(request, 'last-event-id'),
      signal: gone.signal,
    };
    const key = keyOf(asked);
    if (key === undefined) return await this.#run(asked, call, body);
    const content = `${target.query} ${JSON.stringify(body)}`;
    const wanted = { who: caller.who, key, what: whatOf(asked), content };
    return await this.#idempotency.once(wanted, () => this.#run(asked, call, body));
  }

  /** What is asked of the site waits until there is one: of what is not read yet nothing is said. */
  async #knows({ tag }: Route): Promise<void> {
    const { reading } = this.#context;
    if (reading === undefined || OF_THE_DAEMON.has(tag)) return;
    const timer = new AbortController();
    const { signal } = timer;
    await Promise.race([reading, sleep(PATIENCE, undefined, { signal }).catch(() => {})]);
    timer.abort();
    if (this.#context.reading !== undefined) throw stillReading();
  }

  /** Who is nobody does not even learn what there is. */
  #find(request: IncomingMessage, target: Target, caller: Caller): ReturnType<RouteTable['find']> {
    const method = methodOf(request.method);
    if (method === undefined) throw wrongMethod(Object.keys(METHODS));
    try {
      return this.#table.find(method, target.path);
    } catch (error) {
      throw caller.login.kind === 'none' ? this.#notSignedIn() : error;
    }
  }

  #authorise({ scope, setup, ownAccount }: Route, { login, scopes }: Caller): void {
    const byLink = login.kind === 'session' && login.account === undefined;
    if (scope === 'anyone') return;
    if (setup === true && byLink && this.#gate.accounts.isEmpty) return;
    if (login.kind === 'none' || byLink) throw this.#notSignedIn();
    if (!scopes.has(scope)) throw forbidden(`This takes the scope "${scope}"`);
    if (ownAccount === true && login.kind !== 'session') {
      throw forbidden('This is for who has signed in with a password');
    }
  }

  #notSignedIn(): Refusal {
    return new Refusal(401, 'E_SIGN_IN', 'Nobody is signed in', {
      remedy: this.#gate.accounts.isEmpty
        ? 'Make the first account: open the link that the daemon printed, or portolan user add NAME'
        : 'Sign in, or send a token: portolan token create NAME --scope read',
    });
  }

  async #run(asked: Asked, call: Call<unknown, unknown, unknown>, body: unknown): Promise<Reply> {
    const { route, request } = asked;
    if (route.answer.kind === 'media') return await this.#runMedia(asked, call);
    if (isRead(request.method)) return this.#replyTo(asked, await run(route, call));
    try {
      const answer = await run(route, call);
      this.#note(asked, call, body, answer);
      return this.#replyTo(asked, answer);
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 429)) this.#note(asked, call, body, error);
      throw error;
    }
  }

  async #runMedia({ route, caller, request, gone }: Asked, call: Call<unknown, unknown, unknown>) {
    const headers = { 'content-type': route.answer.kind === 'media' ? route.answer.media : '' };
    if (request.method === 'HEAD') return { status: 200, headers };
    const stream = this.#gate.streams.open(caller.login, gone);
    gone.signal.addEventListener('abort', () => stream.close(), { once: true });
    const answer = await run(route, call);
    if (answer.kind !== 'media') throw new Error(`${route.id} gave no media`);
    return mediaReply(answer);
  }

  #replyTo({ request, peer, route }: Asked, answer: Answer): Reply {
    if (answer.kind === 'media') return mediaReply(answer);
    const headers: Record<string, string> = {};
    if (answer.session !== undefined) {
      const now = this.#context.world.now();
      headers['set-cookie'] = writeCookie(answer.session, peer.secure, now);
    }
    if (answer.kind === 'nothing') return { status: 204, headers };
    const usual = route.answer.kind === 'json' ? route.answer.status : undefined;
    const reply = jsonReply(answer.status ?? usual ?? 200, answer.value, headers);
    return withTag(request, reply, answer.etag);
  }

  /** What was done, and what was tried and failed: it is acknowledged only once it is written down. */
  #note(
    asked: Asked,
    call: Call<unknown, unknown, unknown>,
    body: unknown,
    outcome: unknown,
  ): void {
    const { route, caller } = asked;
    if (route.readOnly === true || call.dryRun) return;
    const failed = outcome instanceof PortolanError ? `: ${outcome.code}` : '';
    const key = isAnswer(outcome) ? keyOf(asked) : undefined;
    const once = key === undefined ? '' : `, ${keyMark(caller.who, key)}`;
    const told = isAnswer(outcome) && outcome.kind !== 'media' ? outcome.audit : undefined;
    const after = told?.after ?? auditText(body);
    this.#context.session.store.audit({
      at: this.#context.world.now(),
      who: caller.who,
      what: `${whatOf(asked)}${failed}`,
      why: `from ${caller.address}${once}`,
      ...(told?.before === undefined ? {} : { before: told.before }),
      ...(after === undefined ? {} : { after }),
    });
  }
}

function run(route: Route, call: Call<unknown, unknown, unknown>): Answer | Promise<Answer> {
  // biome-ignore lint/nursery/noUnsafeTypeAssertion: the route's own schemas have checked what is in it
  return route.run(call as Call<never, never, never>);
}

function forbidden(why: string): Refusal {
  return new Refusal(403, 'E_FORBIDDEN', why, {
    remedy: 'Ask an admin for another role, or for a token with it.',
  });
}

function methodOf(method: string | undefined): Route['method'] | undefined {
  return Object.entries(METHODS).find(([name]) => name === method)?.[1];
}

/** As it stands in the audit log. */
function whatOf({ request, target }: Asked): string {
  return `${request.method} /api/v1${target.path}`;
}

/** Of who is somebody, and adds something. @throws Refusal 400 for two of them */
function keyOf({ request, route, caller }: Asked): string | undefined {
  if (route.method !== 'post' || caller.login.kind === 'none') return undefined;
  return onlyOne(request, 'idempotency-key');
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

/** A cookie goes with a request by itself; this only goes with one of our page. */
function checkCsrf(request: IncomingMessage, { scope, setup }: Route, { login }: Caller): void {
  if (isRead(request.method) || login.kind === 'none' || login.kind === 'token') return;
  // To sign in anew one needs no session, and has perhaps an old one.
  if (scope === 'anyone' && setup !== true) return;
  if (same(headerOf(request, 'x-csrf-token') ?? '', login.csrf)) return;
  throw new Refusal(403, 'E_FORBIDDEN', 'X-CSRF-Token is missing or that of another session', {
    remedy: 'Take "csrf" from GET /api/v1/session.',
  });
}

/**
 * Without `W/` and its quotes; `*` is any. A proxy that compresses makes a tag weak (nginx): one of
 * ours names a version all the same, which RFC 9110 13.1.1 would not have compared.
 */
function tagOf(header: string | undefined): string | undefined {
  return header?.replace(/^W\//, '').replaceAll('"', '');
}

function mediaReply({ body, media, file }: Extract<Answer, { kind: 'media' }>): Reply {
  const name = file?.replaceAll(/[^\w.-]/g, '_');
  const headers = {
    'content-type': media,
    ...(name === undefined ? {} : { 'content-disposition': `attachment; filename="${name}"` }),
  };
  const isWhole = typeof body === 'string' || body instanceof Uint8Array;
  return { status: 200, headers, ...(isWhole ? { body } : { stream: body }) };
}

/** @param etag of the route; else one of what is sent, which is good for `If-None-Match` only */
function withTag(request: IncomingMessage, reply: Reply, etag: string | undefined): Reply {
  if (!isRead(request.method)) return etag === undefined ? reply : tagged(reply, `"${etag}"`);
  const own = (): string =>
    createHash('sha256')
      .update(reply.body ?? '')
      .digest('base64url')
      .slice(0, 16);
  const tag = etag === undefined ? `W/"${own()}"` : `"${etag}"`;
  const known = (headerOf(request, 'if-none-match') ?? '')
    .split(',')
    .map((one) => tagOf(one.trim()));
  if (!known.includes(tagOf(tag))) return tagged(reply, tag);
  const { 'content-type': _, ...headers } = reply.headers;
  return { status: 304, headers: { ...headers, etag: tag } };
}

function tagged(reply: Reply, etag: string): Reply {
  return { ...reply, headers: { ...reply.headers, etag } };
}
