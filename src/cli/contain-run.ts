import { forTerminal } from '../base/encode.ts';
import { PortolanError } from '../base/errors.ts';
import { ChangeStore } from '../io/apply/change-store.ts';
import type { Edit } from '../io/apply/containing.ts';
import { changeInForce, containing, edited, policyOf, released } from '../io/apply/containing.ts';
import type { PolicyFile } from '../io/policy-file.ts';
import { loadPolicy, policyPath, savePolicy } from '../io/policy-file.ts';
import { endpointNames } from '../io/site/endpoint-names.ts';
import { makePlan } from '../io/site/plan.ts';
import type { Session } from '../io/site/session.ts';
import { findDevice, who, withSession } from '../io/site/session.ts';
import type { Change, RecordedEffect } from '../model/change.ts';
import type { Containment } from '../policy/contain.ts';
import { durationOf } from './allow-run.ts';
import { audit, machineOf, openEnforcer } from './apply-host.ts';
import { applyOn } from './apply-run.ts';
import type { Input } from './command.ts';
import { count, jsonDocument, timeText } from './format.ts';
import { sinceOf } from './plan-options.ts';
import type { Shell } from './shell.ts';

export async function runContain(shell: Shell, input: Input): Promise<number> {
  const [wanted] = input.args;
  if (input.flag('undo')) {
    const endpoint = wanted === undefined ? undefined : await endpointOf(shell, input, wanted);
    return await hold(shell, input, `end containment of ${endpoint?.name ?? 'all'}`, (policy) =>
      released(policy, endpoint?.name),
    );
  }
  if (wanted === undefined) {
    throw new PortolanError('E_USAGE', 'Which device?', {
      remedy: 'For example: portolan contain camera; or end all: portolan contain --undo',
    });
  }
  const how = chosen(shell, input);
  const endpoint = await endpointOf(shell, input, wanted);
  if (how === undefined) return await showChoices(shell, input, endpoint);
  const edit = holding(shell, input, endpoint, how);
  return await hold(shell, input, `contain ${endpoint.device}: ${textOf(how)}`, edit);
}

interface Endpoint {
  readonly name: string;
  readonly device: string;
}

function chosen(shell: Shell, input: Input): Containment | undefined {
  const service = input.text('stop');
  const ways: Containment[] = [
    ...(input.flag('isolate') ? [{ kind: 'isolate' } as const] : []),
    ...(service === undefined ? [] : [{ kind: 'stop', service } as const]),
    ...(input.flag('keepInternet') ? [{ kind: 'keep-internet' } as const] : []),
  ];
  if (ways.length > 1) {
    throw new PortolanError('E_USAGE', 'Only one of --isolate, --stop and --keep-internet', {
      remedy: 'The strictest is: portolan contain DEVICE --isolate',
    });
  }
  if (ways.length === 0 && shell.verbose) shell.say('Nothing is changed without a choice.');
  return ways[0];
}

function textOf(how: Containment): string {
  return how.kind === 'stop' ? `--stop ${how.service}` : `--${how.kind}`;
}

function endpointOf(shell: Shell, input: Input, wanted: string): Promise<Endpoint> {
  const { policy } = loadPolicy(fileOf(shell, input));
  const direct = Object.hasOwn(policy.endpoints, wanted) ? policy.endpoints[wanted] : undefined;
  if (direct?.kind === 'device') return Promise.resolve({ name: wanted, device: direct.device });
  return withSession(shell, (session) => {
    const site = session.site();
    const { id } = findDevice(site, wanted);
    return { name: endpointNames(site, policy).get(id) ?? id, device: id };
  });
}

function fileOf(shell: Shell, input: Input): string {
  return policyPath(shell.dataFolder ?? shell.env['PORTOLAN_DATA'], input.text('policy'));
}

function holding(shell: Shell, input: Input, { name, device }: Endpoint, how: Containment): Edit {
  const until = shell.now() + durationOf(input.text('for') ?? '1h');
  return containing({ name, device, how, until, by: who() });
}

