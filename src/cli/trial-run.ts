import { PortolanError } from '../base/errors.ts';
import { loadPolicy, savePolicy } from '../io/policy-file.ts';
import { endpointNames } from '../io/site/endpoint-names.ts';
import { findDevice, withSession } from '../io/site/session.ts';
import type { Store } from '../io/store/store.ts';
import type { DeviceState, Policy, PolicyRule } from '../model/policy.ts';
import { setState } from '../policy/edit.ts';
import { stateOf } from '../policy/learn/record.ts';
import { count, jsonDocument } from './format.ts';
import { openQuestions } from './learn-questions.ts';
import type { Shell } from './shell.ts';

/** What each verb makes of a device, and from which states without `--now`. */
const STEPS = {
  observe: { state: 'observing', from: undefined },
  try: { state: 'trial', from: ['learned', 'trial', 'enforcing', 'quarantine'] },
  enforce: { state: 'enforcing', from: ['trial', 'enforcing', 'quarantine'] },
} as const satisfies Readonly<
  Record<string, { readonly state: DeviceState; readonly from: readonly DeviceState[] | undefined }>
>;

export type Step = keyof typeof STEPS;

/** `policy try|enforce|observe DEVICE`: one step on the way from watching a device to holding it. */
export function runStep(
  shell: Shell,
  file: string,
  step: Step,
  { wanted, now }: { readonly wanted: string | undefined; readonly now: boolean },
): Promise<number> {
  if (wanted === undefined) {
    throw new PortolanError('E_USAGE', 'That needs a device', {
      remedy: `For example: portolan policy ${step} camera`,
    });
  }
  return withSession(shell, (session) => {
    const before = loadPolicy(file);
    const { name, device } = endpointOf(before.policy, wanted, session.site);
    const was = stateOf(before.policy, name);
    const { state } = STEPS[step];
    if (!now) checkStep(before.policy, { step, name, was });
    savePolicy(file, before.text, setState(before.document, name, state));
    if (shell.json) shell.out(jsonDocument('policy-state', { endpoint: name, device, was, state }));
    else shell.out(`${name}: ${was} → ${state}\n`);
    remind(shell, session.store, device);
    shell.say('It takes effect when the policy is applied. See what it changes: portolan plan');
    return 0;
  });
}

/** Of an endpoint that the policy has: a state is a statement in it. */
export function endpointOf(
  policy: Policy,
  wanted: string,
  site: () => Parameters<typeof endpointNames>[0],
): { readonly name: string; readonly device: string } {
  const direct = Object.hasOwn(policy.endpoints, wanted) ? policy.endpoints[wanted] : undefined;
  if (direct?.kind === 'device') return { name: wanted, device: direct.device };
  const { id } = findDevice(site(), wanted);
  const name = endpointNames(site(), policy).get(id) ?? '';
  if (Object.hasOwn(policy.endpoints, name)) return { name, device: id };
  throw new PortolanError('E_NOT_FOUND', `The policy does not know ${id}`, {
    remedy: `Learn what it needs first: portolan policy learn ${id}`,
  });
}

/** A device of which nothing was learned would lose everything; one that was never tried, something. */
function checkStep(
  policy: Policy,
  { step, name, was }: { readonly step: Step; readonly name: string; readonly was: DeviceState },
): void {
  const { from } = STEPS[step];
  if (from === undefined) return;
  if (!policy.rules.some((rule) => speaksOf(rule, name))) {
    throw new PortolanError('E_USAGE', `No rule speaks of ${name}: it could do nothing any more`, {
      remedy: `Learn what it needs: portolan policy learn ${name}; or mean it: portolan policy ${step} ${name} --now`,
    });
  }
  const allowed: readonly DeviceState[] = from;
  if (allowed.includes(was)) return;
  const first = step === 'try' ? 'learn' : 'try';
  throw new PortolanError('E_USAGE', `${name} is ${was}: that step comes too early`, {
    remedy: `First: portolan policy ${first} ${name}; or at once: portolan policy ${step} ${name} --now`,
  });
}

function speaksOf({ from, to }: PolicyRule, name: string): boolean {
  return from === name || to === name;
}

function remind(shell: Shell, store: Store, device: string): void {
  const open = openQuestions(store).filter((question) => question.device === device);
  if (open.length === 0) return;
  shell.warn(
    `${count(open.length, 'question')} about it ${open.length === 1 ? 'is' : 'are'} open: portolan policy decide`,
  );
}
