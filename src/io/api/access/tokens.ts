import type { TokenMade, TokenView } from '../../../model/api/auth.ts';
import type { Scope } from '../../../model/api/common.ts';
import type { Instant } from '../../../model/core.ts';
import type { AccessStore, StoredToken } from '../../store/access.ts';
import { bestEffort } from './best-effort.ts';
import { digest, newSecret } from './secret.ts';

const DAY = 86_400_000;
/** When it was used is written down this often, not with every request. */
const TOUCH_EVERY = 60_000;
/** Characters after `ptl_` by which one knows it again: 36 of its 256 bits. */
const SHOWN = 6;

/** Of programs, by name: `ptl_…` is found by scanners for secrets in code. */
export class Tokens {
  readonly #store: AccessStore;
  readonly #now: () => Instant;

  constructor(store: AccessStore, now: () => Instant) {
    this.#store = store;
    this.#now = now;
  }

  list(): readonly TokenView[] {
    return this.#store.tokens().map(viewOf);
  }

  make(name: string, scopes: readonly Scope[], days: number, by: string): TokenMade {
    const secret = `ptl_${newSecret()}`;
    const now = this.#now();
    const token: StoredToken = {
      id: secret.slice(0, 4 + SHOWN),
      hash: digest(secret),
      name,
      scopes: [...new Set(scopes)],
      createdBy: by,
      createdAt: now,
      expiresAt: now + days * DAY,
    };
    this.#store.addToken(token);
    return { ...viewOf(token), secret };
  }

  find(secret: string): StoredToken | undefined {
    if (!secret.startsWith('ptl_')) return undefined;
    const token = this.#store.tokenOf(digest(secret));
    const now = this.#now();
    if (token === undefined || now >= token.expiresAt) return undefined;
    if (now - (token.lastUsed ?? 0) >= TOUCH_EVERY) {
      bestEffort(() => this.#store.touchToken(token.id, now));
    }
    return token;
  }

  isAlive(id: string): boolean {
    const token = this.#store.tokens().find((one) => one.id === id);
    return token !== undefined && this.#now() < token.expiresAt;
  }

  /** @returns whether there was one */
  end(id: string): boolean {
    return this.#store.removeToken(id);
  }
}

function viewOf({ hash: _, ...view }: StoredToken): TokenView {
  return view;
}
