import { SEVERITIES } from '../model/core.ts';
import type { Command } from './command.ts';
import { FILTER } from './filter-option.ts';

export const findings: Command = {
  name: 'findings',
  group: 'look',
  summary: 'List what is wrong, worst first, with what to do',
  args: [{ form: '[id]', help: 'one finding in full, with its evidence' }],
  options: [
    FILTER,
    {
      flags: '--severity <level>',
      help: 'show this and worse',
      choices: SEVERITIES,
      default: 'info',
    },
    {
      flags: '--fail-on <level>',
      help: 'exit 1 if there is one of this or worse',
      choices: SEVERITIES,
    },
    { flags: '--device <device>', help: 'only of this device' },
  ],
  examples: [
    ['portolan findings', 'what matters first'],
    ['portolan findings PTL-F-2K9D', 'one, with the bytes that prove it'],
    ['portolan findings --fail-on high', 'in a script: exit 1 if something is bad'],
    ["portolan findings --filter 'threat = malware'", 'of one kind'],
  ],
  async run(shell, input) {
    const { runFindings } = await import('./findings-run.ts');
    return runFindings(shell, input);
  },
};
