import { PortolanError } from '../base/errors.ts';
import { recordToJson } from '../io/apply/change-json.ts';
import { ChangeStore } from '../io/apply/change-store.ts';
import { coexistence } from '../io/apply/coexist.ts';
import { driftLines } from '../io/apply/drift-lines.ts';
import type { Drift, Enforcer, Fate } from '../io/apply/enforcer.ts';
import { foreignOf } from '../io/apply/listing.ts';
import type { Probe } from '../io/apply/probe.ts';
import { failing, parseProbe } from '../io/apply/probe.ts';
import { tryInScratch } from '../io/apply/scratch.ts';
import {
  endConnections,
  holdBase,
  holdTarget,
  readInForce,
  recordOf,
  rulesOf,
} from '../io/apply/steps.ts';
import type { PolicyFile } from '../io/policy-file.ts';
import type { Plan } from '../io/site/plan.ts';
import { effectsOf, makePlan, ownAddresses, targetOf } from '../io/site/plan.ts';
import { withSession } from '../io/site/session.ts';
import type { Change } from '../model/change.ts';
import { compile } from '../targets/target.ts';
import { audit, keepInForce, machineOf, openEnforcer } from './apply-host.ts';
import { ask, untilDecided } from './apply-wait.ts';
import type { Input } from './command.ts';
import { count, jsonDocument } from './format.ts';
import { planOptions, sinceOf } from './plan-options.ts';
import { changesSomething, planJson, printPlan } from './plan-print.ts';
import type { Shell } from './shell.ts';

/** Seconds: a person has to look, and a lock-out must not last. */
const WITHIN = { least: 1, most: 3600 };

export async function runApply(shell: Shell, input: Input): Promise<number> {
  const enforcer = await openEnforcer(shell, input);
  try {
    return await applyOn(shell, input, enforcer);
  } finally {
    enforcer.close();
  }
}

/** @param policy instead of the one that the command names */
export async function applyOn(
  shell: Shell,
  input: Input,
  enforcer: Enforcer,
  policy?: PolicyFile,
): Promise<number> {
  const within = secondsOf(input.text('confirmWithin') ?? '60');
  const probes = input.list('probe').map(parseProbe);
  return await new Applying(shell, input, enforcer, { probes, policy }).run(within);
}

function secondsOf(text: string): number {
  const seconds = Number(/^\d{1,4}$/.exec(text)?.[0]);
  if (seconds >= WITHIN.least && seconds <= WITHIN.most) return seconds;
  throw new PortolanError('E_USAGE', `--confirm-within ${JSON.stringify(text)} is no such time`, {
    remedy: `Give seconds from ${WITHIN.least} to ${WITHIN.most}: portolan apply --confirm-within 60`,
  });
}

/** One change on its way: everything is looked at before anything is touched. */
class Applying {
  readonly #shell: Shell;
  readonly #input: Input;
  readonly #enforcer: Enforcer;
  readonly #probes: readonly Probe[];
  readonly #policy: PolicyFile | undefined;
  readonly #changes: ChangeStore;

  constructor(
    shell: Shell,
    input: Input,
    enforcer: Enforcer,
    { probes, policy }: { probes: readonly Probe[]; policy: PolicyFile | undefined },
  ) {
    this.#shell = shell;
    this.#input = input;
    this.#enforcer = enforcer;
    this.#probes = probes;
    this.#policy = policy;
    this.#changes = new ChangeStore(shell.dataFolder ?? shell.env['PORTOLAN_DATA']);
  }

