import type { Command } from './command.ts';

export const allow: Command = {
  name: 'allow',
  group: 'act',
  summary: 'Let a device open something for a while; the rule lapses by itself',
  args: [
    { form: '<device>', help: 'id, name or address, or what the policy calls it' },
    { form: '<service>', help: '8443, tcp/8443, udp/5000-5010, https …' },
  ],
  options: [
    { flags: '--for <time>', help: 'how long: 30m, 1h, 7d', default: '1h' },
    { flags: '--to <peer>', help: 'only to: a device, net:192.0.2.0/24, name:mq.example.com' },
    { flags: '--by <peer>', help: 'the other way round: who may open it on the device' },
    { flags: '--policy <file>', help: 'this policy; default: policy.yaml in the data folder' },
    { flags: '--dry-run', help: 'show the rule and save nothing' },
  ],
  examples: [
    ['portolan allow 7f3k 8443 --for 1h', 'it may open tcp/8443 to anybody, for an hour'],
    ['portolan allow camera https --to name:fota.example.com --for 30m', 'for one update'],
    ['portolan allow nas ssh --by net:192.168.1.20 --for 2h', 'for one who mends it'],
  ],
  async run(shell, input) {
    const { runAllow } = await import('./allow-run.ts');
    return runAllow(shell, input);
  },
};
