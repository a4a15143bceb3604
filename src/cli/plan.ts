import type { Command } from './command.ts';

export const plan: Command = {
  name: 'plan',
  group: 'act',
  summary: 'What applying the policy would change: who loses what, who gains what',
  options: [
    { flags: '--policy <file>', help: 'this policy; default: policy.yaml in the data folder' },
    { flags: '--target <firewall>', help: 'compile for this firewall', default: 'nftables' },
    { flags: '--router <user@host>', help: 'compare with what was applied to that router' },
    { flags: '--since <days>', help: 'recorded traffic to play: 7d, 90d', default: '14d' },
    { flags: '-o, --output <folder>', help: 'write the files of the firewall there' },
    {
      flags: '--bridge <interface>',
      help: 'filter within the segment of this bridge too; again for more; none for none any more',
      many: true,
    },
    {
      flags: '--detailed-exitcode',
      help: '0: nothing would change; 1: something would; 2 and more: an error',
    },
  ],
  examples: [
    ['portolan plan', 'what would change, and which recorded traffic would be blocked'],
    ['portolan plan --json', 'the same for a program'],
    ['portolan plan --detailed-exitcode', 'in a pipeline: 1 where something would change'],
    ['portolan plan --target nftables -o out', 'the ruleset itself, to load by other means'],
  ],
  async run(shell, input) {
    const { runPlan } = await import('./plan-run.ts');
    return runPlan(shell, input);
  },
};
