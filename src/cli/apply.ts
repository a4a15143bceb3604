import type { Command } from './command.ts';

export const apply: Command = {
  name: 'apply',
  group: 'act',
  summary: 'Put the policy in force; without a confirmation it is taken back by itself',
  args: [{ form: '[change]', help: 'id of a plan; without one, the policy as it is now' }],
  options: [
    { flags: '--policy <file>', help: 'this policy; default: policy.yaml in the data folder' },
    { flags: '--router <user@host>', help: 'on this router, by ssh; default: this machine' },
    {
      flags: '--confirm-within <seconds>',
      help: 'time until it is taken back',
      default: '60',
    },
    { flags: '--since <days>', help: 'recorded traffic to play: 7d, 90d', default: '7d' },
    {
      flags: '--probe <what>',
      help: 'must work after it: tcp:192.0.2.9:443, dns:example.com',
      many: true,
    },
    {
      flags: '--bridge <interface>',
      help: 'filter within the segment of this bridge too; again for more; none for none any more',
      many: true,
    },
    { flags: '--accept-drift', help: 'our table was changed by hand: overwrite that' },
    { flags: '--dry-run', help: 'everything but the change itself' },
    { flags: '--yes', help: 'do not ask before it is loaded (it is still to be confirmed)' },
    { flags: '--detach', help: 'return once it is loaded; confirm it by: portolan confirm' },
    { flags: '--state <folder>', help: 'where that machine keeps what is in force', rare: true },
  ],
  examples: [
    ['sudo portolan apply', 'show, load, and ask: without an answer within 60 s it is taken back'],
    ['portolan apply --router root@192.168.1.1', 'on a router; its own watchdog takes it back'],
    ['sudo portolan apply --dry-run', 'all checks, in a network of its own; nothing is changed'],
    ['sudo portolan apply --bridge br0', 'and between devices of the segment behind that bridge'],
    ['sudo portolan apply --yes --detach', 'then, from a new connection: sudo portolan confirm'],
  ],
  async run(shell, input) {
    const { runApply } = await import('./apply-run.ts');
    return runApply(shell, input);
  },
};
