import type { FormEvent, JSX } from 'react';
import { useState } from 'react';
import type { NewToken, TokenMade, TokenView } from '../../../../src/model/api/auth.ts';
import type { Scope } from '../../../../src/model/api/common.ts';
import { apiUrl, send } from '../../api/client.ts';
import { useApi, useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Copy } from '../../parts/copy.tsx';
import type { Column } from '../../parts/data-table.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { say } from '../../parts/toast.tsx';
import { settings as de } from '../../words/de/settings.ts';
import { settings as en } from '../../words/en/settings.ts';
import { all, date } from '../../words/format.ts';
import { words } from '../../words/index.ts';
import { FewRows } from '../few-rows.tsx';
import { keys } from '../keys-of.ts';
import type { Listed } from '../listed.ts';
import { listOf } from '../listed.ts';
import { RemoveDialog } from './remove-dialog.tsx';

const t = words(en, de);

/** For programs: what each may do, until when, and whether it is used at all. */
export function Tokens(): JSX.Element {
  const { data, error, refetch } = useApi<Listed<TokenView>>('tokens');
  const [isAsked, setAsked] = useState(false);
  const [going, setGoing] = useState<TokenView>();
  const make = useSend((token: NewToken) => send<TokenMade>('POST', 'tokens', token), ['tokens']);
  const revoke = useSend((id: string) => send('DELETE', `tokens/${id}`), ['tokens']);
  if (data === undefined) {
    return error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />;
  }
  return (
    <>
      <p>
        <Button look="primary" onClick={() => setAsked(true)}>
          {t.newToken}
        </Button>
      </p>
      <TokenTable tokens={listOf(data)} onRevoke={setGoing} />
      {isAsked && (
        <NewTokenDialog
          error={make.error}
          isPending={make.isPending}
          onMake={(token) => make.mutate(token, { onSuccess: () => setAsked(false) })}
          onClose={() => setAsked(false)}
        />
      )}
      {make.data !== undefined && !isAsked && <Made token={make.data} onClose={make.reset} />}
      {going !== undefined && (
        <RemoveDialog
          title={t.revokeTitle(going.name)}
          text={t.revokeText}
          verb={t.revoke}
          error={revoke.error}
          isPending={revoke.isPending}
          onRemove={() =>
            revoke.mutate(going.id, {
              onSuccess: () => {
                say(t.revoked(going.name));
                setGoing(undefined);
              },
            })
          }
          onClose={() => setGoing(undefined)}
        />
      )}
    </>
  );
}

interface TokenTableProps {
  readonly tokens: readonly TokenView[];
  readonly onRevoke: (token: TokenView) => void;
}

function TokenTable({ tokens, onRevoke }: TokenTableProps): JSX.Element {
  if (tokens.length === 0) {
    return (
      <Empty title={t.noTokens}>
        <p>{t.noTokensText}</p>
      </Empty>
    );
  }
  const act: Column<TokenView> = {
    id: 'act',
    head: t.actions,
    cell: (token) => (
      <Button small aria-label={`${t.revoke}: ${token.name}`} onClick={() => onRevoke(token)}>
        {t.revoke}
      </Button>
    ),
  };
  return (
    <div className="sheet">
      <FewRows name={t.tokens} columns={[...COLUMNS, act]} rows={tokens} rowKey={({ id }) => id} />
    </div>
  );
}

const COLUMNS: readonly Column<TokenView>[] = [
  {
    id: 'name',
    head: t.name,
    cell: ({ id, name }) => (
      <>
        {name} <code>{id}…</code>
      </>
    ),
  },
  { id: 'scopes', head: t.scopes, cell: ({ scopes }) => all(scopes.map((one) => t.scope[one])) },
  {
    id: 'used',
    head: t.lastUsed,
    cell: ({ lastUsed }) => (lastUsed === undefined ? t.never : <Time at={lastUsed} />),
  },
  { id: 'ends', head: t.ends, cell: ({ expiresAt }) => date(expiresAt) },
  { id: 'by', head: t.by, cell: ({ createdBy }) => createdBy },
];

const DAYS = [7, 30, 90, 365];
const USUAL_DAYS = 90;

interface NewTokenProps {
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onMake: (token: NewToken) => void;
  readonly onClose: () => void;
}

function NewTokenDialog({ error, isPending, onMake, onClose }: NewTokenProps): JSX.Element {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>(['read']);
  const [days, setDays] = useState(USUAL_DAYS);
  const toggle = (scope: Scope): void =>
    setScopes(scopes.includes(scope) ? scopes.filter((one) => one !== scope) : [...scopes, scope]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onMake({ name: name.trim(), scopes, days });
  };
  return (
    <Dialog title={t.newTokenTitle} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <Field label={t.name}>
          {(ties) => (
            <input
              {...ties}
              required
              maxLength={64}
              autoComplete="off"
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <fieldset className="choices">
          <legend>{t.scopes}</legend>
          {keys(t.scope).map((scope) => (
            <label key={scope} className="check-line">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={() => toggle(scope)}
              />
              <span>
                {t.scope[scope]} <code>{scope}</code>
              </span>
            </label>
          ))}
        </fieldset>
        <Field label={t.days}>
          {(ties) => (
            <select {...ties} value={days} onChange={({ target }) => setDays(Number(target.value))}>
              {DAYS.map((count) => (
                <option key={count} value={count}>
                  {t.dayCount(count)}
                </option>
              ))}
            </select>
          )}
        </Field>
        {error !== null && <Failed error={error} />}
        <Button type="submit" look="primary" disabled={isPending || scopes.length === 0}>
          {t.makeToken}
        </Button>
      </form>
    </Dialog>
  );
}

/** The only time that the secret is in sight. */
function Made({ token, onClose }: { readonly token: TokenMade; readonly onClose: () => void }) {
  const use = `curl -H "Authorization: Bearer $(cat token)" '${apiUrl('status')}'`;
  return (
    <Dialog
      title={t.tokenMade}
      onClose={onClose}
      actions={
        <Button look="primary" onClick={onClose}>
          {t.iHaveIt}
        </Button>
      }
    >
      <p>{t.tokenMadeText}</p>
      <p className="secret">
        <code>{token.secret}</code> <Copy text={token.secret} />
      </p>
      <p>
        {t.tokenUse}: <code>{use}</code> <Copy text={use} />
      </p>
    </Dialog>
  );
}
