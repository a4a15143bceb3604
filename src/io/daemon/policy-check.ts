import { PortolanError } from '../../base/errors.ts';
import { visible } from '../../base/untrusted.ts';
import type { PolicyCheck, PolicyCheckRequest, PolicyProblem } from '../../model/api/policy.ts';
import type { BoundPolicy } from '../../model/bound-policy.ts';
import type { Policy } from '../../model/policy.ts';
import { bindAll } from '../../policy/bind.ts';
import type { BindContext } from '../../policy/bind-context.ts';
import { decider } from '../../policy/decide/decider.ts';
import { shadowed } from '../../policy/decide/shadow.ts';
import type { PolicyDocument } from '../../policy/document.ts';
import { ruleSentence } from '../../policy/learn/words.ts';
import type { Diagnostic } from '../../policy/problem.ts';
import { examinePolicy, placed } from '../../policy/read.ts';
import { replay } from '../../policy/replay.ts';
import { runPolicyTests } from '../../policy/run-tests.ts';
import { compile } from '../../targets/target.ts';
import { ChangeStore } from '../apply/change-store.ts';
import { policyPath } from '../policy-file.ts';
import { bindContext } from '../site/bind-context.ts';
import { daysOf, ownAddresses, targetOf } from '../site/plan.ts';
import type { DaemonContext } from './context.ts';
import { folderOf, lockOut } from './wanted.ts';

const DAY = 86_400_000;
/** Rules above which it takes too long, while somebody types, to find those that never match. */
const MOST_FOR_SHADOWS = 500;
/** The same of recorded flows, newest first. */
const MOST_FLOWS = 100_000;

/**
 * Everything that can be said of a text while somebody writes it. Never throws for what is in the
 * text: what is wrong is in the answer, with its place.
 */
export async function checkPolicyText(
  context: DaemonContext,
  request: PolicyCheckRequest,
  client: string,
): Promise<PolicyCheck> {
  const file = policyPath(folderOf(context.world));
  const { policy, document, diagnostics } = examinePolicy(request.text, file);
  const fits = !diagnostics.some(({ level }) => level === 'error');
  if (policy === undefined || document === undefined || !fits) {
    return { ...NOTHING_SAID, problems: diagnostics.map(problemOf) };
  }
  const binding = bindContext(context.world, context.session, context.site().site);
  const { bound, problems } = bindAll(policy, binding);
  const own = await ownAddresses();
  return {
    problems: [...diagnostics, ...placed(problems, document)].map(problemOf),
    words: wordsOf(policy, document, bound),
    tests: testsOf(policy, { bound, binding, document }),
    effect: effectOf(context, request, bound, own),
    lockOut: lockOut(bound, client, own),
    ...rulesIn(request.target, bound),
  };
}

const NOTHING_SAID: PolicyCheck = {
  problems: [],
  words: [],
  tests: [],
  lockOut: { ok: true, because: 'not asked: the policy has errors' },
};

function problemOf({ level, message, remedy, place }: Diagnostic): PolicyProblem {
  const { line = 1, column = 1 } = place ?? {};
  return { line, column, severity: level, message, remedy };
}

function wordsOf(
  policy: Policy,
  document: PolicyDocument,
  bound: BoundPolicy,
): PolicyCheck['words'] {
  const covered =
    policy.rules.length > MOST_FOR_SHADOWS
      ? new Map<string, readonly string[]>()
      : new Map(
          shadowed(decider(bound))
            .filter(({ everywhere }) => everywhere)
            .map(({ rule, by }) => [rule, by]),
        );
  return policy.rules.map((rule, index) => {
    const by = covered.get(rule.id);
    return {
      rule: rule.id,
      line: document.place(['rules', index]).line,
      text: ruleSentence(rule),
      learned: rule.origin.kind === 'learned',
      ...(by === undefined ? {} : { shadowed: by.join(', ') }),
    };
  });
}

function testsOf(
  policy: Policy,
  {
    bound,
    binding,
    document,
  }: {
    readonly bound: BoundPolicy;
    readonly binding: BindContext;
    readonly document: PolicyDocument;
  },
): PolicyCheck['tests'] {
  return runPolicyTests(policy, bound, binding).map(({ index, test, ok, decision }) => ({
    line: document.place(['tests', index]).line,
    text: visible(`${test.from} → ${test.to} ${test.service}: ${test.expect}`),
    ok,
    because: decision?.because ?? 'it stands for no connection',
  }));
}

function effectOf(
  { world, session }: DaemonContext,
  request: PolicyCheckRequest,
  bound: BoundPolicy,
  own: ReadonlySet<string>,
): PolicyCheck['effect'] & object {
  const since = world.now() - daysOf(request.since ?? '14d') * DAY;
  const before = new ChangeStore(folderOf(world)).inForce('this machine')?.change?.bound;
  const flows = session.store.flows({ since, byOthers: true, limit: MOST_FLOWS });
  return { since, ...replay(flows, before, bound, { own }) };
}

/** Absent where the firewall cannot say it: the plan tells why. */
function rulesIn(target: string | undefined, bound: BoundPolicy): Pick<PolicyCheck, 'rules'> {
  if (target === undefined) return {};
  try {
    return {
      rules: compile(targetOf(target), bound)
        .files.map(({ text }) => text)
        .join('\n'),
    };
  } catch (error) {
    if (error instanceof PortolanError) return { rules: `# ${error.message}\n` };
    throw error;
  }
}
