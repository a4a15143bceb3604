import type { JSX } from 'react';
import { useState } from 'react';
import type { AlertView } from '../../../../src/model/api/alerts.ts';
import type {
  ApplyRequest,
  ChangeRequest,
  ChangeView,
  ContainChoice,
  FirewallStatus,
} from '../../../../src/model/api/policy.ts';
import { send } from '../../api/client.ts';
import { useApi, useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { contain as de } from '../../words/de/alerts.ts';
import { contain as en } from '../../words/en/alerts.ts';
import { words } from '../../words/index.ts';
import { ByHand } from '../changes/by-hand.tsx';
import { keys } from '../keys-of.ts';
import { Choice } from './contain-choice.tsx';

const t = words(en, de);

/** Long enough to look after it, short enough for a mistake: what somebody awake at night needs. */
const USUAL = 'PT1H';
/** Seconds in which the check has to pass, or it is taken back. */
const WITHIN = 60;

/** An alert, or a device that somebody looks at without one. */
type Contained = Pick<AlertView, 'devices'> & Partial<Pick<AlertView, 'id'>>;

interface ContainDialogProps {
  readonly alert: Contained;
  readonly onClose: () => void;
  /** It is being applied: what becomes of it is shown on the page. */
  readonly onApplied: (change: ChangeView) => void;
}

/** Three prepared ways, each tried on recorded traffic; the button is the third and last click. */
export function ContainDialog({ alert, onClose, onApplied }: ContainDialogProps): JSX.Element {
  const [device] = alert.devices;
  const query = { device: device?.id, alert: alert.id };
  const { data: choices, error } = useApi<readonly ContainChoice[]>('contain/choices', query);
  const { data: firewall } = useApi<FirewallStatus>('firewall');
  const [chosen, setChosen] = useState(0);
  const [ttl, setTtl] = useState<keyof typeof t.durations>(USUAL);
  const apply = useSend(
    (way: ContainChoice) => contained(way, ttl, alert.id),
    ['changes', 'firewall', 'alerts', 'devices'],
  );
  const choice = choices?.[chosen];
  const canApply = firewall?.canApply ?? true;
  const block = (): void => {
    if (choice !== undefined) apply.mutate(choice, { onSuccess: onApplied });
  };
  return (
    <Dialog
      title={t.title(device?.name ?? '')}
      onClose={onClose}
      wide
      actions={
        <>
          <Button onClick={onClose}>{t.close}</Button>
          {canApply && choice !== undefined && (
            <Button look="danger" disabled={apply.isPending} onClick={block}>
              {apply.isPending ? t.blocking : t.block(t.durations[ttl])}
            </Button>
          )}
        </>
      }
    >
      <p>{t.lead}</p>
      {error !== null && <Failed error={error} />}
      {choices === undefined && error === null && <Loading />}
      {choices?.length === 0 && <Empty title={t.none} />}
      {choices !== undefined && choices.length > 0 && (
        <>
          <fieldset className="choices">
            <legend>{t.choice}</legend>
            {choices.map((one, index) => (
              <Choice
                key={one.request.how}
                choice={one}
                checked={index === chosen}
                onChoose={() => setChosen(index)}
              />
            ))}
          </fieldset>
          <Field label={t.howLong}>
            {(ties) => (
              <select
                {...ties}
                value={ttl}
                onChange={({ target }) =>
                  setTtl(keys(t.durations).find((one) => one === target.value) ?? USUAL)
                }
              >
                {keys(t.durations).map((one) => (
                  <option key={one} value={one}>
                    {t.durations[one]}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </>
      )}
      {!canApply && choice !== undefined && (
        <ByHand because={firewall?.because} command={commandOf(choice, ttl)} />
      )}
      {apply.error !== null && <Failed error={apply.error} />}
    </Dialog>
  );
}

async function contained(
  choice: ContainChoice,
  ttl: string,
  alert: string | undefined,
): Promise<ChangeView> {
  const asked: ChangeRequest = {
    contain: { ...choice.request, ttl, ...(alert === undefined ? {} : { alert }) },
  };
  const idempotencyKey = crypto.getRandomValues(new Uint32Array(4)).join('-');
  const change = await send<ChangeView>('POST', 'changes', asked, { idempotencyKey });
  const { ok, because } = change.lockOut;
  if (!ok) throw new Error(`${t.lockOut}: ${because}`);
  const within: ApplyRequest = { within: WITHIN };
  return send<ChangeView>('POST', `changes/${change.id}/apply`, within);
}

const HOURS: Readonly<Record<keyof typeof t.durations, string>> = {
  PT15M: '15m',
  PT1H: '1h',
  PT8H: '8h',
  P1D: '1d',
  P7D: '7d',
};

function commandOf({ request }: ContainChoice, ttl: keyof typeof t.durations): string {
  const how = {
    stop: `--stop ${request.service ?? ''}`,
    'keep-internet': '--keep-internet',
    isolate: '--isolate',
  };
  return `sudo portolan contain ${request.device} ${how[request.how]} --for ${HOURS[ttl]}`;
}
