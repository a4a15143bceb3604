import type { Command } from './command.ts';

export const backup: Command = {
  name: 'backup',
  group: 'operate',
  summary: 'Copy the database while everything goes on: one file, checked, that only you can read',
  args: [{ form: '<file>', help: 'a file that is not there yet, or a folder' }],
  examples: [
    ['portolan backup portolan-copy.db', 'beside whatever runs; nothing waits for it'],
    ['portolan backup /mnt/copies', 'in that folder, by the time'],
    ['portolan check backup', 'for a monitor: how old the last one is'],
  ],
  async run(shell, input) {
    const { runBackup } = await import('./backup-run.ts');
    return runBackup(shell, input);
  },
};
