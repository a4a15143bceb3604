import { recordFromJson, recordToJson } from '../io/apply/change-json.ts';
import { ChangeStore } from '../io/apply/change-store.ts';
import { elementsText } from '../io/apply/elements.ts';
import type { Enforcer } from '../io/apply/enforcer.ts';
import { deletion, revoked, trackedIn } from '../io/apply/revoke.ts';
import { tryInScratch } from '../io/apply/scratch.ts';
import { recordOf, rulesOf } from '../io/apply/steps.ts';
import { bindContext } from '../io/site/bind-context.ts';
import { changeOf, NOTHING, ownAddresses, targetOf } from '../io/site/plan.ts';
import { withSession } from '../io/site/session.ts';
import type { BoundPolicy } from '../model/bound-policy.ts';
import type { Change } from '../model/change.ts';
import { bindPolicy } from '../policy/bind.ts';
import type { NameOperation } from '../policy/names.ts';
import { NameSets } from '../policy/names.ts';
import { readPolicy } from '../policy/read.ts';
import { compile } from '../targets/target.ts';
import { audit, keepCounts, keepInForce, machineOf } from './apply-host.ts';
import { untilDecided } from './apply-wait.ts';
import type { Input } from './command.ts';
import { count, jsonDocument } from './format.ts';
import type { Shell } from './shell.ts';

/** Seconds: nobody is asked, the watchdog is there for a process that dies. */
const WITHIN = 60;
/** Seconds that an address of a name stays: longer than it takes until the next refresh. */
const STAYS = 3900;

/**
 * The policy that is in force, looked up anew: rules lapse, devices have other addresses, names too.
 * It is the text that was confirmed; what was written since is not let in by a timer.
 */
export async function runRefresh(shell: Shell, input: Input, enforcer: Enforcer): Promise<number> {
  const state = await enforcer.recover();
  const { confirmed } = state;
  const meta = confirmed === undefined ? undefined : await enforcer.read(confirmed, 'meta');
  const old = recordFromJson(meta)?.change;
  const listing = await enforcer.listing();
  if (old === undefined || state.pending !== undefined || listing === undefined) {
    return done(shell, 'nothing', old?.id);
  }
  // Somebody's hand was there: a timer does not take his work away.
  if ((await enforcer.drift(state, listing)) !== undefined) return done(shell, 'drift', old.id);
  const next = await boundNow(shell, old);
  const [was, is] = [old.bound, next.bound].map(withoutNames);
  const target = targetOf(old.target);
  if (rulesOf(next) !== rulesOf(old)) {
    const isSame =
      was !== undefined &&
      is !== undefined &&
      renders(target, was, old.bridges) === renders(target, is, old.bridges);
    if (!isSame) return await reload(shell, input, enforcer, { old, next, listing });
  }
  await keepCounts(shell, input, enforcer, old);
  const operations = nameOperations(shell, next.bound);
  await enforcer.transact(elementsText(operations));
  return done(shell, operations.length > 0 ? 'names' : 'nothing', old.id);
}

function renders(
  target: ReturnType<typeof targetOf>,
  bound: BoundPolicy,
  bridges: Change['bridges'] = [],
): string {
  return compile(target, bound, { bridges }).files[0]?.text ?? '';
}

/** Addresses of names come and go without a new ruleset. */
function withoutNames(bound: BoundPolicy): BoundPolicy {
  return { ...bound, names: bound.names.map((name) => ({ ...name, addresses: [] })) };
}

function boundNow(shell: Shell, { policy, target, bridges = [] }: Change): Promise<Change> {
  const { policy: read, document } = readPolicy(policy, 'the policy in force');
  return withSession(shell, (session) => {
    const { bound } = bindPolicy(read, bindContext(shell, session), document);
    const artefact = compile(targetOf(target), bound, { bridges });
    return changeOf(shell, target, { bound, artefact, policy, bridges });
  });
}

/** Everything that names stand for now, for a while. */
function nameOperations(shell: Shell, bound: BoundPolicy): readonly NameOperation[] {
  const sets = new NameSets(bound, shell.now());
  return bound.names.flatMap(({ id }) =>
    sets.addresses(id).map(
      (address): NameOperation => ({
        kind: 'refresh',
        name: id,
        address,
        family: address.includes(':') ? 6 : 4,
        seconds: STAYS,
      }),
    ),
  );
}

interface Renewal {
  readonly old: Change;
  readonly next: Change;
  readonly listing: string;
}

async function reload(
  shell: Shell,
  input: Input,
  enforcer: Enforcer,
  { old, next, listing }: Renewal,
): Promise<number> {
  const rules = rulesOf(next);
  await tryInScratch(rules, listing);
  const meta = recordToJson(recordOf(next, old));
  await enforcer.load({ id: next.id, rules, previous: listing, within: WITHIN, meta });
  await endConnections(enforcer, old.bound, next.bound);
  const lockedOut = await enforcer.lockedOut();
  await enforcer.decide(next.id, lockedOut === undefined ? 'yes' : 'no');
  const quiet = { ...shell, errIsTerminal: false, quiet: true };
  const fate = await untilDecided(quiet, enforcer, next.id, WITHIN);
  audit(shell, `${fate} ${next.id} on ${machineOf(input)}`, `refresh of ${old.id}`);
  if (fate !== 'confirmed') {
    done(shell, fate, old.id);
    return fate === 'stuck' ? 8 : 7;
  }
  const changes = new ChangeStore(shell.dataFolder ?? shell.env['PORTOLAN_DATA']);
  changes.setInForce(machineOf(input), recordOf(next, old));
  await keepInForce(shell, input, enforcer);
  return done(shell, 'reloaded', next.id);
}

/** A rule that has lapsed lets nothing go on that it had let begin. */
async function endConnections(
  enforcer: Enforcer,
  before: BoundPolicy,
  after: BoundPolicy,
): Promise<void> {
  const own = await ownAddresses();
  for (const family of [4, 6] as const) {
    const text = await enforcer.connections(family).catch(() => '');
    for (const one of revoked(trackedIn(text, family), before, after, own)) {
      await enforcer.revoke(deletion(one));
    }
  }
}

const WORDS = {
  nothing: 'There is nothing to refresh.',
  drift: 'Our table was changed by hand: it is left as it is. See: portolan firewall drift',
  names: 'Addresses of names were refreshed.',
  reloaded: 'Rules lapsed, or devices have other addresses: the policy in force was loaded anew.',
  'rolled-back': 'The refreshed rules were taken back.',
  stuck: 'The refreshed rules could not be taken back.',
} as const;

function done(shell: Shell, word: keyof typeof WORDS, id: string | undefined): number {
  if (shell.json) shell.out(jsonDocument('firewall-refresh', { change: id ?? null, did: word }));
  else shell.say(WORDS[word]);
  return word === 'drift' ? 1 : 0;
}

/** For sentences about a policy in force. */
export function sizeText(bound: BoundPolicy = NOTHING): string {
  const rules = new Set([...bound.egress, ...bound.ingress].map(({ id }) => id));
  return `${count(rules.size, 'rule')} for ${count(bound.devices.length, 'device')}`;
}
