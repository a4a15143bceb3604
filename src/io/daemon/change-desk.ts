import { setTimeout as sleep } from 'node:timers/promises';
import { PortolanError } from '../../base/errors.ts';
import type {
  ChangeRequest,
  ChangeView,
  ContainChoice,
  ContainRequest,
  FirewallStatus,
} from '../../model/api/policy.ts';
import type { ChangeState } from '../../model/change.ts';
import { ruleCounters } from '../../targets/nftables/counters.ts';
import type { ChangeRecord } from '../apply/change-json.ts';
import { recordToJson } from '../apply/change-json.ts';
import { ChangeStore } from '../apply/change-store.ts';
import { released } from '../apply/containing.ts';
import type { Enforcer, Fate } from '../apply/enforcer.ts';
import { readBack } from '../apply/read-back.ts';
import { tryInScratch } from '../apply/scratch.ts';
import {
  endConnections,
  fateWithin,
  holdBase,
  holdTarget,
  loadFormer,
  readInForce,
  recordOf,
  rulesOf,
} from '../apply/steps.ts';
import { loadPolicy, savePolicy } from '../policy-file.ts';
import { daysOf, makePlan, ownAddresses } from '../site/plan.ts';
import { changedByHand, notInForce, notWaiting, stuck } from './change-errors.ts';
import type { DaemonContext } from './context.ts';
import type { Kept } from './kept-changes.ts';
import { HERE, KeptChanges } from './kept-changes.ts';
import { folderOf, wantedBy } from './wanted.ts';

const DAY = 86_400_000;
/** Seconds until a change takes itself back, where nobody said. */
const WITHIN = 60;
/** Milliseconds between two looks at what the new rules dropped, and for how long. */
const LOOK = { every: 3000, times: 20 };

/** For what nobody asked. */
const DAEMON = { who: 'portolan', address: '' };

/** Who asks: named in the change, and to be let in again. */
export interface Asker {
  readonly who: string;
  readonly address: string;
}

/** Changes of this machine's firewall, for who has no terminal: made, tried, applied, taken back. */
export class ChangeDesk {
  readonly #context: DaemonContext;
  readonly #changes: ChangeStore;
  readonly #kept: KeptChanges;

