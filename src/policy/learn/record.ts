import type { DeviceState, Policy, PolicyRule } from '../../model/policy.ts';
import type { PolicyDocument } from '../document.ts';
import { addRule, replaceRule, setEndpoint, setState } from '../edit.ts';
import { readPolicy } from '../read.ts';
import { own } from '../references.ts';
import { ruleText } from '../write.ts';
import type { DeviceProposal } from './proposal.ts';

/** Columns at which a list of rules may begin. */
const MARGINS = [2, 0, 4, 6, 8];

/** What a proposal changes in a policy. */
export interface Recording {
  readonly added: readonly PolicyRule[];
  /** Learned before and seen again: the same rule with newer evidence. */
  readonly seenAgain: readonly PolicyRule[];
  /** Learned before, of these devices, and not seen in what was learned from now. */
  readonly unseen: readonly PolicyRule[];
}

/** What would change: rules that a person has edited keep what that person wrote. */
export function recordingOf(policy: Policy, devices: readonly DeviceProposal[]): Recording {
  const before = new Map(policy.rules.map((rule) => [rule.id, rule]));
  const proposed = devices.flatMap(({ rules }) => rules);
  const ids = new Set(proposed.map(({ id }) => id));
  const endpoints = new Set(devices.map(({ endpoint }) => endpoint));
  const isOwn = ({ from, to, side }: PolicyRule): boolean =>
    endpoints.has(side === 'ingress' ? to : from);
  return {
    added: proposed.filter(({ id }) => !before.has(id)),
    seenAgain: proposed.flatMap((rule) => {
      const known = before.get(rule.id);
      return known === undefined || !isLearned(known) ? [] : [renewed(known, rule)];
    }),
    unseen: policy.rules.filter((rule) => isLearned(rule) && isOwn(rule) && !ids.has(rule.id)),
  };
}

function isLearned({ origin, action }: PolicyRule): boolean {
  return origin.kind === 'learned' && action === 'allow';
}

/** One who took the expiry away wants none. */
function renewed(known: PolicyRule, { origin, expires }: PolicyRule): PolicyRule {
  const isLater = known.expires !== undefined && expires !== undefined && expires > known.expires;
  return { ...known, origin, ...(isLater ? { expires } : {}) };
}

/**
 * The policy's text with what was learned in it: comments, order and all that people wrote stay.
 * A device that was only observed is `learned` then; no rule is in force by that.
 *
 * @param endpoints names of devices, by id, for those that the policy does not name yet
 */
export function recordProposal(
  document: PolicyDocument,
  policy: Policy,
  devices: readonly DeviceProposal[],
  endpoints: ReadonlyMap<string, string>,
): string {
  const { added, seenAgain } = recordingOf(policy, devices);
  const named = new Set(devices.flatMap(({ device, peers }) => [device, ...peers]));
  let current = document;
  const edit = (change: (before: PolicyDocument) => string): void => {
    current = readPolicy(change(current), document.file).document;
  };
  for (const [device, name] of endpoints) {
    if (!named.has(device) || own(policy.endpoints, name) !== undefined) continue;
    edit((one) =>
      setEndpoint(one, name, { kind: 'device', device, addresses: [], state: 'observing' }),
    );
  }
  for (const { endpoint } of devices) {
    if (stateOf(policy, endpoint) === 'observing')
      edit((one) => setState(one, endpoint, 'learned'));
  }
  if (seenAgain.length > 0) edit((one) => replaceRules(one, seenAgain));
  if (added.length > 0) edit((one) => addRules(one, added));
  return current.text;
}

/** Of what has no endpoint yet: it will be observed first. */
export function stateOf(policy: Policy, name: string): DeviceState {
  const endpoint = own(policy.endpoints, name);
  return endpoint?.kind === 'device' ? endpoint.state : 'observing';
}

/** All behind the last one, in one go: to read a policy again for each of thousands takes minutes. */
export function addRules(document: PolicyDocument, rules: readonly PolicyRule[]): string {
  const [first, ...others] = rules;
  if (first === undefined) return document.text;
  const text = addRule(document, first);
  const margin = MARGINS.find((one) => text.includes(ruleText(first, one)));
  if (margin === undefined) {
    // Between brackets, or in JSON: one by one.
    return others.reduce(
      (sofar, rule) => addRule(readPolicy(sofar, document.file).document, rule),
      text,
    );
  }
  const [before = '', ...behind] = text.split(ruleText(first, margin));
  const all = rules.map((rule) => ruleText(rule, margin)).join('');
  return `${before}${all}${behind.join(ruleText(first, margin))}`;
}

interface Change {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Each is changed in the same text, and what differs is put together: rules do not overlap. */
function replaceRules(document: PolicyDocument, rules: readonly PolicyRule[]): string {
  const changes = rules
    .map((rule) => changeOf(document.text, replaceRule(document, rule)))
    .sort((a, b) => b.from - a.from);
  return changes.reduce(
    (text, { from, to, text: put }) => text.slice(0, from) + put + text.slice(to),
    document.text,
  );
}

function changeOf(before: string, after: string): Change {
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from += 1;
  let same = 0;
  while (same < shorter - from && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  return { from, to: before.length - same, text: after.slice(from, after.length - same) };
}
