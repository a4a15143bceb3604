import type { JSX } from 'react';
import { useCallback, useState } from 'react';
import { Link } from 'wouter';
import type { ScanView } from '../../../../src/model/api/daemon.ts';
import { send } from '../../api/client.ts';
import { useLive } from '../../api/events.ts';
import { useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Failed } from '../../parts/states.tsx';
import { scan as de } from '../../words/de/scan.ts';
import { scan as en } from '../../words/en/scan.ts';
import { span } from '../../words/format.ts';
import { inEnglish, words } from '../../words/index.ts';

const t = words(en, de);

const PROGRESS: readonly ['scan.progress'] = ['scan.progress'];

interface ScanProgressProps {
  readonly scan: ScanView;
  readonly mayStop: boolean;
}

/** A scan under way: what it does, how far it is, how long it takes, what it has sent. */
export function ScanProgress({ scan: first, mayStop }: ScanProgressProps): JSX.Element {
  const scan = useProgress(first);
  const { id, phase, notes, outcome } = scan;
  const stop = useSend(() => send('DELETE', `scans/${id}`), ['scans']);
  const isRunning = outcome === 'running';
  const isElsewhere = isRunning && phase === 'elsewhere';
  return (
    <section className="sheet scan-progress" aria-label={`${t.running} ${id}`}>
      <p className="scan-phase">
        <strong>{isRunning ? t.phases[phase] : t.outcomes[outcome]}</strong>{' '}
        <span className="soft">{scan.targets.join(', ')}</span>
      </p>
      {!isElsewhere && <Progress scan={scan} />}
      {notes.length > 0 && (
        <ul className="bullets">
          {notes.map((note) => (
            <li key={note} {...inEnglish}>
              {note}
            </li>
          ))}
        </ul>
      )}
      <p className="scan-actions">
        {isRunning && !isElsewhere && mayStop && (
          <Button disabled={stop.isPending} onClick={() => stop.mutate(undefined)}>
            {stop.isPending ? t.stopping : t.stop}
          </Button>
        )}
        <Link href="/devices" className="button quiet">
          {t.devices}
        </Link>
      </p>
      {stop.error !== null && <Failed error={stop.error} />}
    </section>
  );
}

function Progress({ scan }: { readonly scan: ScanView }): JSX.Element {
  const { done, total, devices, services, budget, current, outcome } = scan;
  const isRunning = outcome === 'running';
  return (
    <>
      <progress aria-label={t.progress} max={Math.max(1, total)} value={isRunning ? done : total} />
      <p className="scan-facts" role="status">
        <span>{t.done(done, total)}</span>
        {isRunning && (
          <span>{scan.left === undefined ? t.leftUnknown : t.left(span(scan.left))}</span>
        )}
        <span>{t.found(devices, services)}</span>
        {isRunning && current !== '' && (
          <span>
            {t.at} <code>{current}</code>
          </span>
        )}
      </p>
      <p className="soft">
        {t.sent}: {t.budget(budget.connections, budget.datagrams)}
      </p>
    </>
  );
}

/** The newest that was heard: an event, or a list that was asked again since. */
function useProgress(first: ScanView): ScanView {
  const [heard, setHeard] = useState<{ readonly after: ScanView; readonly scan: ScanView }>();
  const { id } = first;
  const hear = useCallback(
    ({ scan }: { readonly scan: ScanView }) => {
      if (scan.id === id) setHeard({ after: first, scan });
    },
    [id, first],
  );
  useLive(PROGRESS, hear);
  return heard === undefined || (heard.after !== first && first.outcome !== 'running')
    ? first
    : heard.scan;
}
