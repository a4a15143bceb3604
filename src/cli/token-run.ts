import { PortolanError } from '../base/errors.ts';
import { isScope, SCOPES } from '../io/api/access/scopes.ts';
import { Tokens } from '../io/api/access/tokens.ts';
import { who } from '../io/site/session.ts';
import type { Store } from '../io/store/store.ts';
import type { TokenView } from '../model/api/auth.ts';
import type { Scope } from '../model/api/common.ts';
import type { Input } from './command.ts';
import { jsonDocument, jsonList, timeText } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';
import { withStore } from './with-store.ts';

const LONGEST_LIFE = 365;

interface Task {
  readonly shell: Shell;
  readonly input: Input;
  readonly store: Store;
  readonly tokens: Tokens;
}

export function runToken(shell: Shell, input: Input): Promise<number> {
  return withStore(shell, (store) => {
    const tokens = new Tokens(store.access, () => shell.now());
    const task: Task = { shell, input, store, tokens };
    const [verb = 'list'] = input.args;
    switch (verb) {
      case 'list':
        return list(task);
      case 'create':
        return create(task);
      case 'rm':
        return remove(task);
      default:
        throw new PortolanError('E_USAGE', `token has no verb "${verb}"`, {
          remedy: 'See: portolan token --help',
        });
    }
  });
}

function list({ shell, tokens }: Task): number {
  const all = tokens.list();
  if (shell.json) shell.out(jsonList(shell, 'tokens', all));
  else if (all.length === 0) {
    shell.say('There is no token. Make one: portolan token create NAME --scope read');
  } else {
    shell.out(
      table<TokenView>(
        shell,
        [
          { title: 'Token', value: ({ id }) => `${id}…` },
          { title: 'For', value: ({ name }) => name },
          { title: 'May', value: ({ scopes }) => scopes.join(' ') },
          { title: 'Until', value: (one) => untilText(shell, one), rank: 1 },
          {
            title: 'Used',
            value: ({ lastUsed }) => timeText(shell, lastUsed) || 'never',
            rank: 2,
          },
          { title: 'By', value: ({ createdBy }) => createdBy, rank: 3 },
        ],
        all,
      ),
    );
  }
  return 0;
}

function untilText(shell: Shell, { expiresAt }: TokenView): string {
  return expiresAt <= shell.now() ? 'over' : timeText(shell, expiresAt);
}

function create({ shell, input, store, tokens }: Task): number {
  const [, name] = input.args;
  if (name === undefined || !/^[\w .:@/-]{1,64}$/.test(name)) {
    throw new PortolanError('E_USAGE', 'It is not said what the token is for', {
      remedy: 'Name it: portolan token create prometheus --scope read',
    });
  }
  const scopes = scopesOf(input);
  const made = tokens.make(name, scopes, daysOf(input), who());
  const after = `${made.id} "${name}": ${scopes.join(', ')}`;
  store.audit({
    at: shell.now(),
    who: who(),
    what: `token create ${made.id}`,
    why: 'on the command line',
    after,
  });
  if (shell.json) shell.out(jsonDocument('token', made));
  else {
    shell.out(`${made.secret}\n`);
    shell.say(`Good until ${timeText(shell, made.expiresAt)}; it is not shown again`);
  }
  return 0;
}

function remove({ shell, input, store, tokens }: Task): number {
  const id = (input.args[1] ?? '').replace(/…$/, '');
  if (!tokens.end(id)) {
    throw new PortolanError('E_NOT_FOUND', `There is no token "${id}"`, {
      remedy: 'List them: portolan token list',
    });
  }
  store.audit({
    at: shell.now(),
    who: who(),
    what: `token rm ${id}`,
    why: 'on the command line',
  });
  shell.say(`${id}… is worth nothing any more`);
  return 0;
}

function scopesOf(input: Input): readonly Scope[] {
  const given = input.list('scope').flatMap((text) => text.split(','));
  const wrong = given.find((text) => !isScope(text));
  if (given.length > 0 && wrong === undefined) return given.filter(isScope);
  const message = wrong === undefined ? 'No scope was given' : `There is no scope "${wrong}"`;
  throw new PortolanError('E_USAGE', message, {
    remedy: `Say what it may do, --scope read; there are ${SCOPES.join(', ')}`,
  });
}

function daysOf(input: Input): number {
  const days = Number(input.text('days') ?? 90);
  if (Number.isInteger(days) && days >= 1 && days <= LONGEST_LIFE) return days;
  throw new PortolanError('E_USAGE', `--days is no number from 1 to ${LONGEST_LIFE}`, {
    remedy: 'For example --days 90',
  });
}
