import type { Command } from './command.ts';

export const audit: Command = {
  name: 'audit',
  group: 'operate',
  summary: 'What was done with authority, by whom; and whether that record is whole',
  args: [
    { form: '[verb]', help: 'what to do', choices: ['list', 'verify'] },
    { form: '[hash]', help: 'for verify: one that was noted before, which has to be in it' },
  ],
  options: [{ flags: '--limit <number>', help: 'of list: the newest so many', default: '50' }],
  examples: [
    ['portolan audit', 'the newest fifty'],
    ['portolan audit --limit 1000 --json', 'for a script, with hashes'],
    ['portolan audit verify', 'names the first entry that was changed or is missing'],
  ],
  async run(shell, input) {
    const { runAudit } = await import('./audit-run.ts');
    return runAudit(shell, input);
  },
};
