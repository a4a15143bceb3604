import { PortolanError } from '../../../base/errors.ts';
import { RecentMap } from '../../../base/recent-map.ts';
import type { NewUser, OwnProof, SignIn, TotpBegun, UserView } from '../../../model/api/auth.ts';
import type { Role } from '../../../model/api/common.ts';
import type { Instant } from '../../../model/core.ts';
import type { AccessStore, Account } from '../../store/access.ts';
import { holderOf } from '../peer.ts';
import { Refusal } from '../refusal.ts';
import { hashPassword, isPassword, refuseWeakPassword } from './password.ts';
import { Throttle, tooMany } from './throttle.ts';
import { newTotpSecret, totpAddress, totpStep } from './totp.ts';
import { Turnstile } from './turnstile.ts';

/** Hashes that are computed at once, and that may wait. */
const AT_ONCE = 2;
const MAY_WAIT = 16;

/** Names with addresses that are remembered; at most twice as many. */
const PLACES = 1000;

const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?$/;

/** People who may sign in, and how it is found out that it is they. */
export class Accounts {
  readonly #store: AccessStore;
  readonly #now: () => Instant;
  readonly #throttle = new Throttle();
  /** Where who signed in last. */
  readonly #places = new RecentMap<true>(PLACES);
  readonly #turnstile = new Turnstile(AT_ONCE, MAY_WAIT);

  constructor(store: AccessStore, now: () => Instant) {
    this.#store = store;
    this.#now = now;
  }

  get isEmpty(): boolean {
    return this.#store.accounts().length === 0;
  }

  list(): readonly UserView[] {
    return this.#store.accounts().map(userView);
  }

  get(name: string): Account | undefined {
    return this.#store.account(name);
  }