  async run(within: number): Promise<number> {
    const shell = this.#shell;
    const { record, previous } = await readInForce(this.#enforcer, (drift) => this.#drifted(drift));
    const own =
      machineOf(this.#input) === this.#input.text('router')
        ? new Set<string>()
        : await ownAddresses();
    const plan = await this.#plan(record?.change, own);
    const rules = rulesOf(plan.change);
    await this.#try(rules, previous);
    if (!shell.json) printPlan(shell, plan);
    await this.#warnOfOthers();
    if (this.#input.flag('dryRun')) return this.#dry(plan);
    if (!changesSomething(plan) && previous !== undefined && !this.#input.flag('acceptDrift')) {
      if (shell.json) shell.out(planJson(plan));
      return 0;
    }
    await this.#allowed(plan);
    const broken = await failing(this.#probes);
    const before = record?.change;
    await this.#load(plan.change, before, { rules, previous, within });
    await this.#revoke(plan.change, before, own);
    await this.#probe(plan.change, broken);
    if (this.#input.flag('detach')) return this.#left(plan.change, within);
    const fate = await untilDecided(shell, this.#enforcer, plan.change.id, within);
    const status = settle(shell, this.#input, plan.change, before, fate);
    await keepInForce(shell, this.#input, this.#enforcer);
    return status;
  }

  #drifted(drift: Drift): void {
    for (const line of driftLines(drift)) this.#shell.warn(line);
    // A table that is gone, as after a restart, holds nothing of anybody's that could be lost.
    if (drift.found === undefined || this.#input.flag('acceptDrift')) return;
    throw new PortolanError('E_POLICY', 'Our table was changed by hand since it was applied', {
      remedy: 'Take the difference into the policy, or overwrite it: portolan apply --accept-drift',
    });
  }

  async #plan(before: Change | undefined, own: ReadonlySet<string>): Promise<Plan> {
    const [id] = this.#input.args;
    const plan = await withSession(this.#shell, async (session) => {
      if (id === undefined) {
        const policy = this.#policy === undefined ? {} : { policy: this.#policy };
        return await makePlan(this.#shell, session, {
          before,
          own,
          ...planOptions(this.#input),
          ...policy,
        });
      }
      const saved = this.#changes.read(id);
      const change = saved?.change;
      if (change === undefined) throw noChange(id);
      holdTarget(change);
      holdBase(change, saved?.before, before);
      const artefact = compile(targetOf(change.target), change.bound, {
        bridges: change.bridges ?? [],
      });
      const options = { bound: change.bound, own, before, ...sinceOf(this.#input) };
      const effects = effectsOf(this.#shell, session, options);
      return { change, artefact, before, notes: [], ...effects };
    });
    this.#changes.save(plan.change.id, recordOf(plan.change, before));
    return plan;
  }

  async #try(rules: string, previous: string | undefined): Promise<void> {
    const { tried, why } = await tryInScratch(rules, previous);
    if (!tried) this.#shell.warn(`The rules were not tried before: ${why ?? 'nobody may here'}`);
  }

  async #warnOfOthers(): Promise<void> {
    const { warnings } = coexistence(foreignOf(await this.#enforcer.ruleset()));
    for (const warning of warnings) this.#shell.warn(warning);
  }

  #dry(plan: Plan): number {
    if (this.#shell.json) this.#shell.out(planJson(plan));
    this.#shell.say('Nothing was changed (--dry-run).');
    return 0;
  }

  async #allowed({ recorded }: Plan): Promise<void> {
    if (this.#input.flag('yes')) return;
    const lost = recorded.newlyBlocked.length;
    const what = lost === 0 ? '' : ` ${count(lost, 'kind')} of recorded traffic will be blocked.`;
    const answer = await ask(this.#shell, `Load it?${what} [y/N] `);
    if (answer === 'y' || answer === 'yes') return;
    throw new PortolanError('E_USAGE', 'It was not loaded: nobody said yes', {
      remedy: 'Look at it first, then: portolan apply --yes',
    });
  }

  async #load(
    change: Change,
    before: Change | undefined,
    { rules, previous, within }: { rules: string; previous: string | undefined; within: number },
  ): Promise<void> {
    const meta = recordToJson(recordOf(change, before));
    audit(this.#shell, `apply ${change.id} on ${this.#enforcer.name}`, `within ${within} s`);
    await this.#enforcer.load({ id: change.id, rules, previous, within, meta });
    this.#shell.say(`${change.id} is loaded on ${this.#enforcer.name}.`);
  }

  /** Best effort: what is not deleted passes until it ends by itself. */
  async #revoke(
    change: Change,
    before: Change | undefined,
    own: ReadonlySet<string>,
  ): Promise<void> {
    try {
      const gone = await endConnections(this.#enforcer, before?.bound, change.bound, own);
      if (gone > 0) this.#shell.say(`${count(gone, 'connection')} under way ended.`);
    } catch (error) {
      if (!(error instanceof PortolanError)) throw error;
      this.#shell.warn(`Connections under way go on until they end: ${error.message}`);
    }
  }

  /** The way in, and what was asked for; what did not work before is not held against the change. */
  async #probe(change: Change, broken: ReadonlySet<string>): Promise<void> {
    const lockedOut = await this.#enforcer.lockedOut();
    const now = await failing(this.#probes);
    const failed = [...now].filter((text) => !broken.has(text));
    const why = lockedOut ?? (failed.length === 0 ? undefined : `${failed.join(', ')} fails now`);
    if (why === undefined) return;
    this.#shell.warn(`Taken back: ${why}`);
    await this.#enforcer.decide(change.id, 'no').catch((error: unknown) => {
      // The watchdog does it at the deadline.
      if (!(error instanceof PortolanError)) throw error;
    });
  }

  #left({ id }: Change, within: number): number {
    if (this.#shell.json) this.#shell.out(jsonDocument('apply', { change: id, state: 'loaded' }));
    this.#shell.say(`Taken back in ${within} s. Keep it: portolan confirm ${id}`);
    return 0;
  }
}

function noChange(id: string): PortolanError {
  return new PortolanError('E_NOT_FOUND', `There is no change ${id}`, {
    remedy: 'Make one: portolan plan; or apply the policy as it is: portolan apply',
  });
}

/** Says what became of a change, keeps it, and gives the exit status. */
export function settle(
  shell: Shell,
  input: Input,
  change: Change,
  before: Change | undefined,
  fate: Fate,
): number {
  const machine = machineOf(input);
  audit(shell, `${fate} ${change.id} on ${machine}`, '');
  if (fate === 'confirmed') {
    new ChangeStore(shell.dataFolder ?? shell.env['PORTOLAN_DATA']).setInForce(
      machine,
      recordOf(change, before),
    );
    if (shell.json) shell.out(jsonDocument('apply', { change: change.id, state: fate }));
    shell.say(`${change.id} is kept.`);
    shell.hint('See that it is loaded at boot: portolan firewall boot');
    return 0;
  }
  if (fate === 'rolled-back') {
    throw new PortolanError('E_APPLY_ROLLED_BACK', `${change.id} was taken back`, {
      remedy: 'What was in force before is in force again: portolan firewall status',
    });
  }
  throw new PortolanError(
    'E_APPLY_STUCK',
    `${change.id} could not be taken back: its rules may still be in force on ${machine}`,
    { remedy: 'Look, and remove ours if in doubt: portolan firewall uninstall' },
  );
}
