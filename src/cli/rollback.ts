import type { Command } from './command.ts';

export const rollback: Command = {
  name: 'rollback',
  group: 'act',
  summary: 'Take back the change that waits, else the last one that was confirmed',
  options: [
    { flags: '--router <user@host>', help: 'on this router, by ssh; default: this machine' },
    { flags: '--state <folder>', help: 'where that machine keeps what is in force', rare: true },
  ],
  examples: [
    ['sudo portolan rollback', 'at once, as it was before'],
    ['portolan rollback --router root@192.168.1.1', 'the same on a router'],
  ],
  async run(shell, input) {
    const { runRollback } = await import('./rollback-run.ts');
    return runRollback(shell, input);
  },
};
