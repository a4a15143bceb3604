import type { Act } from '../alerts/gather.ts';
import { PortolanError } from '../base/errors.ts';
import { who, withSession } from '../io/site/session.ts';
import { keepAlerts } from './alert-keeper.ts';
import { findAlert } from './alerts-book.ts';
import { stateText } from './alerts-text.ts';
import type { Input } from './command.ts';
import { jsonList } from './format.ts';
import type { Shell } from './shell.ts';
import { spanOf } from './span.ts';

const VERB: Readonly<Record<Act['kind'], string>> = {
  acknowledged: 'ack',
  resolved: 'resolve',
  snoozed: 'snooze',
  reopened: 'reopen',
};

/** All of them or, where one is not there, none. */
export function runAct(
  shell: Shell,
  input: Input,
  ids: readonly string[],
  kind: Act['kind'],
): Promise<number> {
  if (ids.length === 0) {
    throw new PortolanError('E_USAGE', 'No alert is named', {
      remedy: `For example portolan alerts ${VERB[kind]} PTL-A-7F3K; which there are: portolan alerts`,
    });
  }
  return withSession(shell, (session) => {
    const keeper = keepAlerts(shell, session);
    const wanted = ids.map((id) => findAlert(keeper.book, id).alert.id);
    const now = shell.now();
    const act = actOf(input, kind, now);
    for (const id of wanted) keeper.act(id, act, now, who());
    const changed = wanted.map((id) => findAlert(keeper.book, id).alert);
    if (shell.json) shell.out(jsonList(shell, 'alerts', changed));
    else for (const alert of changed) shell.say(`${alert.id}: ${stateText(shell, alert)}`);
    return 0;
  });
}

function actOf(input: Input, kind: Act['kind'], now: number): Act {
  const note = (input.text('note') ?? '').slice(0, 500);
  if (kind !== 'snoozed') return { kind, note };
  return { kind, note, until: now + spanOf('--for', input.text('for') ?? '8h') };
}
