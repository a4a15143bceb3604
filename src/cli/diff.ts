import type { Command } from './command.ts';

export const diff: Command = {
  name: 'diff',
  group: 'look',
  summary: 'What is new, gone or moved between two scans or two dates',
  args: [
    {
      form: '[before]',
      help: 'a scan (PTL-S-91B7) or a date (2026-01-01); default the scan before the last',
    },
    { form: '[after]', help: 'likewise; default now' },
  ],
  options: [{ flags: '--exit-code', help: 'exit 1 if anything differs' }],
  examples: [
    ['portolan diff', 'since the scan before the last one'],
    ['portolan diff 2026-01-01', 'since new year'],
    ['portolan diff PTL-S-91B7 PTL-S-A0C2 --exit-code', 'in a build: fail on a new port'],
  ],
  async run(shell, input) {
    const { runDiff } = await import('./diff-run.ts');
    return runDiff(shell, input);
  },
};
