import type { Role, Scope } from '../../model/api/common.ts';
import type { Instant } from '../../model/core.ts';

/** Who may sign in. */
export interface Account {
  readonly name: string;
  readonly role: Role;
  /** Its scrypt hash with salt and costs, never itself. */
  readonly password: string;
  /** Secret of RFC 6238, base32, once it was proved; or one that still has to be. */
  readonly totp?: string;
  readonly totpPending?: string;
  readonly createdAt: Instant;
  readonly lastSignIn?: Instant;
}

export type AccountChange = Partial<Pick<Account, 'role' | 'password' | 'lastSignIn'>> & {
  /** null takes it away. */
  readonly totp?: string | null;
  readonly totpPending?: string | null;
};

export interface StoredSession {
  /** SHA-256 of its id, hexadecimal: whoever reads the store cannot use it. */
  readonly hash: string;
  /** Undefined for one that came by the one-time link, which may only make the first account. */
  readonly account?: string;
  readonly createdAt: Instant;
  readonly seenAt: Instant;
}

export interface StoredToken {
  /** Its public beginning. */
  readonly id: string;
  readonly hash: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly lastUsed?: Instant;
}

/**
 * Accounts, sessions and tokens. Each call is one transaction, so that a command and the daemon can
 * change them side by side; what they mean is decided in io/api.
 */
export interface AccessStore {
  accounts(): readonly Account[];
  account(name: string): Account | undefined;
  /** @param onlyFirst nothing is done where there is an account already @returns whether it was made */
  addAccount(account: Account, onlyFirst?: boolean): boolean;
  changeAccount(name: string, change: AccountChange): boolean;
  /** Its sessions end with it. */
  removeAccount(name: string): boolean;
  /** Notes that the code of this time step was used. @returns false where it, or a later one, was */
  spendTotp(name: string, step: number): boolean;

  addSession(session: StoredSession): void;
  session(hash: string): StoredSession | undefined;
  touchSession(hash: string, at: Instant): void;
  endSession(hash: string): void;
  /** All of an account, but one. */
  endSessionsOf(account: string, exceptHash?: string): void;
  /** Those made, or last seen, before. */
  endSessionsBefore(made: Instant, seen: Instant): void;

  tokens(): readonly StoredToken[];
  tokenOf(hash: string): StoredToken | undefined;
  addToken(token: StoredToken): void;
  touchToken(id: string, at: Instant): void;
  removeToken(id: string): boolean;
}
