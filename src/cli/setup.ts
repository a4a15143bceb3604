import type { Command } from './command.ts';

export const setup: Command = {
  name: 'setup',
  group: 'operate',
  summary: 'How to allow what needs a right: live capture',
  args: [{ form: '<what>', help: 'what is to be allowed', choices: ['capture'] }],
  options: [{ flags: '-i, --interface <name>', help: 'where to listen', default: 'any' }],
  examples: [
    ['portolan setup capture', 'three ways, and which of them works here already'],
    ['portolan setup capture -i eth0', 'with the unit for that interface'],
  ],
  async run(shell, input) {
    const { runSetup } = await import('./setup-run.ts');
    return runSetup(shell, input);
  },
};
