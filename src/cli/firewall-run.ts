import { forTerminal } from '../base/encode.ts';
import { PortolanError } from '../base/errors.ts';
import { recordFromJson } from '../io/apply/change-json.ts';
import { ChangeStore } from '../io/apply/change-store.ts';
import type { Coexistence } from '../io/apply/coexist.ts';
import { coexistence } from '../io/apply/coexist.ts';
import { driftLines } from '../io/apply/drift-lines.ts';
import type { Enforcer, EnforcerState } from '../io/apply/enforcer.ts';
import { foreignOf } from '../io/apply/listing.ts';
import type { RuleCounts } from '../io/apply/rule-counts.ts';
import { unmet } from '../io/apply/rule-counts.ts';
import type { Change } from '../model/change.ts';
import { audit, keepCounts, keepInForce, machineOf, openEnforcer } from './apply-host.ts';
import type { Input } from './command.ts';
import { runBoot } from './firewall-boot.ts';
import { runRefresh, sizeText } from './firewall-refresh.ts';
import { count, jsonDocument, timeText } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

export async function runFirewall(shell: Shell, input: Input): Promise<number> {
  const [verb = 'status'] = input.args;
  if (verb === 'boot') return runBoot(shell, input);
  const work = VERBS.get(verb);
  if (work === undefined) {
    throw new PortolanError('E_USAGE', `There is no "firewall ${verb}"`, {
      remedy: 'See: portolan firewall --help',
    });
  }
  const enforcer = await openEnforcer(shell, input);
  try {
    return await work(shell, input, enforcer);
  } finally {
    enforcer.close();
  }
}

type Verb = (shell: Shell, input: Input, enforcer: Enforcer) => Promise<number>;

const VERBS: ReadonlyMap<string, Verb> = new Map([
  ['status', status],
  ['drift', drift],
  ['read', read],
  ['refresh', runRefresh],
  ['uninstall', uninstall],
]);

/** What is in force, exactly: asked of the machine, not of our memory. */
async function status(shell: Shell, input: Input, enforcer: Enforcer): Promise<number> {
  const state = await enforcer.recover();
  const listing = await enforcer.listing();
  const isPending = state.pending !== undefined;
  const found = isPending ? undefined : await enforcer.drift(state, listing);
  const change = await confirmedChange(enforcer, state.confirmed);
  const isLoaded = change !== undefined && listing !== undefined;
  const counts = isLoaded ? await keepCounts(shell, input, enforcer, change) : undefined;
  const others = coexistence(foreignOf(await enforcer.ruleset()));
  if (shell.json) {
    shell.out(
      jsonDocument('firewall', {
        machine: machineOf(input),
        confirmed: state.confirmed ?? null,
        pending: state.pending ?? null,
        loaded: listing !== undefined,
        drift: found !== undefined,
        bridges: change?.bridges ?? [],
        rules: counts?.rules ?? [],
        others,
      }),
    );
    return 0;
  }
  shell.out(`${inForceText(shell, state.confirmed, listing)}\n`);
  if (change !== undefined) printChange(shell, change, counts);
  printPending(shell, state);
  for (const line of found === undefined ? [] : driftLines(found)) shell.warn(line);
  printOthers(shell, others);
  return 0;
}

/** Rules that are named; more nobody reads. */
const SHOWN = 12;

function printPending(shell: Shell, { pending }: EnforcerState): void {
  if (pending === undefined) return;
  shell.out(`${pending.id} is loaded and waits: portolan confirm, or it is taken back\n`);
}

function printChange(
  shell: Shell,
  { bound, at, by, bridges = [] }: Change,
  counts: RuleCounts | undefined,
): void {
  shell.out(`${sizeText(bound)}, made ${timeText(shell, at)} by ${by}\n`);
  if (bridges.length > 0) shell.out(`Within segments: ${bridges.map(forTerminal).join(', ')}\n`);
  if (counts !== undefined) printUnmet(shell, counts);
}