  constructor(context: DaemonContext) {
    this.#context = context;
    this.#changes = new ChangeStore(folderOf(context.world));
    this.#kept = new KeptChanges(context, this.#changes);
    const { ended } = context.enforcement;
    ended?.addEventListener('abort', () => this.#leave(), { once: true });
  }

  /**
   * Makes a change and tries it on recorded traffic.
   *
   * @param keep whether it can be applied afterwards
   * @throws PortolanError E_POLICY, E_NOT_FOUND, E_USAGE, E_POLICY_UNSUPPORTED
   */
  async propose(request: ChangeRequest, asker: Asker, keep: boolean): Promise<ChangeView> {
    const kept = await this.#plan(request, asker);
    if (keep) this.#kept.add(kept);
    return this.#kept.view(kept);
  }

  /** The three ways to hold a device, with what each would have stopped. */
  async choices(
    device: string,
    service: string | undefined,
    asker: Asker,
  ): Promise<ContainChoice[]> {
    const ttl = 'PT1H';
    const requests: readonly { title: string; request: ContainRequest }[] = [
      ...(service === undefined
        ? []
        : [{ title: 'stop', request: { device, how: 'stop' as const, service, ttl } }]),
      { title: 'keep-internet', request: { device, how: 'keep-internet', ttl } },
      { title: 'isolate', request: { device, how: 'isolate', ttl } },
    ];
    const choices: ContainChoice[] = [];
    for (const { title, request } of requests) {
      const { effect } = await this.#plan({ contain: request }, asker);
      choices.push({ title, request, effect });
    }
    return choices;
  }

  /** Newest first. */
  list(): readonly ChangeView[] {
    return this.#kept.all().map((one) => this.#kept.view(one));
  }

  /** What was loaded and is not decided yet. */
  waiting(): readonly ChangeView[] {
    return this.#kept.waiting().map((one) => this.#kept.view(one));
  }

  view(id: string): ChangeView {
    return this.#kept.view(this.#kept.find(id));
  }

  /**
   * Loads it: it is confirmed within that time, or it goes.
   *
   * @throws PortolanError E_NO_PERMISSION where this daemon may not; E_USAGE where it was made for
   * something else than what is in force; E_POLICY where somebody changed our table by hand
   */
  async apply(id: string, within: number | undefined, asker: Asker): Promise<ChangeView> {
    const kept = this.#kept.find(id);
    const enforcer = this.#enforcer(kept);
    const { change, before } = kept;
    const { record, previous } = await readInForce(enforcer, ({ found }) => {
      if (found !== undefined) throw changedByHand();
    });
    holdTarget(change);
    holdBase(change, before, record?.change);
    const rules = rulesOf(change);
    const { tried, why } = await tryInScratch(rules, previous);
    if (!tried) kept.notes.push(`The rules were not tried before: ${why ?? 'nobody may here'}`);
    const seconds = within ?? WITHIN;
    const meta = recordToJson(recordOf(change, before));
    this.#audit(asker, `apply ${id} on ${HERE}`, `${kept.wanted.title}, within ${seconds} s`);
    await enforcer.load({ id, rules, previous, within: seconds, meta });
    kept.deadline = this.#now() + seconds * 1000;
    this.#enter(kept, 'loaded');
    kept.settled = this.#follow(kept, enforcer, seconds, asker);
    await this.#lookAfter(kept, enforcer);
    return this.#kept.view(kept);
  }

  async confirm(id: string): Promise<ChangeView> {
    const kept = this.#kept.find(id);
    const enforcer = this.#enforcer(kept);
    if (kept.state !== 'loaded') throw notWaiting(id);
    // Where the deadline was first, what follows says so.
    if (await enforcer.decide(id, 'yes')) kept.isConfirmed = true;
    await kept.settled;
    return this.#kept.view(kept);
  }

  /** What waits goes; what was confirmed last makes room for what was before. */
  async rollback(id: string, asker: Asker): Promise<ChangeView> {
    const kept = this.#kept.find(id);
    const enforcer = this.#enforcer(kept);
    if (kept.state === 'loaded') {
      await enforcer.decide(id, 'no');
      await kept.settled;
      return this.#kept.view(kept);
    }
    const { confirmed } = await enforcer.recover();
    if (confirmed !== id) throw notInForce(id, confirmed);
    const former = await loadFormer(enforcer, id, this.#now(), WITHIN);
    const fate = await fateWithin(enforcer, former.id, WITHIN);
    this.#audit(asker, `${fate} ${former.id} on ${HERE}`, `rollback of ${id}`);
    if (fate !== 'confirmed') throw stuck(id);
    await this.#putInForce(kept, enforcer, former.record);
    this.#release(kept);
    this.#enter(kept, 'rolled-back');
    return this.#kept.view(kept);
  }

  async firewall(): Promise<FirewallStatus> {
    const { enforcer, because } = this.#context.enforcement;
    if (enforcer === undefined) {
      const known = this.#changes.inForce(HERE)?.change;
      const inForce = known === undefined ? {} : { inForce: { id: known.id, at: known.at } };
      return { canApply: false, because, drift: false, ...inForce };
    }
    const state = await enforcer.recover();
    const drift = (await enforcer.drift(state, await enforcer.listing())) !== undefined;
    const pending = state.pending === undefined ? undefined : this.#kept.get(state.pending.id);
    const change = state.confirmed === undefined ? undefined : this.#changes.read(state.confirmed);
    return {
      canApply: true,
      because: '',
      // Ours and not decided yet is no drift.
      drift: drift && state.pending === undefined,
      ...(state.confirmed === undefined
        ? {}
        : { inForce: { id: state.confirmed, at: change?.change?.at ?? 0 } }),
      ...(state.pending === undefined
        ? {}
        : { pending: { id: state.pending.id, deadline: pending?.deadline ?? 0 } }),
    };
  }

  async #plan(request: ChangeRequest, asker: Asker): Promise<Kept> {
    const { world, session } = this.#context;
    const before = this.#changes.inForce(HERE)?.change;
    const wanted = await wantedBy(this.#context, request, { by: asker.who, before });
    const own = await ownAddresses();
    const since = request.since ?? '14d';
    const { policy } = wanted;
    const plan = await makePlan(world, session, {
      before,
      own,
      since,
      site: this.#context.site().site,
      by: asker.who,
      ...(policy === undefined ? {} : { policy }),
    });
    return {
      change: plan.change,
      before,
      wanted,
      effect: { ...plan.recorded, since: this.#now() - daysOf(since) * DAY },
      notes: [...plan.notes],
      lockOut: wanted.lockOut(plan.change.bound, asker.address, own),
      verified: [],
      state: 'planned',
    };
  }

  #enforcer({ change: { id } }: Kept): Enforcer {
    const { enforcer, because } = this.#context.enforcement;
    if (enforcer !== undefined) return enforcer;
    throw new PortolanError(
      'E_NO_PERMISSION',
      `This daemon may not change the firewall: ${because}`,
      {
        remedy: `Apply it with the right: ${this.#kept.command(id)}`,
      },
    );
  }

  /** The file gets the rules too, and loses them again where the change is taken back. */
  async #lookAfter(kept: Kept, enforcer: Enforcer): Promise<void> {
    const { change, before } = kept;
    this.#saw(kept, (await enforcer.listing()) !== undefined, 'The kernel has the rules.');
    try {
      this.#write(kept);
      const gone = await endConnections(
        enforcer,
        before?.bound,
        change.bound,
        await ownAddresses(),
      );
      if (gone > 0) this.#saw(kept, true, `${gone} connections under way ended.`);
    } catch (error) {
      if (!(error instanceof PortolanError)) throw error;
      kept.notes.push(error.message);
    }
    const lockedOut = await enforcer.lockedOut();
    if (lockedOut === undefined) return;
    this.#saw(kept, false, lockedOut);
    await enforcer.decide(change.id, 'no');
  }

  async #follow(kept: Kept, enforcer: Enforcer, within: number, asker: Asker): Promise<void> {
    const { id } = kept.change;
    const fate = await fateWithin(enforcer, id, within).catch((): Fate => 'stuck');
    if (this.#context.enforcement.ended?.aborted === true) return;
    this.#audit(asker, `${fate} ${id} on ${HERE}`, '');
    if (fate === 'confirmed') {
      await this.#putInForce(kept, enforcer, recordOf(kept.change, kept.before));
    } else this.#release(kept);
    this.#enter(kept, fate);
    if (fate === 'confirmed') void this.#watchDrops(kept, enforcer);
  }

  /**
   * The daemon ends: what was confirmed is in force, and everything else is taken back by its watchdog,
   * which outlives us.
   */
  #leave(): void {
    for (const kept of this.#kept.waiting()) {
      const { change, before, isConfirmed = false } = kept;
      if (isConfirmed) this.#changes.setInForce(HERE, recordOf(change, before));
      else this.#release(kept);
      const fate = isConfirmed ? 'confirmed' : 'left to its watchdog:';
      this.#audit(DAEMON, `${fate} ${change.id} on ${HERE}`, 'the daemon ends');
    }
  }

