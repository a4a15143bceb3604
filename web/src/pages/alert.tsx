import type { JSX } from 'react';
import { useState } from 'react';
import { useParams } from 'wouter';
import type { AlertView } from '../../../src/model/api/alerts.ts';
import type { ChangeView } from '../../../src/model/api/policy.ts';
import { apiUrl } from '../api/client.ts';
import { useApi } from '../api/hooks.ts';
import { CopyAs } from '../parts/copy.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import { AlertHead } from './alerts/alert-head.tsx';
import {
  Evidence,
  Happened,
  Log,
  Same,
  Todo,
  Touched,
  Unseen,
  Unusual,
} from './alerts/alert-sheets.tsx';
import { ContainDialog } from './alerts/contain-dialog.tsx';
import { Containment } from './alerts/containment.tsx';
import { ExpectDialog } from './alerts/expect-dialog.tsx';
import type { Listed } from './listed.ts';
import { listOf } from './listed.ts';
import './shared.css';
import './alerts.css';

type Asked = 'contain' | 'expect';

/** One alert: who did what to whom, how unusual, the proof, what to do. */
export function Page(): JSX.Element {
  const { id = '' } = useParams<{ id: string }>();
  const { data: alert, error, refetch } = useApi<AlertView>(`alerts/${id}`);
  if (alert === undefined) {
    return error === null ? (
      <Loading />
    ) : (
      <Failed isPage error={error} retry={() => void refetch()} />
    );
  }
  return <Shown key={id} alert={alert} />;
}

function Shown({ alert }: { readonly alert: AlertView }): JSX.Element {
  const [asked, setAsked] = useState<Asked | undefined>(() =>
    // A link that says what is to be done: from the overview, or a message.
    new URLSearchParams(location.search).has('contain') ? 'contain' : undefined,
  );
  const [applied, setApplied] = useState<string>();
  const found = useHeld(alert.id);
  // Once it was shown it stays, so that whoever takes it back sees what became of it.
  const [last, setLast] = useState<string>();
  if (found !== undefined && found !== last) setLast(found);
  const held = applied ?? found ?? last;
  const close = (): void => setAsked(undefined);
  return (
    <>
      <AlertHead
        alert={alert}
        onContain={() => setAsked('contain')}
        onExpect={() => setAsked('expect')}
      />
      {held !== undefined && (
        <Containment
          key={held}
          id={held}
          isOurs={held === applied}
          onExtend={() => setAsked('contain')}
        />
      )}
      <div className="alert-sheets">
        <div>
          <Happened alert={alert} />
          <Unusual alert={alert} />
          <Evidence alert={alert} />
        </div>
        <div>
          <Todo
            alert={alert}
            onContain={() => setAsked('contain')}
            onExpect={() => setAsked('expect')}
          />
          <Touched alert={alert} />
          <Unseen alert={alert} />
          <Log alert={alert} />
        </div>
      </div>
      <Same alert={alert} />
      <CopyAs cli={`portolan alerts show ${alert.id}`} api={apiUrl(`alerts/${alert.id}`)} />
      {asked === 'contain' && (
        <ContainDialog
          alert={alert}
          onClose={close}
          onApplied={({ id }) => {
            setApplied(id);
            close();
          }}
        />
      )}
      {asked === 'expect' && <ExpectDialog alert={alert} onClose={close} />}
    </>
  );
}

const HOLDS: ReadonlySet<ChangeView['state']> = new Set(['armed', 'loaded', 'confirmed']);

/** The containment that somebody made for this alert and that is still in force. */
function useHeld(alert: string): string | undefined {
  const { data } = useApi<Listed<ChangeView>>('changes');
  return listOf(data ?? []).find((change) => change.alert === alert && HOLDS.has(change.state))?.id;
}
