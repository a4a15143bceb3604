import { z } from 'zod';
import { PortolanError } from '../../../base/errors.ts';
import type { AuditView } from '../../../model/api/auth.ts';
import type { Page } from '../../../model/api/common.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import {
  auditPage,
  newToken,
  newUser,
  tokenMade,
  tokenView,
  userChange,
  userView,
} from '../schemas.ts';

const TAG = 'people';
const byName = z.object({ name: z.string().max(64) });

/** Who may use the daemon, and what was done with it. */
export const people: readonly Route[] = [
  route({
    id: 'listUsers',
    method: 'get',
    path: '/users',
    scope: 'admin',
    summary: 'Accounts',
    tag: TAG,
    answer: { kind: 'json', schema: z.array(userView) },
    run: ({ gate }) => ({ kind: 'json', value: gate.accounts.list() }),
  }),
  route({
    id: 'addUser',
    method: 'post',
    path: '/users',
    scope: 'admin',
    setup: true,
    summary: 'Make an account; the first one, by the one-time link, is an admin',
    tag: TAG,
    body: newUser,
    answer: { kind: 'json', schema: userView, status: 201 },
    run: async ({ body, caller, gate }) => {
      const { login } = caller;
      const isFirst = login.kind === 'session' && login.account === undefined;
      const value = await gate.accounts.add(isFirst ? { ...body, role: 'admin' } : body, isFirst);
      if (!isFirst) return { kind: 'json', value };
      // Whoever made it is that person from now on.
      gate.sessions.end(login.hash);
      return { kind: 'json', value, session: gate.sessions.open(value.name) };
    },
  }),
  route({
    id: 'changeUser',
    method: 'patch',
    path: '/users/{name}',
    scope: 'admin',
    summary: 'Give an account another role or password; its sessions end',
    tag: TAG,
    params: byName,
    body: userChange,
    answer: { kind: 'json', schema: userView },
    run: async ({ params, body, caller, gate }) => {
      const before = gate.accounts.list().find(({ name }) => name === params.name);
      if (body.password !== undefined) await gate.accounts.setPassword(params.name, body.password);
      if (body.role !== undefined) gate.accounts.setRole(params.name, body.role);
      const account = gate.accounts.get(params.name);
      const value = gate.accounts.list().find(({ name }) => name === params.name);
      if (account === undefined || value === undefined) throw noUser(params.name);
      const audit = before === undefined ? {} : { audit: { before: `role ${before.role}` } };
      if (caller.who !== `user:${account.name}`) return { kind: 'json', value, ...audit };
      // Your own session has ended as well: you go on with a new one.
      return { kind: 'json', value, ...audit, session: gate.sessions.open(account.name) };
    },
  }),
  route({
    id: 'removeUser',
    method: 'delete',
    path: '/users/{name}',
    scope: 'admin',
    summary: 'Take an account away; its sessions end',
    tag: TAG,
    params: byName,
    answer: { kind: 'nothing' },
    run: ({ params, gate }) => {
      const before = gate.accounts.get(params.name)?.role;
      gate.accounts.remove(params.name);
      return { kind: 'nothing', audit: { before: `role ${before}` } };
    },
  }),
  route({
    id: 'listTokens',
    method: 'get',
    path: '/tokens',
    scope: 'admin',
    summary: 'Tokens of programs, without their secrets',
    tag: TAG,
    answer: { kind: 'json', schema: z.array(tokenView) },
    run: ({ gate }) => ({ kind: 'json', value: gate.tokens.list() }),
  }),
  route({
    id: 'addToken',
    method: 'post',
    path: '/tokens',
    scope: 'admin',
    summary: 'Make a token; its secret is shown this once',
    tag: TAG,
    body: newToken,
    answer: { kind: 'json', schema: tokenMade, status: 201 },
    run: ({ body, caller, gate }) => {
      const value = gate.tokens.make(body.name, body.scopes, body.days, caller.who);
      return { kind: 'json', value };
    },
  }),
  route({
    id: 'removeToken',
    method: 'delete',
    path: '/tokens/{id}',
    scope: 'admin',
    summary: 'Take a token back',
    tag: TAG,
    params: z.object({ id: z.string().max(64) }),
    answer: { kind: 'nothing' },
    run: ({ params, gate }) => {
      const before = gate.tokens.list().find(({ id }) => id === params.id);
      if (before !== undefined && gate.tokens.end(params.id)) {
        return {
          kind: 'nothing',
          audit: { before: `"${before.name}": ${before.scopes.join(', ')}` },
        };
      }
      throw new PortolanError('E_NOT_FOUND', 'There is no such token', {
        remedy: 'List them: portolan token list',
      });
    },
  }),
  route({
    id: 'listAudit',
    method: 'get',
    path: '/audit',
    scope: 'admin',
    summary: 'What was done with authority, newest first',
    tag: TAG,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(500).default(100),
      cursor: z.coerce.number().int().min(1).optional(),
    }),
    answer: { kind: 'json', schema: auditPage },
    run: ({ query, context }) => {
      const { trail } = context.session.store;
      const items: readonly AuditView[] = trail.newest(query.limit, query.cursor);
      const last = items.at(-1)?.seq ?? 1;
      const total = trail.count();
      const value: Page<AuditView> = {
        items,
        ...(last > 1 ? { next: String(last) } : {}),
        total,
        all: total,
        version: trail.newest(1)[0]?.hash.slice(0, 16) ?? 'empty',
      };
      return { kind: 'json', value };
    },
  }),
];

function noUser(name: string): PortolanError {
  return new PortolanError('E_NOT_FOUND', `There is no account "${name}"`, {
    remedy: 'List them: portolan user list',
  });
}
