import type { PolicyRule } from '../../model/policy.ts';
import type { Attempts } from './attempts.ts';
import { parentOf } from './host-name.ts';
import type { Judgement } from './judge-kind.ts';
import { isSuspicious, judgeKind } from './judge-kind.ts';
import type { Kind } from './kinds.ts';
import { peerKey } from './kinds.ts';
import type { Draft } from './learner.ts';
import type {
  DeviceProposal,
  GroupUse,
  LearnContext,
  LearnDevice,
  Question,
  Reason,
} from './proposal.ts';
import { ruleId, ruleOf, serviceText } from './rule.ts';
import { Tally } from './tally.ts';
import { questionText } from './words.ts';

/** Rules that one *yes* may add: more than that nobody has read. */
const AT_ONCE = 16;
/** Questions of one reason about one device that are worth telling apart. */
const QUESTIONS = 12;
/** Sibling names that make it likely that there are others. */
const SIBLINGS = 4;
/**
 * Labels of the parent of a pattern. There is no list of public suffixes here, so that `*.co.uk` or
 * `*.example.com` is never proposed, and what is proposed is asked: a cloud's own suffixes
 * (publicsuffix.org) have four labels and more.
 */
const PARENT_LABELS = 3;

interface Judged {
  readonly kind: Kind;
  readonly judgement: Exclude<Judgement, 'none'>;
  readonly rule: PolicyRule;
}

interface Doubtful extends Judged {
  readonly judgement: Reason;
}

/** What is learned of one device: rules where nothing is in doubt, questions for all else. */
export function propose(draft: Draft, attempts: Attempts, context: LearnContext): DeviceProposal {
  const { device, presence } = draft;
  const circumstances = { device, days: presence.days, attempts, context };
  const judged = draft.kinds.all().flatMap((kind): readonly Judged[] => {
    const judgement = judgeKind(kind, circumstances);
    if (judgement === 'none') return [];
    const rule = ruleOf(device, kind, context);
    const isNew = judgement === 'rule' && context.decided?.has(rule.id) !== true;
    const isHeld = isNew && context.inForce?.has(device.id) === true;
    return [{ kind, judgement: isHeld ? 'widening' : judgement, rule }];
  });
  const rules = judged.filter(({ judgement }) => judgement === 'rule').map(({ rule }) => rule);
  const questions = questionsOf(device, judged, context);
  return {
    device: device.id,
    endpoint: device.endpoint,
    rules,
    questions,
    groups: [...draft.groups].sort(byUse).map(([, group]) => group),
    coverage: presence.coverage(),
    peers: peersOf(judged),
  };
}

/** The most used first; then by what tells them apart. */
function byUse(
  [a, one]: readonly [string, GroupUse],
  [b, other]: readonly [string, GroupUse],
): number {
  return other.flows - one.flows || (a < b ? -1 : 1);
}

function peersOf(judged: readonly Judged[]): readonly string[] {
  const ids = judged.flatMap(({ kind }) =>
    kind.peer.kind === 'device' ? [kind.peer.device.id] : [],
  );
  return [...new Set(ids)].sort();
}

function questionsOf(
  device: LearnDevice,
  judged: readonly Judged[],
  context: LearnContext,
): readonly Question[] {
  const patterns = patternsOf(device, judged, context);
  const covered = new Set(patterns.flatMap(({ kinds }) => kinds));
  const open = judged
    .filter(isDoubtful)
    .filter(({ rule }) => context.decided?.has(rule.id) !== true)
    // The name alone is in doubt only for being one of many.
    .filter(({ judgement, kind }) => judgement !== 'rare' || !covered.has(kind));
  const asked = patterns.flatMap(({ question }) => (question === undefined ? [] : [question]));
  const bundles = bundlesOf(open).flatMap(([key, all]) => bundled(device, key, all));
  return [...asked, ...bundles].sort(
    (a, b) => Number(b.suspicious) - Number(a.suspicious) || (a.id < b.id ? -1 : 1),
  );
}

/** Where there would be too many questions of one reason, they are one. */
function bundlesOf(open: readonly Doubtful[]): readonly (readonly [string, readonly Doubtful[]])[] {
  const broad = groupBy(open, ({ judgement, kind }) => `${judgement} ${kind.side}`);
  return [...broad].flatMap(([key, all]) => {
    const fine = [...groupBy(all, ({ judgement, kind }) => bundleKey(judgement, kind))];
    return fine.length > QUESTIONS ? [[key, all] as const] : fine;
  });
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** What is asked together: a search once, not for each door at which it knocked. */
function bundleKey(reason: Reason, kind: Kind): string {
  const base = `${reason} ${kind.side}`;
  if (reason === 'scan' || reason === 'after-scan') return base;
  if (reason === 'no-name' || reason === 'from-internet') return `${base} ${serviceText(kind)}`;
  return reason === 'rare'
    ? `${base} ${peerKey(kind.peer)}`
    : `${base} ${peerKey(kind.peer)} ${serviceText(kind)}`;
}

function isDoubtful(one: Judged): one is Doubtful {
  return one.judgement !== 'rule';
}

function bundled(device: LearnDevice, key: string, all: readonly Doubtful[]): readonly Question[] {
  const [first] = all;
  if (first === undefined) return [];
  const { judgement: reason, rule } = first;
  const kinds = all.map(({ kind }) => kind);
  const question: Question = {
    id: all.length === 1 ? rule.id : ruleId(device, key),
    device: device.id,
    reason,
    suspicious: isSuspicious(reason),
    asks: questionText(reason, device.endpoint, kinds),
    rules: all.length > AT_ONCE ? [] : all.map((one) => one.rule),
    kinds: all.length,
  };
  return [question];
}

interface Pattern {
  readonly kinds: readonly Kind[];
  /** Absent where a person has said yes already. */
  readonly question?: Question;
}

/** Names that differ in the first label only, below one parent, with one service. */
function patternsOf(
  device: LearnDevice,
  judged: readonly Judged[],
  context: LearnContext,
): readonly Pattern[] {
  const families = new Map<string, Judged[]>();
  for (const one of judged) {
    const { peer, side } = one.kind;
    if (peer.kind !== 'name' || isSuspicious(one.judgement)) continue;
    const parent = parentOf(peer.name, PARENT_LABELS);
    if (parent === undefined) continue;
    const key = `${side} ${parent} ${serviceText(one.kind)}`;
    families.set(key, [...(families.get(key) ?? []), one]);
  }
  return [...families.values()]
    .filter((family) => family.length >= SIBLINGS)
    .map((family) => patternOf(device, family, context))
    .filter((pattern) => pattern !== undefined);
}

function patternOf(
  device: LearnDevice,
  family: readonly Judged[],
  context: LearnContext,
): Pattern | undefined {
  const kinds = family.map(({ kind }) => kind);
  const [first] = kinds;
  if (first === undefined || first.peer.kind !== 'name') return undefined;
  const tally = new Tally();
  for (const kind of kinds) tally.merge(kind.tally);
  const name = `*.${parentOf(first.peer.name, PARENT_LABELS) ?? ''}`;
  const rule = ruleOf(device, { ...first, peer: { kind: 'name', name }, tally }, context);
  const said = context.decided?.get(rule.id);
  if (said === 'allow') return { kinds };
  // Refused: then each name is a question of its own.
  if (said !== undefined) return undefined;
  const question: Question = {
    id: rule.id,
    device: device.id,
    reason: 'pattern',
    suspicious: false,
    asks: questionText('pattern', device.endpoint, kinds),
    rules: [rule],
    kinds: kinds.length,
  };
  return { kinds, question };
}
