import { createHash } from 'node:crypto';
import type { Instant } from '../../model/core.ts';
import type { AuditRecord } from '../store/audit-chain.ts';
import type { AuditTrail } from '../store/audit-table.ts';
import { Refusal } from './refusal.ts';
import type { Reply } from './respond.ts';

/** Milliseconds for which an answer is kept, and how many at most: the oldest goes first. */
const KEPT_FOR = 24 * 60 * 60_000;
const KEPT = 500;
/** Octets of an answer that is kept; a larger one is given anew, and its key then refused. */
const LARGEST = 64 * 1024;

/** Entries of the audit log in which keys of former runs are looked for. */
const READ = 10_000;

const KEY = /^[\x21-\x7e]{1,255}$/;

interface Done {
  readonly at: Instant;
  readonly fingerprint: string;
  readonly reply: Promise<Reply>;
}

/** One request as it is told apart from others. */
export interface Wanted {
  /** Keys of one caller mean nothing for another. */
  readonly who: string;
  readonly key: string;
  /** Method and path, as the audit log has them. */
  readonly what: string;
  /** Everything else that was sent. */
  readonly content: string;
}

/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): who does not know whether a request
 * went through sends it again with the same key, and gets the first answer.
 *
 * Answers may hold what must not lie in the database (a token, a session), so they are gone when the
 * daemon ends. That the thing was done is not: with its key it stands in the audit log, which is
 * written before the first answer is given, and nothing is done twice.
 */
export class Idempotency {
  readonly #done = new Map<string, Done>();
  readonly #now: () => Instant;
  readonly #trail: Pick<AuditTrail, 'newest'>;
  #before: ReadonlyMap<string, AuditRecord> | undefined;

  constructor(now: () => Instant, trail: Pick<AuditTrail, 'newest'>) {
    this.#now = now;
    this.#trail = trail;
  }

  /** @throws Refusal 400, 409, 422 */
  once({ who, key, what, content }: Wanted, work: () => Promise<Reply>): Promise<Reply> {
    if (!KEY.test(key)) {
      throw new Refusal(400, 'E_REQUEST', 'The Idempotency-Key is no word of 1 to 255 signs', {
        remedy: 'Take a random one for each thing to do, such as a UUID.',
      });
    }
    const now = this.#now();
    const name = `${who} ${key}`;
    const fingerprint = createHash('sha256').update(`${what} ${content}`).digest('base64');
    const known = this.#done.get(name);
    if (known !== undefined && now - known.at < KEPT_FOR) {
      if (known.fingerprint === fingerprint) return known.reply;
      throw otherRequest();
    }
    this.#refuseDoneBefore(keyMark(who, key), what, now);
    const reply = work();
    this.#keep(name, { at: now, fingerprint, reply });
    return reply;
  }

  /** By a former run of the daemon. */
  #refuseDoneBefore(mark: string, what: string, now: Instant): void {
    this.#before ??= readBefore(this.#trail, now);
    const entry = this.#before.get(mark);
    if (entry === undefined || now - entry.at >= KEPT_FOR) return;
    if (entry.what !== what) throw otherRequest();
    throw new Refusal(409, 'E_CONFLICT', 'This was done already, before the daemon started', {
      remedy: `Read what there is now; it is entry ${entry.seq} of the audit log: portolan audit`,
    });
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

/** What the audit log says of a key: it may be a secret of whoever sent it. */
export function keyMark(who: string, key: string): string {
  return `once ${createHash('sha256').update(`${who} ${key}`).digest('hex').slice(0, 32)}`;
}

const MARK = /\bonce [0-9a-f]{32}$/;

function readBefore(
  trail: Pick<AuditTrail, 'newest'>,
  now: Instant,
): ReadonlyMap<string, AuditRecord> {
  const found = new Map<string, AuditRecord>();
  for (const entry of trail.newest(READ)) {
    const [mark] = MARK.exec(entry.why) ?? [];
    if (mark !== undefined && now - entry.at < KEPT_FOR) found.set(mark, entry);
  }
  return found;
}

function otherRequest(): Refusal {
  return new Refusal(422, 'E_REQUEST', 'This Idempotency-Key was for another request', {
    remedy: 'Take a new key for each thing to do.',
  });
}
