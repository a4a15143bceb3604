import { EVERY_ADDRESS, unionOf } from '../base/address-set.ts';
import type { BoundPeer, BoundRule } from '../model/bound-policy.ts';
import type { Policy } from '../model/policy.ts';
import type { Peers } from './bind-peers.ts';
import { own, parsePeer } from './references.ts';

const RULE = 'ptl-quarantine';

interface Setting {
  readonly side: 'egress' | 'ingress';
  readonly policy: Policy;
  readonly peers: Peers;
  /** Of NAT. */
  readonly translated: readonly BoundRule[];
}

/**
 * A device in quarantine may do what its own rules say and nothing else: not what is allowed to
 * its zone, to everybody or to a group with others in it, and no forward leads to it. So its own
 * rules go in front, which changes nothing for others as they match nobody else, and the rest is
 * denied right behind them.
 */
export function hoistOwnRules(
  rules: readonly BoundRule[],
  { side, policy, peers, translated }: Setting,
): readonly BoundRule[] {
  const inside = Object.entries(policy.endpoints).filter(
    ([, endpoint]) => endpoint.kind === 'device' && endpoint.state === 'quarantine',
  );
  const names = inside.map(([name]) => name);
  if (names.length === 0) return [...translated, ...rules];
  const found = names.map((name) => peers.find(name, { path: ['endpoints', name] }).peer);
  const held: BoundPeer = {
    ranges: unionOf(...found.map(({ ranges }) => ranges)),
    names: [],
    devices: [...new Set(found.flatMap(({ devices }) => devices))],
  };
  if (held.ranges.length === 0) return [...translated, ...rules];
  const ownIds = new Set(
    policy.rules
      .filter((rule) => isOnlyOf(policy, side === 'egress' ? rule.from : rule.to, new Set(names)))
      .map(({ id }) => id),
  );
  const everybody: BoundPeer = { ranges: EVERY_ADDRESS, names: [], devices: [] };
  const rest: BoundRule = {
    id: RULE,
    from: side === 'egress' ? held : everybody,
    to: side === 'egress' ? everybody : held,
    matches: [{}],
    action: policy.refuse === 'drop' ? 'deny' : 'reject',
    log: false,
  };
  const ownRules = rules.filter(({ id }) => ownIds.has(id));
  return [...ownRules, rest, ...translated, ...rules.filter(({ id }) => !ownIds.has(id))];
}

/** Whether an end names quarantined devices and nobody else; groups count by their members. */
function isOnlyOf(policy: Policy, text: string, names: ReadonlySet<string>): boolean {
  const parsed = parsePeer(text);
  if (parsed.kind !== 'endpoint') return false;
  const seen = new Set<string>();
  const open = [parsed.value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const endpoint = own(policy.endpoints, next);
    if (endpoint?.kind === 'group') open.push(...endpoint.members);
    else if (!names.has(next)) return false;
  }
  return true;
}
