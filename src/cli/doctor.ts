import type { Command } from './command.ts';

export const doctor: Command = {
  name: 'doctor',
  group: 'start',
  summary: 'What works here, what does not, and the exact line that mends it',
  examples: [['portolan doctor', 'check this machine; nothing is sent and nothing changed']],
  async run(shell, input) {
    const { runDoctor } = await import('./doctor-run.ts');
    return runDoctor(shell, input);
  },
};
