import type { JSX } from 'react';
import type { AlertAct, AlertView } from '../../../../src/model/api/alerts.ts';
import { send } from '../../api/client.ts';
import { useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Id } from '../../parts/copy.tsx';
import { Menu } from '../../parts/menu.tsx';
import { Severity } from '../../parts/severity.tsx';
import { Failed } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { say } from '../../parts/toast.tsx';
import { alerts as de } from '../../words/de/alerts.ts';
import { alerts as en } from '../../words/en/alerts.ts';
import { dateTime } from '../../words/format.ts';
import { inEnglish, words } from '../../words/index.ts';
import { useMay } from '../may.ts';
import { Devices } from './alert-words.tsx';

const t = words(en, de);

const HOUR = 3_600_000;
const SNOOZES: readonly (readonly [keyof typeof t.snoozeFor, number])[] = [
  ['hour', HOUR],
  ['night', 8 * HOUR],
  ['week', 7 * 24 * HOUR],
];

interface Act {
  readonly verb: keyof typeof t.did;
  readonly act: AlertAct;
}

interface AlertHeadProps {
  readonly alert: AlertView;
  readonly onContain: () => void;
  readonly onExpect: () => void;
}

/** The sentence, where it stands, and what can be done with it. */
export function AlertHead({ alert, onContain, onExpect }: AlertHeadProps): JSX.Element {
  const { id, severity, summary, state, firstAt, count, devices, snoozedUntil } = alert;
  const { mutate, error } = useSend(
    ({ verb, act }: Act) => send('POST', `alerts/${id}/${verb}`, act),
    ['alerts', 'overview'],
  );
  const mayTriage = useMay('triage');
  const mayPropose = useMay('policy:propose');
  const run = (verb: Act['verb'], act: AlertAct = {}): void =>
    mutate({ verb, act }, { onSuccess: () => say(t.did[verb]) });
  return (
    <header className="alert-head">
      <p className="alert-line">
        <Severity level={severity} />
        <Id id={id} />
        <span>{dateTime(firstAt)}</span>
        <Time at={alert.lastAt} />
        {count > 1 && <span>{t.times(count)}</span>}
        <strong>{t.states[state]}</strong>
        {alert.changedBy !== undefined && <span>{t.changedBy(alert.changedBy)}</span>}
        {snoozedUntil !== undefined && (
          <span>
            {t.snoozedUntil} {dateTime(snoozedUntil)}
          </span>
        )}
      </p>
      <h1 {...inEnglish}>{summary}</h1>
      <div className="alert-actions">
        <span className="alert-devices">
          <Devices devices={devices} />
        </span>
        {mayPropose && alert.containable && (
          <Button look="danger" onClick={onContain}>
            {t.contain}
          </Button>
        )}
        {mayTriage && (
          <>
            <Button onClick={onExpect}>{t.expected}</Button>
            {state === 'open' && <Button onClick={() => run('ack')}>{t.acknowledge}</Button>}
            <Menu label={t.actions} items={actions(state, run)} />
          </>
        )}
      </div>
      {error !== null && <Failed error={error} />}
    </header>
  );
}

function actions(state: AlertView['state'], run: (verb: Act['verb'], act?: AlertAct) => void) {
  if (state === 'resolved') return [{ label: t.reopen, run: () => run('reopen') }];
  return [
    { label: t.resolve, run: () => run('resolve') },
    ...(state === 'open' ? [] : [{ label: t.reopen, run: () => run('reopen') }]),
    ...SNOOZES.map(([name, time]) => ({
      label: `${t.snooze} ${t.snoozeFor[name]}`,
      run: () => run('snooze', { until: Date.now() + time }),
    })),
  ];
}