  /**
   * Takes as long for a name that nobody has as for a wrong password, and says the same.
   *
   * @throws Refusal 401, 429
   */
  async signIn({ name, password, totp }: SignIn, address: string): Promise<Account> {
    return await this.#tried(name, address, async () => {
      const account = this.#store.account(name);
      if (!(await isPassword(password, account?.password)) || account === undefined) throw wrong();
      if (account.totp !== undefined) this.#takeCode(account, account.totp, totp);
      this.#store.changeAccount(name, { lastSignIn: this.#now() });
      return account;
    });
  }

  /** Of who is signed in: the same count as for a sign-in, since it says as much to who guesses. */
  async confirm(account: Account, password: string, address: string): Promise<void> {
    await this.#tried(account.name, address, async () => {
      if (!(await isPassword(password, account.password))) throw wrong();
    });
  }

  /** The same, with a code where the account asks for one: for what would do away with the codes. */
  async confirmWholly(account: Account, proof: OwnProof, address: string): Promise<void> {
    await this.#tried(account.name, address, async () => {
      if (!(await isPassword(proof.password, account.password))) throw wrong();
      if (account.totp !== undefined) this.#takeCode(account, account.totp, proof.totp);
    });
  }

  /**
   * @param onlyFirst refused where somebody has one already
   * @throws PortolanError E_USAGE, E_CONFLICT
   */
  async add({ name, password, role }: NewUser, onlyFirst = false): Promise<UserView> {
    if (!NAME.test(name)) {
      throw new PortolanError('E_USAGE', `"${name}" is no name for an account`, {
        remedy: 'Take 1 to 32 of a-z, 0-9, ".", "_" and "-", with a letter or digit at both ends.',
      });
    }
    refuseWeakPassword(password);
    const hash = await this.#turnstile.pass(() => hashPassword(password));
    const account: Account = { name, role, password: hash, createdAt: this.#now() };
    if (this.#store.addAccount(account, onlyFirst)) return userView(account);
    throw new PortolanError('E_CONFLICT', `There is an account already, or one named "${name}"`, {
      remedy: 'See who has one: portolan user list',
    });
  }

  /** Ends the sessions of the account: whoever has stolen one is out. @throws PortolanError */
  async setPassword(name: string, password: string, exceptSession?: string): Promise<void> {
    refuseWeakPassword(password);
    const hash = await this.#turnstile.pass(() => hashPassword(password));
    if (!this.#store.changeAccount(name, { password: hash })) throw noAccount(name);
    this.#store.endSessionsOf(name, exceptSession);
  }

  /** Ends the sessions of the account. @throws PortolanError */
  setRole(name: string, role: Role): void {
    const account = this.#store.account(name);
    if (account === undefined) throw noAccount(name);
    if (role !== 'admin') this.#refuseLastAdmin(account);
    this.#store.changeAccount(name, { role });
    this.#store.endSessionsOf(name);
  }

  /** @throws PortolanError E_NOT_FOUND, E_CONFLICT where nobody could make accounts any more */
  remove(name: string): void {
    const account = this.#store.account(name);
    if (account === undefined) throw noAccount(name);
    this.#refuseLastAdmin(account);
    this.#store.removeAccount(name);
  }

  /** It asks for codes only once it is proved that somebody has them. */
  beginTotp({ name }: Account): TotpBegun {
    const secret = newTotpSecret();
    this.#store.changeAccount(name, { totpPending: secret });
    return { secret, address: totpAddress(secret, name, 'Portolan') };
  }

  proveTotp(name: string, code: string): void {
    const account = this.#store.account(name);
    const secret = account?.totpPending;
    if (account === undefined || secret === undefined) {
      throw new PortolanError('E_CONFLICT', 'No codes were begun for this account', {
        remedy: 'Begin: POST /api/v1/me/totp',
      });
    }
    this.#takeCode(account, secret, code, 422);
    this.#store.changeAccount(name, { totp: secret, totpPending: null });
  }

  endTotp(name: string): void {
    this.#store.changeAccount(name, { totp: null, totpPending: null });
  }

  async #tried<T>(name: string, address: string, work: () => Promise<T>): Promise<T> {
    const holder = holderOf(address);
    // Written so that no name that somebody makes up is the key of another: names are any text here.
    const place = JSON.stringify([name, holder]);
    // Where somebody signed in before, the guesses of others elsewhere do not keep them out.
    const own = this.#places.get(place) === true ? `place ${place}` : `account ${name}`;
    const from = `address ${holder}`;
    const wait = this.#throttle.admit([own, from], this.#now());
    if (wait > 0) throw tooMany(wait);
    const done = await this.#turnstile.pass(work, () => {
      // Nobody looked at it.
      this.#throttle.giveBack(own);
      this.#throttle.giveBack(from);
    });
    this.#throttle.forget(own);
    this.#throttle.giveBack(from);
    this.#places.set(place, true);
    return done;
  }

  #takeCode({ name }: Account, secret: string, code: string | undefined, status = 401): void {
    const step = code === undefined ? undefined : totpStep(secret, code, this.#now());
    if (step !== undefined && this.#store.spendTotp(name, step)) return;
    const message = code === undefined ? 'A code is needed' : 'The code is wrong or was used';
    throw new Refusal(status, 'E_SIGN_IN', message, {
      remedy: 'Give the six digits that your authenticator shows now.',
      at: [{ pointer: status === 401 ? '/totp' : '/code', message }],
    });
  }

  #refuseLastAdmin({ name, role }: Account): void {
    const others = this.#store.accounts().filter((one) => one.name !== name);
    if (role !== 'admin' || others.some((one) => one.role === 'admin')) return;
    throw new PortolanError('E_CONFLICT', `"${name}" is the only admin`, {
      remedy: 'Make another one first: portolan user add NAME --role admin',
    });
  }
}

function userView({ name, role, totp, createdAt, lastSignIn }: Account): UserView {
  return {
    name,
    role,
    totp: totp !== undefined,
    createdAt,
    ...(lastSignIn === undefined ? {} : { lastSignIn }),
  };
}

function wrong(): Refusal {
  return new Refusal(401, 'E_SIGN_IN', 'Name or password are wrong', {
    remedy: 'Try again; an admin can give a new password: portolan user passwd NAME',
  });
}

function noAccount(name: string): PortolanError {
  return new PortolanError('E_NOT_FOUND', `There is no account "${name}"`, {
    remedy: 'See who has one: portolan user list',
  });
}
