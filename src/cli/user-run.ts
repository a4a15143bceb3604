import { PortolanError } from '../base/errors.ts';
import { Accounts } from '../io/api/access/accounts.ts';
import { isRole } from '../io/api/access/scopes.ts';
import { who } from '../io/site/session.ts';
import type { Store } from '../io/store/store.ts';
import type { UserView } from '../model/api/auth.ts';
import type { Input } from './command.ts';
import { jsonList, timeText } from './format.ts';
import { readPassword } from './password.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';
import { withStore } from './with-store.ts';

interface Task {
  readonly shell: Shell;
  readonly input: Input;
  readonly store: Store;
  readonly accounts: Accounts;
}

export function runUser(shell: Shell, input: Input): Promise<number> {
  return withStore(shell, async (store) => {
    const accounts = new Accounts(store.access, () => shell.now());
    const task: Task = { shell, input, store, accounts };
    const [verb = 'list'] = input.args;
    switch (verb) {
      case 'list':
        return list(task);
      case 'add':
        return await add(task);
      case 'passwd':
        return await passwd(task);
      case 'rm':
        return remove(task);
      default:
        throw new PortolanError('E_USAGE', `user has no verb "${verb}"`, {
          remedy: 'See: portolan user --help',
        });
    }
  });
}

function list({ shell, accounts }: Task): number {
  const all = accounts.list();
  if (shell.json) shell.out(jsonList(shell, 'users', all));
  else if (all.length === 0) {
    shell.say('Nobody has an account. Make one: portolan user add NAME --role admin');
  } else {
    shell.out(
      table<UserView>(
        shell,
        [
          { title: 'Name', value: ({ name }) => name },
          { title: 'Role', value: ({ role }) => role },
          { title: 'Codes', value: ({ totp }) => (totp ? 'yes' : 'no') },
          { title: 'Made', value: ({ createdAt }) => timeText(shell, createdAt), rank: 2 },
          {
            title: 'Signed in',
            value: ({ lastSignIn }) => timeText(shell, lastSignIn) || 'never',
            rank: 1,
          },
        ],
        all,
      ),
    );
  }
  return 0;
}

async function add({ shell, input, store, accounts }: Task): Promise<number> {
  const name = nameOf(input);
  const role = input.text('role') ?? (accounts.isEmpty ? 'admin' : 'viewer');
  if (!isRole(role)) {
    throw new PortolanError('E_USAGE', `There is no role "${role}"`, {
      remedy: 'Take viewer, operator or admin',
    });
  }
  const password = await readPassword(shell, input, { twice: true });
  const made = await accounts.add({ name, password, role });
  note(shell, store, `user add ${name}`, { after: `role ${role}` });
  if (shell.json) shell.out(jsonList(shell, 'users', [made]));
  else shell.say(`${name} can sign in as ${role}`);
  return 0;
}

async function passwd({ shell, input, store, accounts }: Task): Promise<number> {
  const name = nameOf(input);
  if (accounts.get(name) === undefined) throw unknown(name);
  const password = await readPassword(shell, input, { twice: true });
  await accounts.setPassword(name, password);
  note(shell, store, `user passwd ${name}`);
  shell.say(`${name} has a new password; every session of the account has ended`);
  return 0;
}

function remove({ shell, input, store, accounts }: Task): number {
  const name = nameOf(input);
  const role = accounts.get(name)?.role;
  accounts.remove(name);
  note(shell, store, `user rm ${name}`, { before: `role ${role}` });
  shell.say(`${name} has no account any more`);
  return 0;
}

function note(
  shell: Shell,
  store: Store,
  what: string,
  values: { readonly before?: string; readonly after?: string } = {},
): void {
  store.audit({ at: shell.now(), who: who(), what, why: 'on the command line', ...values });
}

function nameOf({ args }: Input): string {
  const [, name] = args;
  if (name !== undefined) return name;
  throw new PortolanError('E_USAGE', 'No account was named', {
    remedy: 'For example: portolan user add mira --role admin',
  });
}

function unknown(name: string): PortolanError {
  return new PortolanError('E_NOT_FOUND', `There is no account "${name}"`, {
    remedy: 'See who has one: portolan user list',
  });
}
