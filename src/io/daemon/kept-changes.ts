import { PortolanError } from '../../base/errors.ts';
import type { ChangeView, Effect } from '../../model/api/policy.ts';
import type { Change, ChangeState } from '../../model/change.ts';
import type { ChangeRecord } from '../apply/change-json.ts';
import type { ChangeStore } from '../apply/change-store.ts';
import { quoteWord } from '../apply/quote.ts';
import { recordOf } from '../apply/steps.ts';
import type { DaemonContext } from './context.ts';
import type { Wanted } from './wanted.ts';
import { folderOf } from './wanted.ts';

/** As `portolan apply` calls the machine that it runs on. */
export const HERE = 'this machine';
/** Changes that are remembered with everything that was looked at. */
const MOST = 50;

/** A change with everything that is known of it: what the desk works on. */
export interface Kept {
  readonly change: Change;
  readonly before: Change | undefined;
  readonly wanted: Wanted;
  readonly effect: Effect;
  readonly notes: string[];
  readonly lockOut: ChangeView['lockOut'];
  readonly verified: ChangeView['verified'][number][];
  state: ChangeState;
  deadline?: number;
  /** Somebody said yes; the watchdog may not have done it yet. */
  isConfirmed?: boolean;
  /** Decided, and done by the watchdog. */
  settled?: Promise<void>;
}

/** Changes that this daemon made, with those of others as far as they were recorded. */
export class KeptChanges {
  readonly #context: DaemonContext;
  readonly #changes: ChangeStore;
  readonly #kept = new Map<string, Kept>();

  constructor(context: DaemonContext, changes: ChangeStore) {
    this.#context = context;
    this.#changes = changes;
  }

  add(kept: Kept): void {
    const { id } = kept.change;
    this.#changes.save(id, recordOf(kept.change, kept.before));
    this.#kept.set(id, kept);
    for (const [old, { state }] of this.#kept) {
      if (this.#kept.size <= MOST) break;
      if (state !== 'loaded') this.#kept.delete(old);
    }
  }

  /** Of this daemon alone. */
  get(id: string): Kept | undefined {
    return this.#kept.get(id);
  }

  /** @throws PortolanError E_NOT_FOUND */
  find(id: string): Kept {
    const kept = this.#kept.get(id) ?? this.#remembered(this.#changes.read(id));
    if (kept !== undefined) return kept;
    throw new PortolanError('E_NOT_FOUND', `There is no change ${id}`, {
      remedy: 'Make one: portolan plan',
    });
  }

  /** Newest first. */
  all(): readonly Kept[] {
    const known = [...this.#kept.values()].toSorted((a, b) => b.change.at - a.change.at);
    const older = this.#changes.list().filter(({ change }) => !this.#kept.has(change?.id ?? ''));
    return [...known, ...older.flatMap((record) => this.#remembered(record) ?? [])];
  }

  /** What was loaded and is not decided yet. */
  waiting(): readonly Kept[] {
    return [...this.#kept.values()].filter(({ state }) => state === 'loaded');
  }

  view(kept: Kept): ChangeView {
    const { change, wanted, effect, notes, lockOut, verified, state, deadline } = kept;
    const { until, alert, title } = wanted;
    return {
      id: change.id,
      at: change.at,
      by: change.by,
      target: change.target,
      title,
      state,
      effect,
      notes,
      lockOut,
      verified: [...verified],
      rules: change.files.map(({ text }) => text).join('\n'),
      canApply: this.#context.enforcement.enforcer !== undefined,
      command: this.command(change.id),
      ...(state === 'loaded' && deadline !== undefined ? { deadline } : {}),
      ...(until === undefined ? {} : { until }),
      ...(alert === undefined ? {} : { alert }),
    };
  }

  /** By which somebody with the right applies it. */
  command(id: string): string {
    const folder = folderOf(this.#context.world);
    const data = folder === undefined ? '' : ` --data ${quoteWord(folder)}`;
    return `sudo portolan${data} apply ${id}`;
  }

  /** Of a former run, or of the command line: what was recorded then is known, and no more. */
  #remembered(record: ChangeRecord | undefined): Kept | undefined {
    const { change, before } = record ?? {};
    if (change === undefined) return undefined;
    const isInForce = this.#changes.inForce(HERE)?.change?.id === change.id;
    return {
      change,
      before,
      wanted: { title: 'policy', policy: undefined, lockOut: () => UNKNOWN_WAY },
      effect: NO_EFFECT,
      notes: ['It was made by another process, which knows what it would have stopped.'],
      lockOut: UNKNOWN_WAY,
      verified: [],
      state: isInForce ? 'confirmed' : 'planned',
    };
  }
}

const UNKNOWN_WAY: ChangeView['lockOut'] = { ok: true, because: 'not asked' };

const NO_EFFECT: Effect = {
  since: 0,
  flows: 0,
  stillAllowed: 0,
  stillBlocked: 0,
  elsewhere: 0,
  newlyBlocked: [],
  newlyAllowed: [],
  wouldBlock: [],
};
