import { createHash } from 'node:crypto';
import { z } from 'zod';
import type {
  Effect,
  LearnResult,
  PolicyCheck,
  PolicyCheckRequest,
  PolicySave,
  PolicyView,
} from '../../../model/api/policy.ts';
import { learn } from '../../../policy/learn/learner.ts';
import { recordingOf, recordProposal } from '../../../policy/learn/record.ts';
import type { DaemonContext } from '../../daemon/context.ts';
import { checkPolicyText } from '../../daemon/policy-check.ts';
import { policyOrFirst } from '../../daemon/wanted.ts';
import { readPolicyText, savePolicy } from '../../policy-file.ts';
import { endpointNames } from '../../site/endpoint-names.ts';
import { learnContext } from '../../site/learn-context.ts';
import { daysOf } from '../../site/plan.ts';
import { findDevice } from '../../site/session.ts';
import type { Refusal } from '../refusal.ts';
import { changedBetween, unmatched } from '../refusal.ts';
import type { Answer, Route } from '../route.ts';
import { route } from '../route.ts';

const DAY = 86_400_000;
const TAG = 'policy';
const text = z.string().max(4_000_000);
const count = z.number();

const policyView: z.ZodType<PolicyView> = z.object({
  version: z.string(),
  text,
  exists: z.boolean(),
  file: z.string(),
});

const policySave: z.ZodType<PolicySave> = z.object({ text });

const checkRequest: z.ZodType<PolicyCheckRequest> = z.object({
  text,
  since: z.exactOptional(z.string().max(20)),
  target: z.exactOptional(z.string().max(40)),
});

const flowGroup = z.object({
  device: z.exactOptional(z.string()),
  source: z.string(),
  destination: z.string(),
  name: z.exactOptional(z.string()),
  service: z.string(),
  direction: z.enum(['egress', 'ingress']),
  flows: count,
  bytes: count,
  firstSeen: count,
  lastSeen: count,
  because: z.string(),
  rules: z.array(z.string()),
});

/** What recorded traffic would meet, in the document of the API. */
export const effect: z.ZodType<Effect> = z.object({
  since: count,
  flows: count,
  stillAllowed: count,
  stillBlocked: count,
  elsewhere: count,
  newlyBlocked: z.array(flowGroup),
  newlyAllowed: z.array(flowGroup),
  wouldBlock: z.array(flowGroup),
});

/** Whether whoever asks would still be let in. */
export const lockOutView = z.object({ ok: z.boolean(), because: z.string() });

const policyCheck: z.ZodType<PolicyCheck> = z.object({
  problems: z.array(
    z.object({
      line: count,
      column: count,
      severity: z.enum(['error', 'warning']),
      message: z.string(),
      remedy: z.string(),
    }),
  ),
  words: z.array(
    z.object({
      rule: z.string(),
      line: count,
      text: z.string(),
      learned: z.boolean(),
      shadowed: z.exactOptional(z.string()),
    }),
  ),
  tests: z.array(z.object({ line: count, text: z.string(), ok: z.boolean(), because: z.string() })),
  rules: z.exactOptional(z.string()),
  effect: z.exactOptional(effect),
  lockOut: lockOutView,
});

const learnResult: z.ZodType<LearnResult> = z.object({
  text,
  added: count,
  questions: z.array(z.object({ id: z.string(), text: z.string() })),
  coverage: z.string(),
});

