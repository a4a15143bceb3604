import { PortolanError } from '../../base/errors.ts';
import type { Change } from '../../model/change.ts';
import type { Policy, PolicyRule } from '../../model/policy.ts';
import type { Containment } from '../../policy/contain.ts';
import { containedBy, containingRules } from '../../policy/contain.ts';
import { deviceKey } from '../../policy/device-key.ts';
import { addRule, removeRule, setEndpoint } from '../../policy/edit.ts';
import { readPolicy } from '../../policy/read.ts';
import { serviceOf } from '../../policy/services.ts';
import { writePolicy } from '../../policy/write.ts';
import type { PolicyFile } from '../policy-file.ts';
import { recordFromJson } from './change-json.ts';
import type { Enforcer } from './enforcer.ts';

/** Makes of one text of a policy another; what is in force and the file are edited alike. */
export type Edit = (policy: PolicyFile) => string;

export interface Held {
  /** Name of the endpoint, and id of its device. */
  readonly name: string;
  readonly device: string;
  readonly how: Containment;
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly by: string;
}

/** The device gets an endpoint where the policy has none: observed, so that nothing else binds it. */
export function containing({ name, device, how, until, by }: Held): Edit {
  return (before) => {
    const { policy } = before;
    if (how.kind === 'stop' && serviceOf(policy.services, how.service) === undefined) {
      throw new PortolanError('E_USAGE', `${JSON.stringify(how.service)} is no service`, {
        remedy: 'For example: portolan contain camera --stop tcp/23',
      });
    }
    const key = deviceKey(device);
    const note = `For a while, by ${by}`;
    const rules = containingRules(policy, { endpoint: name, how, until, key, note });
    let text = released(before, name);
    if (!Object.hasOwn(policy.endpoints, name)) {
      const endpoint = { kind: 'device', device, addresses: [], state: 'observing' } as const;
      text = setEndpoint(readPolicy(text, before.file).document, name, endpoint);
    }
    return withRules(text, before.file, rules);
  };
}

/** The same without the rules that hold a device; any where none is named. */
export function released(
  { policy, text: start, file }: PolicyFile,
  endpoint: string | undefined,
): string {
  let text = start;
  for (const id of containedBy(policy, endpoint)) {
    text = removeRule(readPolicy(text, file).document, id);
  }
  return text;
}

/** Rules in front of all others, in their order. */
export function withRules(start: string, file: string, rules: readonly PolicyRule[]): string {
  let text = start;
  for (const rule of rules.toReversed()) {
    const { policy, document } = readPolicy(text, file);
    text = addRule(document, rule, policy.rules[0]?.id);
  }
  return text;
}

export function edited(before: PolicyFile, edit: Edit): PolicyFile {
  return withText(before.file, edit(before));
}

/**
 * What a device is held over: the policy that is in force. Where none is, one that denies nothing, so
 * that an emergency does not bring in rules that nobody applied yet.
 */
export function policyOf(
  change: Pick<Change, 'policy'> | undefined,
  loaded: PolicyFile,
): PolicyFile {
  return withText(loaded.file, change?.policy ?? writePolicy(dormant(loaded.policy)));
}

function dormant({ zones, endpoints, ...rest }: Policy): Policy {
  return {
    ...rest,
    zones: mapped(zones, (zone) => ({ ...zone, default: 'leave' })),
    endpoints: mapped(endpoints, (one) =>
      one.kind === 'device' ? { ...one, state: 'observing' } : one,
    ),
    rules: [],
    nat: { masquerade: [], forwards: [], oneToOne: [], pools: [], redirects: [] },
    tests: [],
  };
}

function mapped<Value>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Value,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** The change that the machine itself says is in force. */
export async function changeInForce(enforcer: Enforcer): Promise<Change | undefined> {
  const { confirmed } = await enforcer.recover();
  if (confirmed === undefined) return undefined;
  return recordFromJson(await enforcer.read(confirmed, 'meta'))?.change;
}

function withText(file: string, text: string): PolicyFile {
  return { ...readPolicy(text, file), file, text };
}
