import type { JSX } from 'react';
import type { StatusPart, StatusView } from '../../src/model/api/daemon.ts';
import { useParam } from './address.ts';
import { Dialog } from './parts/dialog.tsx';
import { Time } from './parts/time.tsx';
import { frame as de } from './words/de/frame.ts';
import { frame as en } from './words/en/frame.ts';
import { bytes, number } from './words/format.ts';
import { inEnglish, words } from './words/index.ts';

const t = words(en, de);

type State = 'ok' | 'degraded' | 'blind' | 'unknown';

const SHAPE: Readonly<Record<State, string>> = {
  ok: '✓',
  degraded: '◆',
  blind: '◌',
  unknown: '?',
};

/** Where no traffic is seen all may be well, and nobody would know: that is never a ✓. */
function stateOf(status: StatusView | undefined): State {
  if (status === undefined) return 'unknown';
  const capture = status.parts.find(({ part }) => part === 'capture');
  if (status.state === 'ok' && capture?.state === 'off') return 'blind';
  return status.state;
}

/** One sign for how Portolan itself is, and all of it for who asks. */
export function Health({ status }: { readonly status: StatusView | undefined }): JSX.Element {
  // In the address, so that others can point there.
  const [asked, setAsked] = useParam('health');
  const state = stateOf(status);
  const worst = status?.parts.find((part) => part.state !== 'ok' && part.part !== 'enforce');
  const sentence = worst === undefined ? t.health[state] : `${t.health[state]}: ${worst.text}`;
  return (
    <>
      <button
        type="button"
        className="health"
        data-state={state}
        title={sentence}
        onClick={() => setAsked('1')}
      >
        <span aria-hidden="true">{SHAPE[state]}</span>
        <span className="visually-hidden">{sentence}</span>
      </button>
      {asked !== '' && status !== undefined && (
        <Dialog title={t.health[state]} onClose={() => setAsked('')} wide>
          <Parts parts={status.parts} />
          <Figures status={status} />
        </Dialog>
      )}
    </>
  );
}

const PART_SHAPE: Readonly<Record<StatusPart['state'], string>> = {
  ok: '✓',
  off: '◌',
  degraded: '◆',
  failed: '▲',
};

function Parts({ parts }: { readonly parts: readonly StatusPart[] }): JSX.Element {
  return (
    <table className="plain" aria-label={t.parts}>
      <tbody>
        {parts.map(({ part, state, text, since, remedy }) => (
          <tr key={part}>
            <th scope="row">{t.partNames[part]}</th>
            <td className="nowrap">
              <span aria-hidden="true">{PART_SHAPE[state]}</span> {t.partStates[state]}
            </td>
            <td>
              <span {...inEnglish}>{text}</span>
              {remedy !== undefined && (
                <p className="soft" {...inEnglish}>
                  {remedy}
                </p>
              )}
            </td>
            <td className="soft nowrap">
              <Time at={since} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Figures({ status }: { readonly status: StatusView }): JSX.Element {
  const { capture, outbox } = status;
  return (
    <p className="soft">
      Portolan {status.version} · {t.figures(bytes(status.memoryBytes), bytes(status.storeBytes))}
      {capture !== undefined &&
        ` · ${t.captured(capture.interface, number(capture.packetsPerSecond), number(capture.dropped))}`}
      {outbox.waiting + outbox.parked > 0 &&
        ` · ${t.outbox(number(outbox.waiting), number(outbox.parked))}`}
    </p>
  );
}