  /** The ledger's *allowed* is answered from what is in force; that it is not kept undoes nothing. */
  async #putInForce({ notes }: Kept, enforcer: Enforcer, record: ChangeRecord): Promise<void> {
    this.#changes.setInForce(HERE, record);
    try {
      await readBack(enforcer, this.#context.session.store, HERE, this.#now());
      this.#context.changed();
    } catch (error) {
      if (!(error instanceof PortolanError)) throw error;
      notes.push(`What is allowed now is not in the ledger yet: ${error.message}`);
    }
  }

  /** What the rules that hold a device have dropped: the proof that it tried and did not get through. */
  async #watchDrops(kept: Kept, enforcer: Enforcer): Promise<void> {
    const { prefix } = kept.wanted;
    if (prefix === undefined) return;
    for (let turn = 0; turn < LOOK.times && kept.state === 'confirmed'; turn += 1) {
      // Nobody waits for it: a daemon that is to end does so.
      await sleep(LOOK.every, undefined, { ref: false });
      const listing = await enforcer.counted().catch(() => undefined);
      const counters = [...ruleCounters(listing ?? '')].filter(([rule]) => rule.startsWith(prefix));
      const packets = counters.reduce((sum, [, counter]) => sum + counter.packets, 0);
      if (packets === 0) continue;
      this.#saw(kept, true, `${packets} packets of it were dropped since.`);
      this.#publish(kept);
      return;
    }
  }

  #write({ wanted }: Kept): void {
    const { edit } = wanted;
    if (edit !== undefined) savePolicy(edit.file, edit.before, edit.after);
  }

  /** Takes out of the file what was put there for the change; a person's edits since stay. */
  #release({ wanted, notes }: Kept): void {
    const { edit, endpoint } = wanted;
    if (edit === undefined) return;
    try {
      const now = loadPolicy(edit.file);
      const text =
        now.text === edit.after && edit.before !== undefined
          ? edit.before
          : released(now, endpoint ?? '');
      savePolicy(edit.file, now.text, text);
    } catch (error) {
      if (!(error instanceof PortolanError)) throw error;
      notes.push(error.message);
    }
  }

  #saw(kept: Kept, ok: boolean, text: string): void {
    kept.verified.push({ at: this.#now(), text, ok });
  }

  #enter(kept: Kept, state: ChangeState): void {
    kept.state = state;
    this.#publish(kept);
  }

  #publish({ change: { id }, state, deadline }: Kept): void {
    const until = state === 'loaded' && deadline !== undefined ? { deadline } : {};
    this.#context.events.publish({ type: 'change.state', at: this.#now(), id, state, ...until });
  }

  #audit({ who }: Asker, what: string, why: string): void {
    this.#context.session.store.audit({ at: this.#now(), who, what, why });
  }

  #now(): number {
    return this.#context.world.now();
  }
}
