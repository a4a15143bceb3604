import type { Command } from './command.ts';

export const setup: Command = {
  name: 'setup',
  group: 'operate',
  summary: 'How to allow what needs a right, and to scan on a schedule',
  args: [
    { form: '<what>', help: 'what is to be set up', choices: ['capture', 'schedule'] },
    { form: '[target...]', help: 'with schedule: what is scanned; default: its own networks' },
  ],
  options: [
    { flags: '-i, --interface <name>', help: 'capture: where to listen', default: 'any' },
    { flags: '--every <interval>', help: 'schedule: 30m, 6h, 1d', default: '6h' },
  ],
  examples: [
    ['portolan setup capture', 'three ways, and which of them works here already'],
    ['portolan setup capture -i eth0', 'with the unit for that interface'],
    ['portolan setup schedule --every 6h', 'a timer of systemd and a line for cron, each checked'],
  ],
  async run(shell, input) {
    const { runSetup } = await import('./setup-run.ts');
    return runSetup(shell, input);
  },
};