export const policy: readonly Route[] = [
  route({
    id: 'getPolicy',
    method: 'get',
    path: '/policy',
    scope: 'read',
    tag: TAG,
    summary: 'The policy as it is written',
    answer: { kind: 'json', schema: policyView },
    run: async ({ context }) => policyAnswer(await viewOf(context)),
  }),
  route({
    id: 'savePolicy',
    method: 'put',
    path: '/policy',
    scope: 'policy:propose',
    tag: TAG,
    previews: true,
    summary: 'Saves the policy; nothing is in force until a change is applied',
    body: policySave,
    answer: { kind: 'json', schema: policyView },
    run: async ({ context, body, ifMatch, dryRun, caller }) => {
      const before = await viewOf(context);
      if (ifMatch === undefined && before.exists) throw unmatched();
      const fits = [undefined, '*', before.version].includes(ifMatch);
      if (!fits) throw conflict(before, body.text);
      if (dryRun) return policyAnswer(before);
      savePolicy(before.file, before.exists ? before.text : undefined, body.text);
      const after = await viewOf(context);
      const at = context.world.now();
      const { who: by } = caller;
      context.events.publish({ type: 'policy.saved', at, version: after.version, by });
      return policyAnswer(after);
    },
  }),
  route({
    id: 'checkPolicy',
    method: 'post',
    path: '/policy/check',
    scope: 'read',
    readOnly: true,
    tag: TAG,
    summary: 'What is wrong with a text, what it says, and what it would do to recorded traffic',
    body: checkRequest,
    answer: { kind: 'json', schema: policyCheck },
    run: async ({ context, body, caller }) => ({
      kind: 'json',
      value: await checkPolicyText(context, body, caller.address),
    }),
  }),
  route({
    id: 'learnPolicy',
    method: 'post',
    path: '/policy/learn',
    scope: 'policy:propose',
    tag: TAG,
    summary: 'What was learned from traffic, as a policy that could be saved',
    body: z.object({
      device: z.exactOptional(z.string().max(64)),
      since: z.exactOptional(z.string().max(20)),
    }),
    answer: { kind: 'json', schema: learnResult },
    run: async ({ context, body }) => ({ kind: 'json', value: await learned(context, body) }),
  }),
];

function policyAnswer(view: PolicyView): Answer {
  return { kind: 'json', value: view, etag: view.version };
}

async function viewOf(context: DaemonContext): Promise<PolicyView> {
  const { file, text: found } = await policyOrFirst(context);
  return { version: versionOf(found), text: found, exists: isThere(file), file };
}

function isThere(file: string): boolean {
  return readPolicyText(file) !== undefined;
}

function versionOf(of: string): string {
  return createHash('sha256').update(of).digest('hex').slice(0, 20);
}

/** Somebody else saved meanwhile: what is there now, against what was sent, line by line. */
function conflict({ version, text: there }: PolicyView, sent: string): Refusal {
  const difference = lineDifference(there, sent);
  return changedBetween('The policy was changed by somebody else meanwhile', {
    version,
    difference,
  });
}

/** `-` for lines that are only there, `+` for lines that are only in what was sent. */
function lineDifference(there: string, sent: string): string {
  const [a, b] = [there.split('\n'), sent.split('\n')];
  const [inA, inB] = [new Set(a), new Set(b)];
  const lines = [
    ...a.filter((line) => !inB.has(line)).map((line) => `- ${line}`),
    ...b.filter((line) => !inA.has(line)).map((line) => `+ ${line}`),
  ];
  return lines.slice(0, 200).join('\n');
}

async function learned(
  context: DaemonContext,
  { device: wanted, since = '14d' }: { readonly device?: string; readonly since?: string },
): Promise<LearnResult> {
  const { site } = context.site();
  const before = await policyOrFirst(context);
  const only = wanted === undefined ? undefined : new Set([findDevice(site, wanted).id]);
  const learning = await learnContext(site, before.policy, {}, only);
  const from = context.world.now() - daysOf(since) * DAY;
  const proposal = learn(context.session.store.flows({ since: from, byOthers: true }), learning);
  const recording = recordingOf(before.policy, proposal.devices);
  const names = endpointNames(site, before.policy);
  return {
    text: recordProposal(before.document, before.policy, proposal.devices, names),
    added: recording.added.length,
    questions: proposal.devices.flatMap(({ questions }) =>
      questions.map(({ id, asks }) => ({ id, text: asks })),
    ),
    coverage: proposal.devices
      .map(({ endpoint, coverage }) => `${endpoint}: ${coverage.days} days`)
      .join(', '),
  };
}
