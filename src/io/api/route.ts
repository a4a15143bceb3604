import type { z } from 'zod';
import type { Role, Scope } from '../../model/api/common.ts';
import type { Instant } from '../../model/core.ts';
import type { DaemonContext } from '../daemon/context.ts';
import type { Account } from '../store/access.ts';
import type { Gate } from './access/gate.ts';
import type { OpenedSession } from './access/sessions.ts';

/**
 * One operation of the API: what it takes, what it gives, and who may. The server is made of a list of
 * these: so are its OpenAPI document and the test that tries every one of them as everybody.
 */
export interface Route {
  /** `listDevices`: operation id of OpenAPI. */
  readonly id: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below `/api/v1`; parameters as OpenAPI has them: `/devices/{id}`. */
  readonly path: string;
  /** `anyone`: asked before anybody has signed in. */
  readonly scope: Scope | 'anyone';
  /** Also for who came by the one-time link, while nobody has an account. */
  readonly setup?: true;
  /** Only for who has signed in with a password: neither a token nor a proxy has one to change. */
  readonly ownAccount?: true;
  /** It changes nothing although it is no GET, so that the audit log does not have it. */
  readonly readOnly?: true;
  /** `If-Match` has to be sent: 428 without. */
  readonly needsMatch?: true;
  /** It understands `?dry_run=true`; elsewhere that is refused, and not taken for a promise. */
  readonly previews?: true;
  readonly summary: string;
  readonly tag: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer:
    | { readonly kind: 'json'; readonly schema: z.ZodType; readonly status?: 200 | 201 | 202 }
    | { readonly kind: 'nothing' }
    /** A file, or a stream that goes on. */
    | { readonly kind: 'media'; readonly media: string };
  run(call: Call<never, never, never>): Answer | Promise<Answer>;
}

export interface Call<Params, Query, Body> {
  readonly context: DaemonContext;
  /** Accounts, sessions, tokens. */
  readonly gate: Gate;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  /** From `If-Match`, without its quotes. */
  readonly ifMatch: string | undefined;
  /** The last event that the client of a stream has, from `Last-Event-ID`. */
  readonly lastEventId: string | undefined;
  /** `?dry_run=true`: nothing is kept. Only where the route `previews`. */
  readonly dryRun: boolean;
  /** The client went away. */
  readonly signal: AbortSignal;
}

export interface Caller {
  /** `user:mira`, `token:ptl_7f3k`, `proxy:mira`; `nobody` where nobody signed in. */
  readonly who: string;
  readonly role: Role | undefined;
  readonly scopes: ReadonlySet<Scope>;
  /** As the connection has it, or a named proxy says. */
  readonly address: string;
  readonly login: Login;
}

/** By what somebody is known. */
export type Login =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly id: string }
  | { readonly kind: 'proxy'; readonly name: string; readonly csrf: string }
  | {
      readonly kind: 'session';
      readonly hash: string;
      /** Undefined for who came by the one-time link. */
      readonly account: Account | undefined;
      readonly csrf: string;
      readonly expiresAt: Instant;
    };

export type Answer =
  | ({
      readonly kind: 'json';
      readonly value: unknown;
      readonly etag?: string;
      readonly status?: 200 | 201 | 202;
    } & Aside)
  | ({ readonly kind: 'nothing' } & Aside)
  | {
      readonly kind: 'media';
      readonly body: string | Uint8Array | AsyncIterable<string>;
      readonly media: string;
      /** Offered as a file of this name, which is of our making. */
      readonly file?: string;
    };

/** What goes with an answer that changed something. */
interface Aside {
  /** The browser's session from now on, or that it has none. */
  readonly session?: OpenedSession | 'ended';
  /** For the audit log, where it can say more than what was sent. */
  readonly audit?: { readonly before?: string; readonly after?: string };
}

interface RouteOf<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType>
  extends Omit<Route, 'params' | 'query' | 'body' | 'run'> {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  run(call: Call<z.infer<P>, z.infer<Q>, z.infer<B>>): Answer | Promise<Answer>;
}

/** A route whose `run` knows the types of its own schemas. */
export function route<
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodUndefined,
>(of: RouteOf<P, Q, B>): Route {
  return of;
}
