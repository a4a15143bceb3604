import type { Command } from './command.ts';

export const firewall: Command = {
  name: 'firewall',
  group: 'act',
  summary: 'What is in force of ours, who else has rules, and how to be rid of ours',
  args: [
    {
      form: '[verb]',
      help: 'what to do; without one, status',
      choices: ['status', 'drift', 'read', 'refresh', 'boot', 'uninstall'],
    },
  ],
  options: [
    { flags: '--router <user@host>', help: 'on this router, by ssh; default: this machine' },
    { flags: '--policy <file>', help: 'refresh: this policy' },
    { flags: '--state <folder>', help: 'where that machine keeps what is in force', rare: true },
  ],
  examples: [
    ['sudo portolan firewall', 'the change in force, whether it waits, and who else has rules'],
    ['sudo portolan firewall drift', '1 where our table was changed by hand, with the difference'],
    ['sudo portolan firewall read', 'our table as it is in the kernel'],
    [
      'sudo portolan firewall refresh',
      'let rules lapse, follow addresses: by a timer, each minute',
    ],
    ['portolan firewall boot', 'the unit that loads what was confirmed, and the timer'],
    ['sudo portolan firewall uninstall', 'remove ours, and prove that nothing else was touched'],
  ],
  async run(shell, input) {
    const { runFirewall } = await import('./firewall-run.ts');
    return runFirewall(shell, input);
  },
};
