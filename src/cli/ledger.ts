import type { Command } from './command.ts';
import { FILTER } from './filter-option.ts';

export const ledger: Command = {
  name: 'ledger',
  group: 'look',
  summary: 'For each port of each device: is it open, used, needed, allowed?',
  args: [{ form: '[device]', help: 'only this device' }],
  options: [
    FILTER,
    { flags: '--all', help: 'also rows where there is nothing to do' },
    { flags: '--needed <port>', help: 'your word: this port of the device should be there' },
    { flags: '--not-needed <port>', help: 'your word: it should not' },
  ],
  examples: [
    ['portolan ledger', 'what to close, decide, encrypt or look at'],
    ['portolan ledger camera --all', 'every port of one device'],
    ['portolan ledger camera --not-needed 23/tcp', 'say so, and see what follows'],
    ["portolan ledger --filter 'verdict = close'", 'what can be closed'],
  ],
  async run(shell, input) {
    const { runLedger } = await import('./ledger-run.ts');
    return runLedger(shell, input);
  },
};
