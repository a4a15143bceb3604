import { basename } from 'node:path';
import { readRuleset, readThisMachine, targetCalled } from '../io/firewall-state.ts';
import type { Session } from '../io/site/session.ts';
import { withSession } from '../io/site/session.ts';
import type { Target } from '../targets/target.ts';
import { count } from './format.ts';
import type { Shell } from './shell.ts';

/** Notes that are printed one by one. */
const SHOWN = 5;

/** `import firewall`: what is in force on this machine, which is the router. */
export function importThisFirewall(shell: Shell): Promise<number> {
  return withSession(shell, async (session) => {
    const readings = await readThisMachine(shell.now(), shell.stop);
    for (const reading of readings) keep(shell, session, 'this machine', reading);
    return 0;
  });
}

/** Keeps the rules that a file holds. */
export function importRuleset(
  shell: Shell,
  session: Session,
  file: string,
  document: Uint8Array,
  target: Target,
): void {
  const text = new TextDecoder().decode(document);
  const origin = file === '-' ? 'standard input' : basename(file);
  keep(shell, session, file, readRuleset(text, { origin, at: shell.now(), target }));
}

function keep(
  shell: Shell,
  { store }: Session,
  file: string,
  { reading, rules, notes }: ReturnType<typeof readRuleset>,
): void {
  store.saveFirewall(reading);
  const title = targetCalled(reading.target)?.title ?? reading.target;
  shell.say(`${file}: ${count(rules, 'rule')} of ${title}; what they allow: portolan ledger`);
  for (const note of notes.slice(0, SHOWN)) shell.warn(`${file}: ${note}`);
  if (notes.length > SHOWN) shell.warn(`${file}: ${notes.length - SHOWN} more notes`);
}
