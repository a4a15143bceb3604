import { PortolanError } from '../../../base/errors.ts';
import type { SessionView } from '../../../model/api/auth.ts';
import type { Account } from '../../store/access.ts';
import type { Gate } from '../access/gate.ts';
import { scopesOf } from '../access/scopes.ts';
import type { OpenedSession } from '../access/sessions.ts';
import type { Caller, Route } from '../route.ts';
import { route } from '../route.ts';
import {
  linkSignIn,
  newPassword,
  ownProof,
  sessionView,
  signIn,
  totpBegun,
  totpProof,
} from '../schemas.ts';

const TAG = 'sign-in';

/** How somebody comes in and goes out, and what they change of their own account. */
export const auth: readonly Route[] = [
  route({
    id: 'getSession',
    method: 'get',
    path: '/session',
    scope: 'anyone',
    summary: 'Who is asking, and what they may do',
    tag: TAG,
    answer: { kind: 'json', schema: sessionView },
    run: ({ caller, gate }) => ({ kind: 'json', value: viewOf(caller, gate) }),
  }),
  route({
    id: 'signIn',
    method: 'post',
    path: '/session',
    scope: 'anyone',
    summary: 'Sign in; the browser gets a new session',
    tag: TAG,
    body: signIn,
    answer: { kind: 'json', schema: sessionView },
    run: async ({ body, caller, gate }) => {
      const account = await gate.accounts.signIn(body, caller.address);
      endOf(caller, gate);
      const session = gate.sessions.open(account.name);
      return { kind: 'json', value: signedIn(account, session), session };
    },
  }),
  route({
    id: 'signInByLink',
    method: 'post',
    path: '/session/link',
    scope: 'anyone',
    summary: 'Come in by the one-time link, to make the first account',
    tag: TAG,
    body: linkSignIn,
    answer: { kind: 'json', schema: sessionView },
    run: ({ body, caller, gate }) => {
      const isGood = gate.link.use(body.key, caller.address);
      if (!gate.accounts.isEmpty || !isGood) throw usedUp();
      const session = gate.sessions.open(undefined);
      const { csrf, expiresAt } = session;
      const value: SessionView = { state: 'setup', via: 'link', scopes: [], csrf, expiresAt };
      return { kind: 'json', value, session };
    },
  }),
  route({
    id: 'signOut',
    method: 'delete',
    path: '/session',
    scope: 'read',
    summary: 'Sign out: the session ends everywhere',
    tag: TAG,
    answer: { kind: 'nothing' },
    run: ({ caller, gate }) => {
      endOf(caller, gate);
      return { kind: 'nothing', session: 'ended' };
    },
  }),
  route({
    id: 'changeMyPassword',
    method: 'post',
    path: '/me/password',
    scope: 'read',
    ownAccount: true,
    summary: 'Change your password; all other sessions of yours end',
    tag: TAG,
    body: newPassword,
    answer: { kind: 'json', schema: sessionView },
    run: async ({ body, caller, gate }) => {
      const account = accountOf(caller);
      await gate.accounts.confirm(account, body.old, caller.address);
      await gate.accounts.setPassword(account.name, body.password);
      const session = gate.sessions.open(account.name);
      return { kind: 'json', value: signedIn(account, session), session };
    },
  }),
  route({
    id: 'beginTotp',
    method: 'post',
    path: '/me/totp',
    scope: 'read',
    ownAccount: true,
    summary: 'Begin to use codes (RFC 6238): a secret for an authenticator',
    tag: TAG,
    body: ownProof,
    answer: { kind: 'json', schema: totpBegun },
    run: async ({ body, caller, gate }) => {
      const account = accountOf(caller);
      await gate.accounts.confirmWholly(account, body, caller.address);
      return { kind: 'json', value: gate.accounts.beginTotp(account) };
    },
  }),
  route({
    id: 'proveTotp',
    method: 'put',
    path: '/me/totp',
    scope: 'read',
    ownAccount: true,
    summary: 'Prove that your authenticator has it; from now on a code is asked for',
    tag: TAG,
    body: totpProof,
    answer: { kind: 'nothing' },
    run: ({ body, caller, gate }) => {
      gate.accounts.proveTotp(accountOf(caller).name, body.code);
      return { kind: 'nothing' };
    },
  }),
  route({
    id: 'endTotp',
    method: 'delete',
    path: '/me/totp',
    scope: 'read',
    ownAccount: true,
    summary: 'Stop to use codes',
    tag: TAG,
    body: ownProof,
    answer: { kind: 'nothing' },
    run: async ({ body, caller, gate }) => {
      const account = accountOf(caller);
      await gate.accounts.confirmWholly(account, body, caller.address);
      gate.accounts.endTotp(account.name);
      return { kind: 'nothing' };
    },
  }),
];

/** Of a route that is only for who has one. */
function accountOf({ login }: Caller): Account {
  if (login.kind === 'session' && login.account !== undefined) return login.account;
  throw new Error('The route lets in who has no account');
}

function endOf({ login }: Caller, gate: Gate): void {
  if (login.kind === 'session') gate.sessions.end(login.hash);
}

/** The view of the session that was just opened. */
function signedIn(account: Account, session: OpenedSession): SessionView {
  const { name, role, totp } = account;
  return {
    state: 'signed-in',
    user: { name, role, totp: totp !== undefined },
    via: 'password',
    scopes: [...scopesOf(role)],
    csrf: session.csrf,
    expiresAt: session.expiresAt,
  };
}

function viewOf({ login, role, scopes }: Caller, gate: Gate): SessionView {
  const state = gate.accounts.isEmpty ? 'setup' : 'signed-out';
  switch (login.kind) {
    case 'none':
      return { state, scopes: [] };
    case 'token':
      return { state: 'signed-in', scopes: [...scopes] };
    case 'proxy': {
      const user = { name: login.name, role: role ?? 'viewer', totp: false };
      return { state: 'signed-in', user, via: 'proxy', scopes: [...scopes], csrf: login.csrf };
    }
    case 'session': {
      const { account, csrf, expiresAt } = login;
      if (account === undefined) return { state, via: 'link', scopes: [], csrf, expiresAt };
      const user = { name: account.name, role: account.role, totp: account.totp !== undefined };
      const via = 'password';
      return { state: 'signed-in', user, via, scopes: [...scopes], csrf, expiresAt };
    }
  }
}

function usedUp(): PortolanError {
  return new PortolanError(
    'E_SIGN_IN',
    'The link was used, is too old, or is not needed any more',
    {
      remedy: 'Start the daemon again for another one, or make an account: portolan user add NAME',
    },
  );
}
