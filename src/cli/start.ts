import type { Command } from './command.ts';

export const start: Command = {
  name: 'start',
  group: 'start',
  summary: 'Look around your own network and say what matters first; no configuration, no root',
  options: [
    { flags: '-o, --output <file>', help: 'write a report too; format by its ending', many: true },
  ],
  examples: [
    [
      'portolan start',
      'discover, identify, assess; nothing is blocked, nothing leaves this machine',
    ],
    ['portolan start -o report.html', 'and leave a page to read'],
  ],
  async run(shell, input) {
    const { runStart } = await import('./start-run.ts');
    return runStart(shell, input);
  },
};
