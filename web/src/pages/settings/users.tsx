import type { JSX } from 'react';
import { useState } from 'react';
import type { NewUser, UserChange, UserView } from '../../../../src/model/api/auth.ts';
import type { Role } from '../../../../src/model/api/common.ts';
import { send } from '../../api/client.ts';
import { useApi, useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import type { Column } from '../../parts/data-table.tsx';
import { Menu } from '../../parts/menu.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { say } from '../../parts/toast.tsx';
import { settings as de } from '../../words/de/settings.ts';
import { settings as en } from '../../words/en/settings.ts';
import { date } from '../../words/format.ts';
import { words } from '../../words/index.ts';
import { FewRows } from '../few-rows.tsx';
import { keys } from '../keys-of.ts';
import type { Listed } from '../listed.ts';
import { listOf } from '../listed.ts';
import { RemoveDialog } from './remove-dialog.tsx';
import { AddUserDialog, PasswordDialog } from './user-dialogs.tsx';

const t = words(en, de);

type Asked =
  | { readonly kind: 'add' }
  | { readonly kind: 'remove' | 'password'; readonly name: string };

interface Edit {
  readonly name: string;
  readonly change: UserChange;
}

/** Accounts, what each may do, and when it was used last. */
export function Users({ own }: { readonly own: string | undefined }): JSX.Element {
  const { data, error, refetch } = useApi<Listed<UserView>>('users');
  const [asked, setAsked] = useState<Asked>();
  const edit = useSend(
    ({ name, change }: Edit) => send('PATCH', `users/${encodeURIComponent(name)}`, change),
    ['users', 'session'],
  );
  const add = useSend((user: NewUser) => send('POST', 'users', user), ['users', 'session']);
  const remove = useSend(
    (name: string) => send('DELETE', `users/${encodeURIComponent(name)}`),
    ['users', 'tokens'],
  );
  const done = (sentence: string) => (): void => {
    say(sentence);
    setAsked(undefined);
  };
  if (data === undefined) {
    return error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />;
  }
  return (
    <>
      <p>
        <Button look="primary" onClick={() => setAsked({ kind: 'add' })}>
          {t.addUser}
        </Button>
      </p>
      {edit.error !== null && asked === undefined && <Failed error={edit.error} />}
      <UserTable
        users={listOf(data)}
        own={own}
        onRole={(name, role) =>
          edit.mutate({ name, change: { role } }, { onSuccess: done(t.roleChanged(name)) })
        }
        onAsk={setAsked}
      />
      {asked?.kind === 'add' && (
        <AddUserDialog
          error={add.error}
          isPending={add.isPending}
          onAdd={(user) => add.mutate(user, { onSuccess: done(t.userAdded(user.name)) })}
          onClose={() => setAsked(undefined)}
        />
      )}
      {asked?.kind === 'password' && (
        <PasswordDialog
          name={asked.name}
          error={edit.error}
          isPending={edit.isPending}
          onSet={(password) =>
            edit.mutate(
              { name: asked.name, change: { password } },
              { onSuccess: done(t.passwordSet(asked.name)) },
            )
          }
          onClose={() => setAsked(undefined)}
        />
      )}
      {asked?.kind === 'remove' && (
        <RemoveDialog
          title={t.removeUserTitle(asked.name)}
          text={t.removeUserText}
          verb={t.removeUser}
          error={remove.error}
          isPending={remove.isPending}
          onRemove={() => remove.mutate(asked.name, { onSuccess: done(t.userRemoved(asked.name)) })}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  );
}

interface UserTableProps {
  readonly users: readonly UserView[];
  readonly own: string | undefined;
  readonly onRole: (name: string, role: Role) => void;
  readonly onAsk: (asked: Asked) => void;
}

function UserTable({ users, own, onRole, onAsk }: UserTableProps): JSX.Element {
  const act: Column<UserView> = {
    id: 'act',
    head: t.actions,
    cell: ({ name, role }) => (
      <Menu
        label={t.actions}
        name={t.actionsOf(name)}
        items={[
          ...keys(t.roles).map((one) => ({
            label: `${t.role}: ${t.roles[one]}`,
            checked: one === role,
            disabled: name === own,
            run: () => onRole(name, one),
          })),
          { label: t.setPassword, run: () => onAsk({ kind: 'password', name }) },
          {
            label: t.removeUser,
            disabled: name === own,
            run: () => onAsk({ kind: 'remove', name }),
          },
        ]}
      />
    ),
  };
  return (
    <div className="sheet settings-table">
      <FewRows
        name={t.users}
        columns={[...COLUMNS, act]}
        rows={users}
        rowKey={({ name }) => name}
      />
    </div>
  );
}

const COLUMNS: readonly Column<UserView>[] = [
  { id: 'name', head: t.name, cell: ({ name }) => name },
  { id: 'role', head: t.role, cell: ({ role }) => t.roles[role] },
  { id: 'totp', head: t.secondFactor, cell: ({ totp }) => (totp ? `✓ ${t.yes}` : t.no) },
  {
    id: 'last',
    head: t.lastSignIn,
    cell: ({ lastSignIn }) => (lastSignIn === undefined ? t.never : <Time at={lastSignIn} />),
  },
  { id: 'created', head: t.created, cell: ({ createdAt }) => date(createdAt) },
];