/**
 * What is in force, with these rules: drafts that wait in the file do not come in with an emergency.
 * The file gets the rules too, and loses them again where the change is taken back.
 */
async function hold(shell: Shell, input: Input, what: string, edit: Edit): Promise<number> {
  const file = fileOf(shell, input);
  const enforcer = await openEnforcer(shell, input);
  try {
    const loaded = loadPolicy(file);
    const inForce = await changeInForce(enforcer);
    const next = edited(policyOf(inForce, loaded), edit);
    const applying = { ...plain(input), args: [] };
    if (input.flag('dryRun')) return await applyOn(shell, applying, enforcer, next);
    const text = edit(loaded);
    savePolicy(file, loaded.text, text);
    try {
      const status = await applyOn(shell, applying, enforcer, next);
      audit(shell, what, input.text('for') ?? '');
      return status;
    } catch (error) {
      savePolicy(file, text, loaded.text);
      throw error;
    }
  } finally {
    enforcer.close();
  }
}

function plain(input: Input): Input {
  return {
    args: input.args,
    text: (name) => input.text(name),
    flag: (name) => input.flag(name),
    list: (name) => (name === 'probe' ? [] : input.list(name)),
  };
}

/** What each way would have stopped, from what was recorded. */
function showChoices(shell: Shell, input: Input, endpoint: Endpoint): Promise<number> {
  const before = new ChangeStore(shell.dataFolder ?? shell.env['PORTOLAN_DATA']).inForce(
    machineOf(input),
  )?.change;
  const loaded = loadPolicy(fileOf(shell, input));
  return withSession(shell, async (session) => {
    const of = (how: Containment): Promise<RecordedEffect> =>
      effectOf(shell, session, input, {
        before,
        policy: edited(policyOf(before, loaded), holding(shell, input, endpoint, how)),
      });
    const isolate = await of({ kind: 'isolate' });
    const [first] = isolate.newlyBlocked.toSorted((a, b) => b.flows - a.flows);
    const service = first?.service ?? 'tcp/23';
    const ways = [
      { way: '--isolate', effect: isolate },
      { way: `--stop ${service}`, effect: await of({ kind: 'stop', service }) },
      { way: '--keep-internet', effect: await of({ kind: 'keep-internet' }) },
    ];
    if (shell.json) {
      shell.out(jsonDocument('contain', { device: endpoint.device, ways }));
      return 0;
    }
    for (const { way, effect } of ways) shell.out(choiceText(shell, way, effect));
    shell.say(
      `Nothing was changed. For example: sudo portolan contain ${endpoint.device} --isolate --for 1h`,
    );
    return 0;
  });
}

async function effectOf(
  shell: Shell,
  session: Session,
  input: Input,
  { before, policy }: { readonly before: Change | undefined; readonly policy: PolicyFile },
): Promise<RecordedEffect> {
  return (await makePlan(shell, session, { before, policy, ...sinceOf(input) })).recorded;
}

function choiceText(shell: Shell, way: string, { newlyBlocked }: RecordedEffect): string {
  if (newlyBlocked.length === 0) return `${way}: no recorded traffic would be stopped\n`;
  const flows = newlyBlocked.reduce((sum, group) => sum + group.flows, 0);
  const shown = newlyBlocked.slice(0, 3).map(({ source, name, destination, service, lastSeen }) => {
    const to = forTerminal(name ?? destination);
    return `  ${source} → ${to} ${service}, last ${timeText(shell, lastSeen)}\n`;
  });
  const more = newlyBlocked.length > 3 ? `  and ${newlyBlocked.length - 3} more\n` : '';
  const head = `${way}: ${count(flows, 'flow')} of ${count(newlyBlocked.length, 'kind')} would be stopped\n`;
  return `${head}${shown.join('')}${more}`;
}
