import type { Instant } from '../core.ts';
import type { Role, Scope } from './common.ts';

/** `GET session`: who is asking. Answered to everybody. */
export interface SessionView {
  /** `setup`: nobody has an account yet, and the one-time link is needed. */
  readonly state: 'setup' | 'signed-out' | 'signed-in';
  readonly user?: { readonly name: string; readonly role: Role; readonly totp: boolean };
  /** Came by the one-time link, a proxy's header, or with a password. */
  readonly via?: 'link' | 'proxy' | 'password';
  readonly scopes: readonly Scope[];
  /** To be sent as `X-CSRF-Token` with everything that is no GET. */
  readonly csrf?: string;
  readonly expiresAt?: Instant;
}

/** `POST session` */
export interface SignIn {
  readonly name: string;
  readonly password: string;
  /** Six digits (RFC 6238), where the account asks for them. */
  readonly totp?: string;
}

/** `POST session/link`: the key of the one-time link, from the fragment of its address. */
export interface LinkSignIn {
  readonly key: string;
}

/** `POST users`; the first one, by the one-time link, becomes admin. */
export interface NewUser {
  readonly name: string;
  readonly password: string;
  readonly role: Role;
}

export interface UserView {
  readonly name: string;
  readonly role: Role;
  readonly totp: boolean;
  readonly createdAt: Instant;
  readonly lastSignIn?: Instant;
}

/** `POST me/password`: all other sessions of the account end. */
export interface NewPassword {
  readonly old: string;
  readonly password: string;
}

/** `POST me/totp`, `DELETE me/totp`: a session alone, which may be stolen, is not enough for these. */
export interface OwnProof {
  readonly password: string;
  /** Six digits, where the account asks for them. */
  readonly totp?: string;
}

/** `POST me/totp` begins: scan the address, then prove it with `PUT me/totp`. */
export interface TotpBegun {
  /** `otpauth://totp/…` */
  readonly address: string;
  readonly secret: string;
}

/** `PUT me/totp`: from then on a code is asked for. */
export interface TotpProof {
  /** Six digits. */
  readonly code: string;
}

/** `PATCH users/{name}`: the sessions of the account end. */
export interface UserChange {
  readonly role?: Role;
  readonly password?: string;
}

/** `POST tokens` */
export interface NewToken {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Days, 1 to 365. */
  readonly days: number;
}

export interface TokenView {
  /** `ptl_7f3k…`: its beginning, by which one knows it again. */
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly lastUsed?: Instant;
}

/** The only time that the secret is shown. */
export interface TokenMade extends TokenView {
  readonly secret: string;
}

export interface AuditView {
  readonly seq: number;
  readonly at: Instant;
  readonly who: string;
  readonly what: string;
  readonly why: string;
  /** What was there, and what was sent or is there now, in a line. */
  readonly before?: string;
  readonly after?: string;
  /** SHA-256 over the entry and the one before it, hexadecimal. */
  readonly hash: string;
}