function printUnmet(shell: Shell, counts: RuleCounts): void {
  const ids = unmet(counts);
  if (ids.length === 0) return;
  const shown = ids.slice(0, SHOWN).join(', ');
  const more = ids.length > SHOWN ? ` and ${ids.length - SHOWN} more` : '';
  const of = `${ids.length} of ${count(counts.rules.length, 'rule')}`;
  shell.out(`Nothing has met ${of} since they were loaded: ${shown}${more}\n`);
}

async function confirmedChange(
  enforcer: Enforcer,
  id: string | undefined,
): Promise<Change | undefined> {
  return id === undefined ? undefined : recordFromJson(await enforcer.read(id, 'meta'))?.change;
}

function inForceText(
  shell: Shell,
  confirmed: string | undefined,
  listing: string | undefined,
): string {
  if (confirmed === undefined && listing === undefined) return 'Nothing of ours is in force.';
  if (confirmed === undefined) return 'No change was confirmed.';
  if (listing !== undefined) return `Confirmed: ${confirmed}`;
  shell.warn('It is not loaded at boot yet: portolan firewall boot');
  return `${confirmed} was confirmed, and is not loaded.`;
}

function printOthers(shell: Shell, { owners, chains, warnings }: Coexistence): void {
  if (owners.length > 0) shell.out(`Others here: ${owners.join(', ')}\n`);
  if (chains.length > 0) {
    shell.out(
      table(
        shell,
        [
          { title: 'Table', value: (chain) => chain.table },
          { title: 'Chain', value: ({ name }) => name },
          { title: 'Hook', value: ({ hook }) => hook },
          { title: 'Priority', value: ({ priority }) => priority, rank: 1 },
          { title: 'Policy', value: (chain) => chain.policy },
        ],
        chains,
      ),
    );
  }
  for (const warning of warnings) shell.warn(warning);
}

/** 1 where somebody changed our table, as `diff` has it. */
async function drift(shell: Shell, _input: Input, enforcer: Enforcer): Promise<number> {
  const state = await enforcer.recover();
  const found = await enforcer.drift(state, await enforcer.listing());
  if (shell.json)
    shell.out(jsonDocument('firewall-drift', { drift: found !== undefined, ...found }));
  else if (found === undefined) shell.say('Our table is as we left it.');
  else shell.out(`${driftLines(found).join('\n')}\n`);
  return found === undefined ? 0 : 1;
}

async function read(shell: Shell, _input: Input, enforcer: Enforcer): Promise<number> {
  const listing = await enforcer.listing();
  if (listing === undefined) {
    shell.say('Nothing of ours is in force.');
    return 0;
  }
  shell.out(shell.json ? jsonDocument('firewall-rules', { listing }) : listing);
  return 0;
}

/** Ours goes; that nothing else went is compared, octet by octet. */
async function uninstall(shell: Shell, input: Input, enforcer: Enforcer): Promise<number> {
  const { pending } = await enforcer.recover();
  if (pending !== undefined) {
    throw new PortolanError('E_USAGE', `${pending.id} waits to be confirmed`, {
      remedy: 'Take it back first: portolan rollback',
    });
  }
  const before = foreignOf(await enforcer.ruleset());
  await enforcer.uninstall();
  const after = await enforcer.ruleset();
  const isClean = foreignOf(after) === after && (await enforcer.listing()) === undefined;
  const isSame = foreignOf(after) === before;
  audit(shell, `uninstall on ${machineOf(input)}`, '');
  new ChangeStore(shell.dataFolder ?? shell.env['PORTOLAN_DATA']).setInForce(
    machineOf(input),
    undefined,
  );
  await keepInForce(shell, input, enforcer);
  if (shell.json)
    shell.out(jsonDocument('firewall-uninstall', { removed: isClean, others: isSame }));
  if (!isClean) {
    throw new PortolanError('E_APPLY_STUCK', 'Our table is still there', {
      remedy: 'Remove it by hand: sudo nft delete table inet portolan',
    });
  }
  shell.say('Our tables are gone, and what we kept of them.');
  if (isSame) shell.say('What others have is as it was, octet by octet.');
  else shell.warn('What others have changed meanwhile: somebody else changed it at the same time.');
  shell.hint('If you had it loaded at boot: sudo systemctl disable portolan-firewall.service');
  return 0;
}
