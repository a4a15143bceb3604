import type { Command } from './command.ts';

export const user: Command = {
  name: 'user',
  group: 'operate',
  summary: 'Accounts of the dashboard and the API: list, add, new password, take away',
  args: [
    { form: '[verb]', help: 'what to do', choices: ['list', 'add', 'passwd', 'rm'] },
    { form: '[name]', help: 'of the account' },
  ],
  options: [
    {
      flags: '--role <role>',
      help: 'viewer sees, operator also judges, scans and proposes, admin everything; the first is admin',
      choices: ['viewer', 'operator', 'admin'],
    },
    { flags: '--password-file <file>', help: 'its password, on the first line of a file' },
  ],
  examples: [
    ['portolan user add mira --role admin', 'asks for a password'],
    ['portolan user add tv --role viewer --password-file ~/tv', 'for a script'],
    ['portolan user passwd mira', 'a new one; all sessions of the account end'],
    ['portolan user list --json', 'who may sign in, and who did when'],
  ],
  async run(shell, input) {
    const { runUser } = await import('./user-run.ts');
    return runUser(shell, input);
  },
};
