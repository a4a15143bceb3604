import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { PortolanError } from '../base/errors.ts';
import type { Enforcer, Fate } from '../io/apply/enforcer.ts';
import type { Shell } from './shell.ts';
import { StatusLine } from './terminal.ts';

/** Milliseconds between two looks whether somebody decided. */
const LOOK_EVERY = 300;
/** Seconds beyond the deadline for the watchdog to restore, which it tries five times. */
const GRACE = 30;

/** Undefined where nobody sits at a terminal. */
export async function ask(shell: Shell, question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !shell.errIsTerminal) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question, { signal: shell.stop })).trim().toLowerCase();
  } catch (error) {
    if (shell.stop.aborted) return '';
    throw error;
  } finally {
    lines.close();
  }
}

/** Waits for a person, here or elsewhere, or for the deadline; whoever stops us takes it back. */
export async function untilDecided(
  shell: Shell,
  enforcer: Enforcer,
  id: string,
  within: number,
): Promise<Fate> {
  const over = new AbortController();
  const answered = askToKeep(shell, enforcer, id, within, over.signal);
  const status = new StatusLine(shell);
  // No clock that somebody may set: the watchdog goes by none either.
  const begun = performance.now();
  try {
    for (;;) {
      const left = Math.ceil(within - (performance.now() - begun) / 1000);
      const fate = await fateOf(shell, enforcer, id, left);
      if (fate !== undefined) return fate;
      if (left < -GRACE) return 'stuck';
      if (shell.stop.aborted) await enforcer.decide(id, 'no');
      if (answered === undefined && left >= 0) {
        const text = `Taken back in ${left} s. Keep it: portolan confirm ${id}`;
        status.show(text, (1 - left / within) * 100);
      }
      await sleep(LOOK_EVERY);
    }
  } finally {
    status.clear();
    over.abort();
  }
}

/** While a router does not answer, its watchdog goes on there: we wait until it comes back. */
async function fateOf(
  shell: Shell,
  enforcer: Enforcer,
  id: string,
  left: number,
): Promise<Fate | undefined> {
  try {
    return await enforcer.fate(id);
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    if (left < -GRACE) throw unknownFate(enforcer, id, error);
    shell.warn(
      `${error.message}. Its own watchdog takes the change back in ${Math.max(0, left)} s.`,
    );
    await sleep(1000);
    return undefined;
  }
}

/** Undefined where there is nobody to ask. */
function askToKeep(
  shell: Shell,
  enforcer: Enforcer,
  id: string,
  within: number,
  over: AbortSignal,
): Promise<void> | undefined {
  if (!process.stdin.isTTY || !shell.errIsTerminal) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const signal = AbortSignal.any([over, shell.stop]);
  const question = `Does everything work? Type yes within ${within} s to keep it, no to take it back: `;
  return lines
    .question(question, { signal })
    .then(async (answer) => {
      const word = answer.trim().toLowerCase();
      await enforcer.decide(id, word === 'yes' || word === 'y' ? 'yes' : 'no');
    })
    .catch(() => {}) // Nobody answered: the watchdog decides.
    .finally(() => lines.close());
}

function unknownFate(enforcer: Enforcer, id: string, cause: PortolanError): PortolanError {
  return new PortolanError(
    'E_APPLY_STUCK',
    `${enforcer.name} does not answer any more; if it runs, its watchdog has taken ${id} back`,
    { remedy: 'When it answers again, ask it: portolan firewall status', cause },
  );
}
