import type { JSX } from 'react';
import { useState } from 'react';
import type { LearnRequest, LearnResult } from '../../../../src/model/api/policy.ts';
import type { DeviceView } from '../../../../src/model/api/site.ts';
import { send } from '../../api/client.ts';
import { useApi, useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Since } from '../../parts/since.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { useSince } from '../../since.ts';
import { policy as de } from '../../words/de/policy.ts';
import { policy as en } from '../../words/en/policy.ts';
import { inEnglish, words } from '../../words/index.ts';
import type { Picked } from '../device-pick.tsx';
import { DevicePick } from '../device-pick.tsx';

const t = words(en, de);

interface LearnDialogProps {
  /** Id of the one that one came from; empty for all. */
  readonly device: string;
  readonly onClose: () => void;
  /** The policy with what was learned, for the editor; nothing is saved yet. */
  readonly onUse: (text: string) => void;
}

export function LearnDialog({ device: id, onClose, onUse }: LearnDialogProps): JSX.Element {
  const { data: asked } = useApi<DeviceView>(
    `devices/${encodeURIComponent(id)}`,
    {},
    { enabled: id !== '' },
  );
  // Until another one is chosen, or none.
  const [chosen, setChosen] = useState<{ readonly device: Picked | undefined }>();
  const device = chosen === undefined ? asked : chosen.device;
  const [since, setSince] = useSince();
  const { mutate, data, isPending, error } = useSend((request: LearnRequest) =>
    send<LearnResult>('POST', 'policy/learn', request),
  );
  const run = (): void => mutate({ since, ...(device === undefined ? {} : { device: device.id }) });
  const isUseful = data !== undefined && data.added > 0;
  return (
    <Dialog
      title={t.learnTitle}
      onClose={onClose}
      wide
      actions={
        <>
          <Button
            look={isUseful ? 'quiet' : 'primary'}
            disabled={isPending || (id !== '' && device === undefined && chosen === undefined)}
            onClick={run}
          >
            {t.learnRun}
          </Button>
          {isUseful && (
            <Button look="primary" onClick={() => onUse(data.text)}>
              {t.use}
            </Button>
          )}
        </>
      }
    >
      <p>{t.learnLead}</p>
      <DevicePick
        key={asked?.name ?? ''}
        label={t.learnDevice}
        help={t.learnAll}
        picked={device}
        onPick={(picked) => setChosen({ device: picked })}
      />
      <Since value={since} onChange={setSince} />
      {isPending && <Loading what={t.learning} />}
      {error !== null && <Failed error={error} />}
      {data !== undefined && <Result result={data} />}
    </Dialog>
  );
}

function Result({ result }: { readonly result: LearnResult }): JSX.Element {
  return (
    <section className="preview" role="status">
      <p>
        <strong>{t.learnedRules(result.added)}</strong>{' '}
        <span className="soft" {...inEnglish}>
          {result.coverage}
        </span>
      </p>
      {result.questions.length > 0 && (
        <>
          <h3>{t.questions}</h3>
          <ul className="bullets">
            {result.questions.map(({ id, text }) => (
              <li key={id} {...inEnglish}>
                {text}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
