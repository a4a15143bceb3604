import type { Instant } from '../../../model/core.ts';
import type { AccessStore } from '../../store/access.ts';
import type { Login } from '../route.ts';
import { Accounts } from './accounts.ts';
import { OneTimeLink } from './one-time-link.ts';
import { Sessions } from './sessions.ts';
import { Streams } from './streams.ts';
import { Tokens } from './tokens.ts';

/** Everything by which somebody gets in, and is put out. */
export class Gate {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly link: OneTimeLink;
  readonly streams: Streams;

  constructor(store: AccessStore, now: () => Instant) {
    this.accounts = new Accounts(store, now);
    this.sessions = new Sessions(store, now);
    this.tokens = new Tokens(store, now);
    this.link = new OneTimeLink(now);
    this.streams = new Streams((login) => this.isGood(login));
  }

  /** Whether who came in by this would still be let in. */
  isGood(login: Login): boolean {
    if (login.kind === 'session') return this.sessions.isAlive(login.hash);
    return login.kind !== 'token' || this.tokens.isAlive(login.id);
  }
}
