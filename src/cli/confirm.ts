import type { Command } from './command.ts';

export const confirm: Command = {
  name: 'confirm',
  group: 'act',
  summary: 'Keep the change that waits; from now on it is loaded at boot too',
  args: [{ form: '[change]', help: 'its id; without one, whichever waits' }],
  options: [
    { flags: '--router <user@host>', help: 'on this router, by ssh; default: this machine' },
    { flags: '--state <folder>', help: 'where that machine keeps what is in force', rare: true },
  ],
  examples: [
    ['sudo portolan confirm', 'everything works: keep it'],
    ['portolan confirm --router root@192.168.1.1', 'the same on a router'],
  ],
  async run(shell, input) {
    const { runConfirm } = await import('./confirm-run.ts');
    return runConfirm(shell, input);
  },
};
