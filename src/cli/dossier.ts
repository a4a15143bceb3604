import type { Command } from './command.ts';

export const dossier: Command = {
  name: 'dossier',
  group: 'know',
  summary: 'What a device model is documented to need, each line with its source',
  args: [{ form: '[device]', help: 'hue-bridge, shelly, s7-1500 …; without one, all' }],
  examples: [
    ['portolan dossier hue-bridge', 'ports, direction, peer, purpose, source'],
    ['portolan dossier', 'which there are'],
  ],
  async run(shell, input) {
    const { runDossier } = await import('./dossier-run.ts');
    return runDossier(shell, input);
  },
};
