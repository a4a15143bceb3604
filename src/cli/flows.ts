import type { Command } from './command.ts';
import { FILTER } from './filter-option.ts';

export const flows: Command = {
  name: 'flows',
  group: 'look',
  summary: 'Who talked to whom: conversations of imported captures and of watching',
  args: [{ form: '[device]', help: 'only of this device: id, name, address or MAC' }],
  options: [
    FILTER,
    { flags: '--protocol <id>', help: 'only this protocol' },
    { flags: '--port <number>', help: 'only this port, at either end' },
    { flags: '--since <date>', help: 'last seen then or later: 2026-01-31, 2026-01-31T12:00' },
    { flags: '--limit <number>', help: 'at most so many', default: '100' },
  ],
  examples: [
    ['portolan flows', 'the newest hundred'],
    ['portolan flows camera --since 2026-11-01', 'of one device'],
    ['portolan flows --protocol telnet --json', 'for a script'],
    ["portolan flows --filter 'to = internet and encrypted = no'", 'in the clear, and outwards'],
  ],
  async run(shell, input) {
    const { runFlows } = await import('./flows-run.ts');
    return runFlows(shell, input);
  },
};
