import type { Dialogue, DialogueContext, DialogueKind, Side, Tell, Totals } from './dialogue.ts';
import { tellLogin } from './login.ts';
import { startsWith } from './text.ts';

/** Segments of the server before the login: identification, algorithms, keys. */
const BEFORE = 2;
/**
 * Octets of one segment of the server, above which it is no refusal: that is one message of at most 100
 * octets with its code (RFC 4252 §5.1).
 */
const LARGE = 200;
/** A server hangs up after six attempts (`MaxAuthTries`, sshd_config(5)): more answers are a session. */
const MANY = 10;

export const ssh: DialogueKind = {
  id: 'ssh',
  begins: (bytes) => startsWith(bytes, 'SSH-'),
  start: (tell) => new Ssh(tell),
};

/**
 * What came of a login by its sizes, for all of it is encrypted: as Zeek's analyser of SSH does
 * (docs.zeek.org, `ssh_auth_successful`). A session with no login at all says nothing.
 */
class Ssh implements Dialogue {
  readonly #tell: Tell;
  #asked = 0;
  #answered = 0;
  #isIn = false;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  said(side: Side, bytes: Uint8Array, context: DialogueContext): boolean {
    if (side === 'client') {
      this.#asked += 1;
      return true;
    }
    this.#answered += 1;
    if (this.#answered <= BEFORE || this.#asked <= BEFORE) return true;
    this.#isIn = bytes.length > LARGE || this.#answered > BEFORE + MANY;
    if (this.#isIn) {
      tellLogin(this.#tell, context, { protocol: 'ssh', outcome: 'accepted', clear: false });
    }
    return !this.#isIn;
  }

  closed(context: DialogueContext, _totals: Totals): void {
    if (this.#isIn || this.#asked <= BEFORE || this.#answered <= BEFORE) return;
    tellLogin(this.#tell, context, { protocol: 'ssh', outcome: 'refused', clear: false });
  }
}
