import type { Policy, PolicyRule } from '../../model/policy.ts';
import { isEqualData } from '../decide/equal.ts';
import type { PolicyDocument } from '../document.ts';
import { removeRule, setEndpoint, setService } from '../edit.ts';
import { addRules } from '../learn/record.ts';
import { readPolicy } from '../read.ts';
import { own } from '../references.ts';
import type { MudDevice, MudPolicy } from './mud-policy.ts';

export interface MudRecording {
  /** The policy's text with the file's rules in it: comments, order and all that people wrote stay. */
  readonly text: string;
  readonly added: readonly PolicyRule[];
  readonly removed: readonly PolicyRule[];
}

/**
 * Puts the rules of a MUD file in the place of those that an earlier file gave the device.
 *
 * @param replaceLearned its learned rules go, too: what the maker says is all that is left
 */
export function recordMud(
  document: PolicyDocument,
  policy: Policy,
  device: MudDevice,
  mud: MudPolicy,
  replaceLearned: boolean,
): MudRecording {
  const wanted = new Map(mud.rules.map((rule) => [rule.id, rule]));
  const removed = policy.rules.filter((rule) => isReplaced(rule, device, wanted, replaceLearned));
  const gone = new Set(removed.map(({ id }) => id));
  const kept = new Set(policy.rules.map(({ id }) => id).filter((id) => !gone.has(id)));
  const added = mud.rules.filter(({ id }) => !kept.has(id));
  let current = document;
  const edit = (change: (before: PolicyDocument) => string): void => {
    current = readPolicy(change(current), document.file).document;
  };
  if (own(policy.endpoints, device.endpoint) === undefined) {
    edit((one) =>
      setEndpoint(one, device.endpoint, {
        kind: 'device',
        device: device.id,
        addresses: [],
        state: 'observing',
      }),
    );
  }
  for (const [name, endpoint] of Object.entries(mud.endpoints)) {
    if (isEqualData(own(policy.endpoints, name), endpoint)) continue;
    edit((one) => setEndpoint(one, name, endpoint));
  }
  for (const [name, matches] of Object.entries(mud.services)) {
    if (own(policy.services, name) === undefined) edit((one) => setService(one, name, matches));
  }
  for (const id of gone) edit((one) => removeRule(one, id));
  return { text: added.length === 0 ? current.text : addRules(current, added), added, removed };
}

/** A rule of the same id says the same; one that a person edited since is that person's. */
function isReplaced(
  rule: PolicyRule,
  { endpoint }: MudDevice,
  wanted: ReadonlyMap<string, PolicyRule>,
  replaceLearned: boolean,
): boolean {
  const { origin, from, to, side, id } = rule;
  const isOwn = (side === 'ingress' ? to : from) === endpoint;
  if (!isOwn) return false;
  if (origin.kind === 'learned') return replaceLearned;
  return origin.kind === 'mud' && !isEqualData(wanted.get(id), rule);
}

/** The same policy with one device managed: what a MUD file changes shows only then. */
export function asEnforced(policy: Policy, { id, endpoint }: MudDevice): Policy {
  const known = own(policy.endpoints, endpoint);
  const addresses = known?.kind === 'device' ? known.addresses : [];
  return {
    ...policy,
    endpoints: {
      ...policy.endpoints,
      [endpoint]: { kind: 'device', device: id, addresses, state: 'enforcing' },
    },
  };
}
