import type { Command } from './command.ts';
import { PASSED } from './setup-serve-words.ts';

export const setup: Command = {
  name: 'setup',
  group: 'operate',
  summary: 'How to allow what needs a right, to scan on a schedule, and to run all day',
  args: [
    {
      form: '<what>',
      help: 'what is to be set up',
      choices: ['capture', 'schedule', 'service', 'firewall'],
    },
    { form: '[target...]', help: 'with schedule: what is scanned; default: its own networks' },
  ],
  options: [
    { flags: '-i, --interface <name>', help: 'capture, service: where to listen', default: 'any' },
    { flags: '--every <interval>', help: 'schedule: 30m, 6h, 1d', default: '6h' },
    { flags: '--no-capture', help: 'service: listen to no traffic, with no right at all' },
    { flags: '--enforce', help: 'service: it may change the firewall of this machine' },
    { flags: '--apply', help: 'service, firewall: write the units; nothing is started' },
    { flags: '--check', help: 'service: test each step as it is now; 1 where one is missing' },
    ...PASSED,
  ],
  examples: [
    ['portolan setup capture', 'three ways, and which of them works here already'],
    ['portolan setup capture -i eth0', 'with the unit for that interface'],
    ['portolan setup schedule --every 6h', 'a timer of systemd and a line for cron, each checked'],
    ['portolan setup service -i eth0', 'a unit of systemd for the daemon, each step checked'],
    ['sudo portolan setup service --enforce --apply', 'and write it'],
    ['sudo portolan setup firewall --apply', 'units that load confirmed rules at boot, checked'],
    ['portolan setup service --keep-packets 64MB', 'with any option of portolan serve'],
    ['portolan setup service --check', 'whether the account, the unit and the daemon are there'],
  ],
  async run(shell, input) {
    const { runSetup } = await import('./setup-run.ts');
    return runSetup(shell, input);
  },
};
