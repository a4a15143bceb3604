import { untrusted } from '../../base/untrusted.ts';
import type { Fact } from '../../model/evidence.ts';
import type { Talk, Turn } from './converse.ts';
import type { Statement } from './statement.ts';
import { spokenIn } from './statement.ts';

/** Whether an open door is claimed: only that is worth a control question. */
export function needsControl(statement: Statement): boolean {
  return statement.facts.some((fact) => fact.kind === 'access' && fact.level === 'open');
}

/**
 * Judges a claim by how the same port took another protocol's greeting. Whoever speaks both is a
 * parrot (a honeypot, a tarpit that learnt): what it says proves nothing, and an open door least.
 */
export function judged(statement: Statement, control: Talk): Statement {
  const turn = firstTurn(control.turns);
  if (turn === undefined) return statement;
  if (spokenIn(control.facts) === undefined) return { ...statement, control: turn };
  const behaviour: Fact = {
    kind: 'detail',
    name: 'behaviour',
    value: untrusted('answers every protocol that it is asked'),
  };
  return {
    ...statement,
    certainty: 'likely',
    facts: [...statement.facts.filter(({ kind }) => kind !== 'access'), behaviour],
    control: turn,
  };
}

function firstTurn(turns: readonly Turn[]): Turn | undefined {
  return turns.find(({ sent }) => sent.length > 0);
}
