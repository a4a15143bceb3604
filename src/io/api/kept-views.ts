import { setImmediate } from 'node:timers/promises';
import type { AlertBook } from '../../alerts/book.ts';
import { ChangeLog } from '../../ledger/change-log.ts';
import type { ChangeEvent } from '../../model/api/site.ts';
import type { Instant } from '../../model/core.ts';
import type { Policy } from '../../model/policy.ts';
import type { Site } from '../../model/site.ts';
import type { Believed, DaemonContext } from '../daemon/context.ts';
import type { AuditEntry, Store } from '../store/store.ts';
import type { Applied } from './views/changes.ts';
import { changesSince } from './views/changes.ts';
import { SiteViews } from './views/site-views.ts';

/** Pieces of evidence that are read before others have their turn. */
const SLICE = 2000;
/** Deeds on a firewall that are remembered, the newest. */
const APPLIED = 1000;

interface Kept {
  readonly site: Site;
  readonly alerts: string;
  readonly policy: Policy | undefined;
  readonly views: SiteViews;
  readonly version: string;
}

const kept = new WeakMap<DaemonContext, Kept>();

/** The lists of what is believed now: made when something changed, and not for each request. */
export function viewsOf(
  context: DaemonContext,
  { site, version }: Believed = context.site(),
): Pick<Kept, 'views' | 'version'> {
  const { book } = context.alerts;
  const alerts = stampOf(book);
  const policy = context.session.rules.policy()?.policy;
  const before = kept.get(context);
  if (before?.site === site && before.alerts === alerts && before.policy === policy) return before;
  const { zones } = context.config.settings;
  const made: Kept = {
    site,
    alerts,
    policy,
    views: new SiteViews({ site, alerts: book, policy, zones }),
    // Of policies the daemon counts nothing; the next one gets the next number.
    version: `${version}.${alerts}.${policyNumber(policy)}`,
  };
  kept.set(context, made);
  return made;
}

/** Another one whenever an alert is: each change of one changes its count or its time. */
function stampOf(book: Pick<AlertBook, 'all'>): string {
  let alerts = 0;
  let counts = 0;
  let latest = 0;
  for (const { alert } of book.all()) {
    alerts += 1;
    counts += alert.count + STATES.indexOf(alert.state);
    latest = Math.max(latest, alert.changedAt, alert.last.at);
  }
  return `${alerts}-${counts}-${latest}`;
}

const STATES = ['open', 'acknowledged', 'snoozed', 'resolved'];

const policyNumbers = new WeakMap<Policy, number>();
let policies = 0;

/** A policy that was read anew is another object. */
function policyNumber(policy: Policy | undefined): number {
  if (policy === undefined) return 0;
  const known = policyNumbers.get(policy);
  if (known !== undefined) return known;
  policies += 1;
  policyNumbers.set(policy, policies);
  return policies;
}

/** Everything that changed since then, newest first. */
export async function changesOf(
  context: DaemonContext,
  since: Instant,
  believed?: Believed,
): Promise<readonly ChangeEvent[]> {
  const { store } = context.session;
  const reader = readers.get(context) ?? new ChangeReader(store);
  readers.set(context, reader);
  const { changes, applied } = await reader.read();
  const { facts } = viewsOf(context, believed).views;
  return changesSince(facts, changes, applied, since);
}

const readers = new WeakMap<DaemonContext, ChangeReader>();

/** Reads the evidence and the audit log once, and later only what came since. */
class ChangeReader {
  readonly #store: Pick<Store, 'evidence' | 'trail'>;
  readonly #log = new ChangeLog();
  #applied: readonly Applied[] = [];
  #lastEvidence = 0;
  #lastEntry = 0;
  #reading: Promise<void> = Promise.resolve();

  constructor(store: Pick<Store, 'evidence' | 'trail'>) {
    this.#store = store;
  }

  /** One after another: who asks meanwhile waits, and nothing is read twice. */
  async read(): Promise<{
    readonly changes: ChangeLog['changes'];
    readonly applied: readonly Applied[];
  }> {
    const reading = this.#reading.then(() => this.#readNew());
    this.#reading = reading.catch(() => {});
    await reading;
    return { changes: this.#log.changes, applied: this.#applied };
  }

  async #readNew(): Promise<void> {
    this.#readAudit();
    let count = 0;
    for (const evidence of this.#store.evidence({ after: this.#lastEvidence })) {
      this.#log.add(evidence);
      this.#lastEvidence = evidence.id;
      count += 1;
      if (count % SLICE === 0) await setImmediate();
    }
  }

  /** From the newest backwards to the one that was read last. */
  #readAudit(): void {
    const found: Applied[] = [];
    const until = this.#lastEntry;
    for (let before: number | undefined; ; ) {
      const page = this.#store.trail.newest(SLICE, before);
      this.#lastEntry = Math.max(this.#lastEntry, page[0]?.seq ?? 0);
      const fresh = page.filter(({ seq }) => seq > until);
      found.push(...fresh.flatMap(appliedBy));
      if (fresh.length < SLICE) break;
      before = fresh.at(-1)?.seq;
    }
    this.#applied = [...found, ...this.#applied].slice(0, APPLIED);
  }
}

/** What was done to a firewall: commands and the API write it down with the change's id. */
function appliedBy({ at, who, what }: Pick<AuditEntry, 'at' | 'who' | 'what'>): readonly Applied[] {
  const isDone = /\bPTL-C-[0-9A-Z]{4,12}\b/.test(what) && /apply|confirm|roll/i.test(what);
  const failed = /: E_[A-Z_]+$/.test(what);
  return isDone && !failed ? [{ at, text: `${what.replace(' /api/v1', '')} by ${who}` }] : [];
}
