import { forTerminal } from '../base/encode.ts';
import { PortolanError } from '../base/errors.ts';
import { readPolicyText } from '../io/policy-file.ts';
import { bindContext } from '../io/site/bind-context.ts';
import { withSession } from '../io/site/session.ts';
import type { Policy } from '../model/policy.ts';
import { bindAll } from '../policy/bind.ts';
import type { PolicyDocument } from '../policy/document.ts';
import type { Diagnostic } from '../policy/problem.ts';
import { diagnosticText } from '../policy/problem.ts';
import { examinePolicy, placed } from '../policy/read.ts';
import { count, jsonDocument } from './format.ts';
import type { Shell } from './shell.ts';

interface CheckOptions {
  readonly strict: boolean;
  readonly fileOnly: boolean;
}

/** 2 where the policy cannot be used, or with `--strict` where anything is odd. */
export async function runCheck(
  shell: Shell,
  file: string,
  { strict, fileOnly }: CheckOptions,
): Promise<number> {
  const text = textOf(file);
  const { policy, document, diagnostics } = examinePolicy(text, file);
  const formFits = policy !== undefined && !diagnostics.some(({ level }) => level === 'error');
  const names =
    formFits && document !== undefined && !fileOnly ? await lookUp(shell, policy, document) : [];
  const all = [...diagnostics, ...names].toSorted(
    (a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0),
  );
  const errors = all.filter(({ level }) => level === 'error').length;
  if (shell.json)
    shell.out(jsonDocument('policy-check', { file, diagnostics: all.map(forReport) }));
  else print(shell, file, all, errors);
  return errors > 0 || (strict && all.length > 0) ? 2 : 0;
}

function textOf(file: string): string {
  const text = readPolicyText(file);
  if (text !== undefined) return text;
  throw new PortolanError('E_NOT_FOUND', `There is no policy ${file}`, {
    remedy: 'Make one from what is known of the network: portolan policy init',
  });
}

function lookUp(shell: Shell, policy: Policy, document: PolicyDocument): Promise<Diagnostic[]> {
  return withSession(shell, (session) =>
    placed(bindAll(policy, bindContext(shell, session)).problems, document),
  );
}

function forReport(diagnostic: Diagnostic): object {
  const { level, id, message, remedy, place } = diagnostic;
  return { level, line: place?.line, column: place?.column, rule: id, message, remedy };
}

function print(shell: Shell, file: string, all: readonly Diagnostic[], errors: number): void {
  for (const diagnostic of all) shell.out(linesOf(diagnostic));
  if (all.length === 0) shell.say(`${file}: no problem found.`);
  else shell.say(`${count(errors, 'error')}, ${count(all.length - errors, 'warning')}.`);
}

/** As compilers print it, with the place below. */
export function linesOf(diagnostic: Diagnostic): string {
  const { level, place, remedy } = diagnostic;
  const head = `${forTerminal(diagnosticText(diagnostic))}  [${level}]\n`;
  if (place === undefined) return `${head}    ${forTerminal(remedy)}\n`;
  const { text, at } = place.excerpt;
  const from = Math.max(0, at - 60);
  const before = forTerminal(text.slice(from, at));
  const after = forTerminal(text.slice(at, at + 60));
  return `${head}      ${before}${after}\n      ${' '.repeat(before.length)}^\n    ${forTerminal(remedy)}\n`;
}
