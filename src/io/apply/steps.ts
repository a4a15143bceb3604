import { setTimeout as sleep } from 'node:timers/promises';
import { PortolanError } from '../../base/errors.ts';
import { shortId } from '../../base/id.ts';
import type { BoundPolicy } from '../../model/bound-policy.ts';
import type { Change } from '../../model/change.ts';
import type { ChangeRecord } from './change-json.ts';
import { recordFromJson, recordToJson } from './change-json.ts';
import type { Drift, Enforcer, Fate } from './enforcer.ts';
import { deletion, revoked, trackedIn } from './revoke.ts';

/** Milliseconds between two looks whether somebody decided. */
const LOOK_EVERY = 200;
/** Seconds beyond the deadline for the watchdog to restore, which it tries five times. */
const GRACE = 30;

/** What is ours in force, as it was applied and as the kernel lists it. */
export interface InForce {
  readonly record: ChangeRecord | undefined;
  readonly previous: string | undefined;
}

/**
 * @param onDrift hears of what somebody changed by hand, and throws where that stops the work
 * @throws PortolanError E_USAGE where a change waits to be confirmed
 */
export async function readInForce(
  enforcer: Enforcer,
  onDrift: (drift: Drift) => void,
): Promise<InForce> {
  const state = await enforcer.recover();
  if (state.pending !== undefined) {
    throw new PortolanError('E_USAGE', `${state.pending.id} waits to be confirmed`, {
      remedy: 'Keep it: portolan confirm; or take it back: portolan rollback',
    });
  }
  const previous = await enforcer.listing();
  const drift = await enforcer.drift(state, previous);
  if (drift !== undefined) onDrift(drift);
  if (state.confirmed === undefined) return { record: undefined, previous };
  return { record: recordFromJson(await enforcer.read(state.confirmed, 'meta')), previous };
}

/** Connections under way that the new rules would not let begin end now. @returns how many did */
export async function endConnections(
  enforcer: Enforcer,
  before: BoundPolicy | undefined,
  after: BoundPolicy,
  own: ReadonlySet<string>,
): Promise<number> {
  let gone = 0;
  for (const family of [4, 6] as const) {
    const tracked = trackedIn(await enforcer.connections(family), family);
    for (const one of revoked(tracked, before, after, own)) {
      if (await enforcer.revoke(deletion(one))) gone += 1;
    }
  }
  return gone;
}

/** Waits until the watchdog has done what was decided. */
export async function fateWithin(enforcer: Enforcer, id: string, seconds: number): Promise<Fate> {
  for (let left = (seconds + GRACE) * 1000; left > 0; left -= LOOK_EVERY) {
    const fate = await enforcer.fate(id);
    if (fate !== undefined) return fate;
    await sleep(LOOK_EVERY);
  }
  return 'stuck';
}

/**
 * Loads the rules before the last ones, as a change of its own: so it can be taken back too.
 *
 * @throws PortolanError E_NOT_FOUND where they are not known any more
 */
export async function loadFormer(
  enforcer: Enforcer,
  confirmed: string,
  now: number,
  within: number,
): Promise<{ readonly id: string; readonly record: ChangeRecord }> {
  const rules = await enforcer.read(confirmed, 'previous.nft');
  if (rules === undefined) {
    throw new PortolanError('E_NOT_FOUND', `What was before ${confirmed} is not known any more`, {
      remedy: 'Apply an older policy: portolan apply --policy policy.yaml.1',
    });
  }
  const last = recordFromJson(await enforcer.read(confirmed, 'meta'));
  const id = shortId('C', `${now} ${rules}`, 6);
  const change: Change | undefined =
    last?.before === undefined ? undefined : { ...last.before, id, at: now };
  const record = {
    ...(change === undefined ? {} : { change }),
    ...(last?.change === undefined ? {} : { before: last.change }),
  };
  const previous = await enforcer.listing();
  await enforcer.load({ id, rules, previous, within, meta: recordToJson(record) });
  await enforcer.decide(id, 'yes');
  return { id, record };
}

export function rulesOf({ files, id }: Change): string {
  const [first] = files;
  if (first !== undefined) return first.text;
  throw new PortolanError('E_NOT_FOUND', `${id} has no rules`, {
    remedy: 'Make one: portolan plan',
  });
}

export function recordOf(change: Change, before: Change | undefined): ChangeRecord {
  return { change, ...(before === undefined ? {} : { before }) };
}

/** What is loaded is a ruleset of nftables; files of other firewalls are handed over by other means. */
export function holdTarget({ id, target }: Change): void {
  if (target === 'nftables') return;
  throw new PortolanError(
    'E_USAGE',
    `${id} was made for ${target}, which is not applied from here`,
    {
      remedy: `Write its files, and load them there: portolan plan --target ${target} -o out`,
    },
  );
}

/** A plan is a promise of what changes: it holds only over what it was made for. */
export function holdBase(
  change: Change,
  planned: Change | undefined,
  before: Change | undefined,
): void {
  if (planned?.id === before?.id) return;
  throw new PortolanError(
    'E_USAGE',
    `${change.id} was made when ${planned?.id ?? 'nothing of ours'} was in force; now it is ${before?.id ?? 'nothing'}`,
    { remedy: 'Make a new one: portolan plan' },
  );
}
