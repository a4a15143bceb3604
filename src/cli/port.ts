import type { Command } from './command.ts';

export const port: Command = {
  name: 'port',
  group: 'know',
  summary: 'What a port number is registered for, and what devices really use it for',
  args: [{ form: '<ports...>', help: '5683/udp, 8080, 8000-9000' }],
  options: [
    { flags: '--summary', help: 'for a range: how much of it has a name, and what that means' },
  ],
  examples: [
    ['portolan port 5683/udp', 'CoAP, with its RFC and date'],
    ['portolan port 2100/udp', 'where the registered name is not the real use'],
    ['portolan port 8000-9000 --summary', 'what a custom range is worth'],
  ],
  async run(shell, input) {
    const { runPort } = await import('./port-run.ts');
    return runPort(shell, input);
  },
};
