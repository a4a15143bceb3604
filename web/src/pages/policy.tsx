import type { JSX } from 'react';
import { Link } from 'wouter';
import type { Problem } from '../../../src/model/api/common.ts';
import type { PolicyView } from '../../../src/model/api/policy.ts';
import { useParam } from '../address.ts';
import { ApiError, apiUrl, send } from '../api/client.ts';
import { queries, useApi, useSend } from '../api/hooks.ts';
import { TELEPHONE, useMedia } from '../media.ts';
import { Button } from '../parts/button.tsx';
import { CopyAs } from '../parts/copy.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import { say } from '../parts/toast.tsx';
import { useSince } from '../since.ts';
import { policy as de } from '../words/de/policy.ts';
import { policy as en } from '../words/en/policy.ts';
import { words } from '../words/index.ts';
import { useMay } from './may.ts';
import { CheckPanel } from './policy/check-panel.tsx';
import { ConflictDialog } from './policy/conflict-dialog.tsx';
import { FirewallLine } from './policy/firewall-line.tsx';
import { LearnDialog } from './policy/learn-dialog.tsx';
import { PlanButton } from './policy/plan-button.tsx';
import { RuleForms } from './policy/rule-forms.tsx';
import { useCheck } from './policy/use-check.ts';
import type { Draft, DraftState } from './policy/use-draft.ts';
import { useDraft } from './policy/use-draft.ts';
import './shared.css';
import './policy.css';

const t = words(en, de);

/** Instead of a device's id: what all of them need. */
const EVERY = 'all';

/** What may happen: written, tried on recorded traffic while it is written, made into a change. */
export function Page(): JSX.Element {
  const { data: saved, error, refetch } = useApi<PolicyView>('policy');
  if (saved === undefined) {
    return error === null ? (
      <Loading />
    ) : (
      <Failed isPage error={error} retry={() => void refetch()} />
    );
  }
  return <Shown saved={saved} />;
}

function Shown({ saved }: { readonly saved: PolicyView }): JSX.Element {
  const [since, setSince] = useSince();
  const [learns, setLearns] = useParam('learn');
  const { draft, edit } = useDraft();
  const text = draft?.text ?? saved.text;
  const checked = useCheck(text, since);
  const isNarrow = useMedia(TELEPHONE);
  const mayPropose = useMay('policy:propose');
  const mayWrite = mayPropose && !isNarrow;
  const saving = useSave(saved, edit);
  const discard = (): void => edit(undefined, saved);
  return (
    <>
      <header className="page-head">
        <h1>{t.title}</h1>
        <span className="soft policy-file">{saved.file}</span>
        <div className="page-actions">
          <Link href="/changes" className="button quiet">
            {t.changes}
          </Link>
          {mayWrite && <Button onClick={() => setLearns(EVERY)}>{t.learn}</Button>}
          {mayWrite && <SaveButtons draft={draft} saving={saving} onDiscard={discard} />}
          {mayPropose && <PlanButton isSaved={draft === undefined} since={since} />}
        </div>
      </header>
      <FirewallLine />
      <Hints saved={saved} draft={draft} isNarrow={isNarrow} onDiscard={discard} />
      {saving.error !== undefined && <Failed error={saving.error} />}
      <div className="policy-panes">
        <RuleForms
          text={text}
          check={checked.check}
          readOnly={!mayWrite}
          onChange={(next) => edit(next, saved)}
        />
        <CheckPanel checked={checked} since={since} onSince={setSince} />
      </div>
      <CopyAs cli="portolan policy show" api={apiUrl('policy')} />
      {learns !== '' && mayWrite && (
        <LearnDialog
          device={learns === EVERY ? '' : learns}
          onClose={() => setLearns('')}
          onUse={(learned) => {
            edit(learned, saved);
            setLearns('');
          }}
        />
      )}
      {saving.conflict !== undefined && draft !== undefined && (
        <ConflictDialog
          current={saving.conflict}
          onClose={saving.forget}
          onTheirs={() => {
            discard();
            saving.forget();
          }}
          onMine={(version) => saving.save({ ...draft, version })}
        />
      )}
    </>
  );
}

interface SaveButtonsProps {
  readonly draft: Draft | undefined;
  readonly saving: Saving;
  readonly onDiscard: () => void;
}

function SaveButtons({ draft, saving, onDiscard }: SaveButtonsProps): JSX.Element {
  return (
    <>
      {draft !== undefined && <Button onClick={onDiscard}>{t.discard}</Button>}
      <Button
        look="primary"
        disabled={draft === undefined || saving.isPending}
        onClick={() => saving.save(draft)}
      >
        {saving.isPending ? t.saving : t.save}
      </Button>
    </>
  );
}

interface HintsProps {
  readonly saved: PolicyView;
  readonly draft: Draft | undefined;
  readonly isNarrow: boolean;
  readonly onDiscard: () => void;
}

/** What one should know before one writes. */
function Hints({ saved, draft, isNarrow, onDiscard }: HintsProps): JSX.Element {
  const mayPropose = useMay('policy:propose');
  const isOvertaken = draft !== undefined && draft.version !== saved.version;
  return (
    <>
      {!saved.exists && draft === undefined && <p className="soft">{t.notYet}</p>}
      {isNarrow && <p className="soft">{t.readOnly}</p>}
      {!mayPropose && <p className="soft">{t.noRight}</p>}
      {draft !== undefined && !isOvertaken && <p role="status">● {t.unsaved}</p>}
      {isOvertaken && (
        <p className="policy-elsewhere" role="status">
          <span aria-hidden="true">◆</span> {t.changedElsewhere}
          <Button small onClick={onDiscard}>
            {t.takeTheirs}
          </Button>
        </p>
      )}
    </>
  );
}

interface Saving {
  readonly save: (draft: Draft | undefined) => void;
  readonly isPending: boolean;
  readonly conflict: Problem['current'];
  readonly forget: () => void;
  readonly error: Error | undefined;
}

/** Saves over the version that was read; where there is another one now, the difference is shown. */
function useSave(saved: PolicyView, edit: DraftState['edit']): Saving {
  const put = useSend(
    ({ version, text }: Draft) =>
      send<PolicyView>('PUT', 'policy', { text }, saved.exists ? { ifMatch: version } : {}),
    ['policy', 'devices', 'ledger', 'matrix', 'overview'],
  );
  const save = (draft: Draft | undefined): void => {
    if (draft === undefined) return;
    put.mutate(draft, {
      onSuccess: (now) => {
        queries.setQueryData(['policy', {}], now);
        edit(undefined, now);
        say(t.saved);
      },
    });
  };
  const current = put.error instanceof ApiError ? put.error.problem.current : undefined;
  return {
    save,
    isPending: put.isPending,
    conflict: current,
    forget: put.reset,
    error: current === undefined ? (put.error ?? undefined) : undefined,
  };
}
