import type { IncomingMessage } from 'node:http';
import type { Gate } from './access/gate.ts';
import { NO_SCOPES, scopesOf } from './access/scopes.ts';
import { digest, newSecret } from './access/secret.ts';
import { bearerOf } from './bearer.ts';
import { readCookie } from './cookie.ts';
import type { Peer } from './peer.ts';
import { Refusal } from './refusal.ts';
import type { Caller } from './route.ts';

/** Of this run of the daemon: from it follow the CSRF tokens of whom a proxy lets in. */
const RUN = newSecret();

/**
 * Who asks. One way counts: a token where one is sent, else what the proxy says, else the cookie.
 *
 * @throws Refusal 401 for a token that is none
 */
export function authenticate(request: IncomingMessage, peer: Peer, gate: Gate): Caller {
  const secret = bearerOf(request);
  if (secret !== undefined) return byToken(secret, peer, gate);
  if (peer.user !== undefined) return byProxy(peer.user, peer);
  return byCookie(request, peer, gate) ?? nobody(peer);
}

export function nobody({ address }: Pick<Peer, 'address'>): Caller {
  return { who: 'nobody', role: undefined, scopes: NO_SCOPES, address, login: { kind: 'none' } };
}

function byToken(secret: string, { address }: Peer, gate: Gate): Caller {
  const token = gate.tokens.find(secret);
  if (token === undefined) {
    throw new Refusal(401, 'E_SIGN_IN', 'The token is not known, or its time is over', {
      remedy: 'Make another one: portolan token create NAME --scope read',
    });
  }
  return {
    who: `token:${token.id}`,
    role: undefined,
    // An admin's token may do everything, as an admin may.
    scopes: token.scopes.includes('admin') ? scopesOf('admin') : new Set(token.scopes),
    address,
    login: { kind: 'token', id: token.id },
  };
}

function byProxy({ name, role }: NonNullable<Peer['user']>, { address }: Peer): Caller {
  const csrf = digest(`csrf ${RUN} ${name}`);
  const login = { kind: 'proxy', name, csrf } as const;
  return { who: `proxy:${name}`, role, scopes: scopesOf(role), address, login };
}

function byCookie(request: IncomingMessage, peer: Peer, gate: Gate): Caller | undefined {
  const id = readCookie(request, peer.secure);
  const session = id === undefined ? undefined : gate.sessions.find(id);
  if (session === undefined) return undefined;
  const { hash, csrf, expiresAt } = session;
  const { address } = peer;
  if (session.account === undefined) {
    const login = { kind: 'session', hash, account: undefined, csrf, expiresAt } as const;
    return { who: 'one-time link', role: undefined, scopes: NO_SCOPES, address, login };
  }
  const account = gate.accounts.get(session.account);
  if (account === undefined) return undefined;
  return {
    who: `user:${account.name}`,
    role: account.role,
    scopes: scopesOf(account.role),
    address,
    login: { kind: 'session', hash, account, csrf, expiresAt },
  };
}
