import { createHash } from 'node:crypto';
import type { Instant } from '../../model/core.ts';
import { Refusal } from './refusal.ts';
import type { Reply } from './respond.ts';

/** Milliseconds for which an answer is kept, and how many at most: the oldest goes first. */
const KEPT_FOR = 24 * 60 * 60_000;
const KEPT = 500;
/** Octets of an answer that is kept; a larger one is given anew, and its key then refused. */
const LARGEST = 64 * 1024;

const KEY = /^[\x21-\x7e]{1,255}$/;

interface Done {
  readonly at: Instant;
  readonly fingerprint: string;
  readonly reply: Promise<Reply>;
}

/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): who does not know whether a request
 * went through sends it again with the same key, and gets the first answer. It is forgotten when the
 * daemon ends.
 */
export class Idempotency {
  readonly #done = new Map<string, Done>();
  readonly #now: () => Instant;

  constructor(now: () => Instant) {
    this.#now = now;
  }

  /**
   * @param who keys of one caller mean nothing for another
   * @param what method, address and body
   * @throws Refusal 400, 422
   */
  once(who: string, key: string, what: string, work: () => Promise<Reply>): Promise<Reply> {
    if (!KEY.test(key)) {
      throw new Refusal(400, 'E_REQUEST', 'The Idempotency-Key is no word of 1 to 255 signs', {
        remedy: 'Take a random one for each thing to do, such as a UUID.',
      });
    }
    const now = this.#now();
    const name = `${who} ${key}`;
    const fingerprint = createHash('sha256').update(what).digest('base64');
    const known = this.#done.get(name);
    if (known !== undefined && now - known.at < KEPT_FOR) {
      if (known.fingerprint === fingerprint) return known.reply;
      throw new Refusal(422, 'E_REQUEST', 'This Idempotency-Key was for another request', {
        remedy: 'Take a new key for each thing to do.',
      });
    }
    const reply = work();
    this.#keep(name, { at: now, fingerprint, reply });
    return reply;
  }

  #keep(name: string, done: Done): void {
    this.#done.delete(name);
    this.#done.set(name, done);
    const [oldest] = this.#done.keys();
    if (this.#done.size > KEPT && oldest !== undefined) this.#done.delete(oldest);
    const forget = (): void => {
      if (this.#done.get(name) === done) this.#done.delete(name);
    };
    // What failed may be tried again.
    done.reply.then(({ status, body = '' }) => {
      if (status >= 500 || body.length > LARGEST) forget();
    }, forget);
  }
}
