import type { Instant } from '../../model/core.ts';
import type { AccessStore, Account, AccountChange, StoredSession, StoredToken } from './access.ts';
import { accountFromRow, sessionFromRow, tokenFromRow } from './access-rows.ts';
import type { Driver, Row, Value } from './driver.ts';
import { damaged, guarded } from './sqlite-error.ts';

const COLUMN = {
  role: 'role',
  password: 'password',
  lastSignIn: 'last_sign_in',
  totp: 'totp',
  totpPending: 'totp_pending',
} as const satisfies Readonly<Record<keyof AccountChange, string>>;

export class AccessTable implements AccessStore {
  readonly #location: string;
  readonly #driver: Driver;

  constructor(location: string, driver: Driver) {
    this.#location = location;
    this.#driver = driver;
  }

  accounts(): readonly Account[] {
    return this.#rows(accountFromRow, 'SELECT * FROM account ORDER BY name');
  }

  account(name: string): Account | undefined {
    return this.#rows(accountFromRow, 'SELECT * FROM account WHERE name = ?', name)[0];
  }

  addAccount(account: Account, onlyFirst = false): boolean {
    const taken = onlyFirst ? 'EXISTS (SELECT 1 FROM account)' : 'FALSE';
    return this.#changed(
      `INSERT INTO account (name, role, password, created_at)
       SELECT ?, ?, ?, ? WHERE NOT ${taken} ON CONFLICT (name) DO NOTHING RETURNING name`,
      account.name,
      account.role,
      account.password,
      account.createdAt,
    );
  }

  changeAccount(name: string, change: AccountChange): boolean {
    const columns: string[] = [];
    const values: Value[] = [];
    for (const key of ['role', 'password', 'lastSignIn', 'totp', 'totpPending'] as const) {
      const value = change[key];
      if (value === undefined) continue;
      columns.push(`${COLUMN[key]} = ?`);
      values.push(value);
    }
    if (columns.length === 0) return this.account(name) !== undefined;
    const sql = `UPDATE account SET ${columns.join(', ')} WHERE name = ? RETURNING name`;
    return this.#changed(sql, ...values, name);
  }

  removeAccount(name: string): boolean {
    return this.#guarded(() =>
      this.#driver.transaction(() => {
        this.#driver.run('DELETE FROM session WHERE account = ?', name);
        const gone = this.#driver.all('DELETE FROM account WHERE name = ? RETURNING name', name);
        return gone.length > 0;
      }),
    );
  }

  spendTotp(name: string, step: number): boolean {
    return this.#changed(
      'UPDATE account SET totp_step = ? WHERE name = ? AND totp_step < ? RETURNING name',
      step,
      name,
      step,
    );
  }

  addSession({ hash, account, createdAt, seenAt }: StoredSession): void {
    this.#run(
      'INSERT INTO session (hash, account, created_at, seen_at) VALUES (?, ?, ?, ?)',
      hash,
      account ?? null,
      createdAt,
      seenAt,
    );
  }

  session(hash: string): StoredSession | undefined {
    return this.#rows(sessionFromRow, 'SELECT * FROM session WHERE hash = ?', hash)[0];
  }

  touchSession(hash: string, at: Instant): void {
    this.#run('UPDATE session SET seen_at = ? WHERE hash = ?', at, hash);
  }

  endSession(hash: string): void {
    this.#run('DELETE FROM session WHERE hash = ?', hash);
  }

  endSessionsOf(account: string, exceptHash = ''): void {
    this.#run('DELETE FROM session WHERE account = ? AND hash != ?', account, exceptHash);
  }

  endSessionsBefore(made: Instant, seen: Instant): void {
    this.#run('DELETE FROM session WHERE created_at < ? OR seen_at < ?', made, seen);
  }

  tokens(): readonly StoredToken[] {
    return this.#rows(tokenFromRow, 'SELECT * FROM token ORDER BY created_at DESC, id');
  }

  tokenOf(hash: string): StoredToken | undefined {
    return this.#rows(tokenFromRow, 'SELECT * FROM token WHERE hash = ?', hash)[0];
  }

  addToken(token: StoredToken): void {
    this.#run(
      `INSERT INTO token (id, hash, name, scopes, created_by, created_at, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      token.id,
      token.hash,
      token.name,
      JSON.stringify(token.scopes),
      token.createdBy,
      token.createdAt,
      token.expiresAt,
    );
  }

  touchToken(id: string, at: Instant): void {
    this.#run('UPDATE token SET last_used = ? WHERE id = ?', at, id);
  }

  removeToken(id: string): boolean {
    return this.#changed('DELETE FROM token WHERE id = ? RETURNING id', id);
  }

  #run(sql: string, ...values: readonly Value[]): void {
    this.#guarded(() => this.#driver.run(sql, ...values));
  }

  /** @param sql ends in RETURNING: whether it gave a row */
  #changed(sql: string, ...values: readonly Value[]): boolean {
    return this.#guarded(() => this.#driver.all(sql, ...values)).length > 0;
  }

  #rows<T>(read: (row: Row) => T, sql: string, ...values: readonly Value[]): readonly T[] {
    return this.#guarded(() => this.#driver.all(sql, ...values)).map((row) => {
      try {
        return read(row);
      } catch (error) {
        throw damaged(this.#location, 'a row of its accounts cannot be read', error);
      }
    });
  }

  #guarded<T>(work: () => T): T {
    return guarded(this.#location, work);
  }
}
