import { basename } from 'node:path';
import { forTerminal } from '../base/encode.ts';
import { PortolanError } from '../base/errors.ts';
import { loadPolicy, savePolicy } from '../io/policy-file.ts';
import { endpointNames } from '../io/site/endpoint-names.ts';
import type { LearnOptions } from '../io/site/learn-context.ts';
import { learnContext } from '../io/site/learn-context.ts';
import type { Session } from '../io/site/session.ts';
import { findDevice, withSession } from '../io/site/session.ts';
import type { StoredFlow } from '../io/store/store.ts';
import { learn } from '../policy/learn/learner.ts';
import type { DeviceProposal, Proposal } from '../policy/learn/proposal.ts';
import type { Recording } from '../policy/learn/record.ts';
import { recordingOf, recordProposal } from '../policy/learn/record.ts';
import { evidenceText, ruleSentence } from '../policy/learn/words.ts';
import type { Input } from './command.ts';
import { count, jsonDocument } from './format.ts';
import { keepQuestions } from './learn-questions.ts';
import type { Shell } from './shell.ts';

const DAY = 86_400_000;

/**
 * `policy learn [device...]`: from flows to rules in the policy, and questions.
 *
 * @param what devices; all where it is empty
 */
export function runLearn(
  shell: Shell,
  input: Input,
  file: string,
  what: readonly string[],
): Promise<number> {
  return withSession(shell, async (session) => {
    const before = loadPolicy(file);
    const from = input.text('from');
    if (from !== undefined) {
      const { importCapture } = await import('./import-capture.ts');
      const status = await importCapture(shell, session, from);
      if (status !== 0) return status;
    }
    const site = session.site();
    const ids = what.map((wanted) => findDevice(site, wanted).id);
    const only = ids.length === 0 ? undefined : new Set(ids);
    const context = await learnContext(site, before.policy, learnOptions(input), only);
    const proposal = learn(flowsOf(shell, session, input), context);
    if (proposal.devices.length === 0) throw nothingSeen(what);
    const recording = recordingOf(before.policy, proposal.devices);
    print(shell, proposal, recording);
    if (input.flag('dryRun')) {
      shell.say('Nothing was written (--dry-run)');
      return 0;
    }
    const names = endpointNames(site, before.policy);
    const text = recordProposal(before.document, before.policy, proposal.devices, names);
    savePolicy(file, before.text, text);
    const devices = new Set(proposal.devices.map(({ device }) => device));
    keepQuestions(
      session.store,
      devices,
      proposal.devices.flatMap(({ questions }) => questions),
    );
    shell.say(
      `Written to ${file}. Rules count from the state trial on, and when the policy is applied.`,
    );
    shell.hint('Go on: portolan policy try DEVICE');
    return 0;
  });
}

function learnOptions(input: Input): LearnOptions {
  const [expire, blocklist] = [input.text('expire'), input.text('blocklist')];
  return {
    ...(expire === undefined ? {} : { expire }),
    ...(blocklist === undefined ? {} : { blocklist }),
  };
}

/** Of one capture, or of the last days; captures are known in the store by their name. */
function* flowsOf(shell: Shell, { store }: Session, input: Input): Generator<StoredFlow> {
  const from = input.text('from');
  const observer =
    from === undefined ? undefined : `capture:${from === '-' ? 'stdin' : basename(from)}`;
  const since = sinceOf(shell, input.text('since'));
  for (const flow of store.flows({ byOthers: true, ...(since === undefined ? {} : { since }) })) {
    if (observer === undefined || flow.observer === observer) yield flow;
  }
}

function sinceOf(shell: Shell, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  const at = days === undefined ? Date.parse(text) : shell.now() - Number(days) * DAY;
  if (!Number.isNaN(at)) return at;
  throw new PortolanError('E_USAGE', `--since "${text}" is neither a number of days nor a date`, {
    remedy: 'For example --since 14d or --since 2026-11-01',
  });
}

function nothingSeen(what: readonly string[]): PortolanError {
  const of = what.length === 0 ? 'of any device' : `of ${what.join(', ')}`;
  return new PortolanError('E_NOT_FOUND', `No traffic ${of} is known, so nothing can be learned`, {
    remedy:
      'Watch for a week: portolan watch; or learn from a capture: portolan policy learn --from FILE.pcap',
  });
}

function print(shell: Shell, proposal: Proposal, recording: Recording): void {
  if (shell.json) {
    const generated = new Date(shell.now()).toISOString();
    shell.out(jsonDocument('policy-learn', { generated, ...proposal, ...recording }));
    return;
  }
  for (const device of proposal.devices)
    shell.out(`${deviceLines(device, recording).join('\n')}\n`);
  const { ambiguous, full } = proposal.left;
  if (ambiguous > 0)
    shell.warn(`${count(ambiguous, 'flow')} could be of several devices: left out`);
  if (full > 0) shell.warn(`${count(full, 'flow')} were of too many kinds: left out`);
}

function deviceLines(device: DeviceProposal, recording: Recording): readonly string[] {
  const { endpoint, rules, questions, groups, coverage } = device;
  const added = new Set(recording.added.map(({ id }) => id));
  const unseen = recording.unseen.filter(
    ({ from, to, side }) => (side === 'ingress' ? to : from) === endpoint,
  );
  const days = coverage.days === 1 ? 'one day' : `${coverage.days} days`;
  return [
    `${forTerminal(endpoint)} (${device.device}): ${count(coverage.flows, 'flow')} on ${days}, confidence ${coverage.confidence}`,
    ...rules.map(
      (rule) =>
        `  ${added.has(rule.id) ? '+' : '='} ${words(ruleSentence(rule))}: ${evidenceText(rule.origin)} (${rule.id})`,
    ),
    ...unseen.map(
      (rule) => `  ~ ${words(ruleSentence(rule))}: was not seen this time (${rule.id})`,
    ),
    ...questions.flatMap(({ id, asks, suspicious, rules: possible }) => [
      `  ${suspicious ? '!' : '?'} ${words(asks)}`,
      possible.length === 0
        ? '    Too many to accept at once: look at them first, portolan flows'
        : `    portolan policy decide ${id} yes|no`,
    ]),
    ...coverage.gaps.map(({ text }) => `  - ${text}`),
    ...(groups.length === 0
      ? []
      : [
          `  It speaks to ${count(groups.length, 'group')} in its own segment, which no rule is about`,
        ]),
  ];
}

function words(text: string): string {
  return forTerminal(text);
}
