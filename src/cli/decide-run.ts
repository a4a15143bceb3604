import { forTerminal } from '../base/encode.ts';
import { PortolanError } from '../base/errors.ts';
import { loadPolicy, savePolicy } from '../io/policy-file.ts';
import { who, withSession } from '../io/site/session.ts';
import type { PolicyRule } from '../model/policy.ts';
import type { Question } from '../policy/learn/proposal.ts';
import { addRules } from '../policy/learn/record.ts';
import { ruleSentence } from '../policy/learn/words.ts';
import { count, jsonDocument, jsonList } from './format.ts';
import { forgetQuestion, openQuestions } from './learn-questions.ts';
import type { Shell } from './shell.ts';

/** `policy decide [id] [yes|no]`: answers a question of `policy learn`; without an id, lists them. */
export function runDecide(
  shell: Shell,
  file: string,
  [id, answer]: readonly string[],
): Promise<number> {
  return withSession(shell, ({ store }) => {
    const open = openQuestions(store);
    if (id === undefined) {
      list(shell, open);
      return 0;
    }
    const question = open.find((one) => one.id === id);
    if (question === undefined) throw unknown(id);
    const rules = decided(question, answer);
    const before = loadPolicy(file);
    const known = new Set(before.policy.rules.map((rule) => rule.id));
    const added = rules.filter((rule) => !known.has(rule.id));
    savePolicy(file, before.text, addRules(before.document, added));
    store.audit({
      at: shell.now(),
      who: who(),
      what: `policy decide ${id} ${answer ?? ''}`,
      why: question.asks,
    });
    forgetQuestion(store, id);
    if (shell.json) shell.out(jsonDocument('policy-decide', { id, answer, rules: added }));
    else for (const rule of added) shell.out(`${forTerminal(ruleSentence(rule))} (${rule.id})\n`);
    shell.say('Not in force yet. See what it changes: portolan plan');
    return 0;
  });
}

/** No is a rule as well: it stands in the policy for all to see, and is not asked again. */
function decided(
  { rules, id, kinds }: Question,
  answer: string | undefined,
): readonly PolicyRule[] {
  if (answer !== 'yes' && answer !== 'no') {
    throw new PortolanError('E_USAGE', `"${answer ?? ''}" is neither yes nor no`, {
      remedy: `Type one of the two: portolan policy decide ${id} no`,
    });
  }
  // Nothing to write down: what no rule allows is denied once the device is enforced.
  if (rules.length === 0 && answer === 'no') return [];
  if (rules.length === 0) {
    throw new PortolanError(
      'E_USAGE',
      `${id} stands for ${kinds} kinds of flows, too many to decide unseen`,
      {
        remedy: `Look at them: portolan flows. To leave them denied: portolan policy decide ${id} no`,
      },
    );
  }
  return rules.map(({ expires, ...rule }) =>
    answer === 'yes'
      ? { ...rule, ...(expires === undefined ? {} : { expires }) }
      : { ...rule, action: 'deny', note: 'Refused when it was asked' },
  );
}

function list(shell: Shell, open: readonly Question[]): void {
  if (shell.json) {
    shell.out(jsonList(shell, 'policy-questions', open));
    return;
  }
  for (const { id, asks, suspicious } of open) {
    shell.out(`${suspicious ? '!' : '?'} ${id}: ${forTerminal(asks)}\n`);
  }
  shell.hint(`${count(open.length, 'question')}; answer one: portolan policy decide ID yes|no`);
}

function unknown(id: string): PortolanError {
  return new PortolanError('E_NOT_FOUND', `There is no open question ${id}`, {
    remedy: 'List them: portolan policy decide',
  });
}
