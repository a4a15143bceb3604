import type { Command } from './command.ts';

export const evidence: Command = {
  name: 'evidence',
  group: 'know',
  summary: 'The packets that speak for a finding, for Wireshark',
  args: [{ form: '<id>', help: 'a finding (PTL-F-…) or a device' }],
  options: [
    { flags: '--from <capture>', help: 'where the packets are', many: true },
    {
      flags: '-o, --output <file>',
      help: 'the slice (pcapng); without it only the filter is told',
    },
    { flags: '--most <number>', help: 'packets that are copied', default: '100000', rare: true },
  ],
  examples: [
    ['portolan evidence PTL-F-2K9D', 'the display filter for Wireshark'],
    [
      'portolan evidence PTL-F-2K9D --from day.pcapng -o slice.pcapng',
      'its packets, each with the id as its comment',
    ],
  ],
  async run(shell, input) {
    const { runEvidence } = await import('./evidence-run.ts');
    return runEvidence(shell, input);
  },
};
