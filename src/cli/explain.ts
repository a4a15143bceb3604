import type { Command } from './command.ts';

export const explain: Command = {
  name: 'explain',
  group: 'know',
  summary: 'What a code, an id, a rule, a kind of alert, a protocol, a port or a connection means',
  args: [
    { form: '<thing...>', help: 'E_SCOPE, PTL-F-2K9D, PTL-D-7F3K, cleartext, mqtt, 5683/udp, a→b' },
  ],
  examples: [
    ['portolan explain PTL-F-2K9D', 'a finding, with its proof and remedy'],
    ['portolan explain E_SCOPE', 'an error'],
    [
      'portolan explain port_scan_vertical',
      'a kind of alert: thresholds, sources, and what is known to look like it',
    ],
    [
      'portolan explain "7f3k→cloud tcp/8883"',
      'whether it may, which rule and line says so, and how to allow it',
    ],
    ['portolan explain coap', 'a protocol: where it is found, and what it was written from'],
  ],
  async run(shell, input) {
    const { runExplain } = await import('./explain-run.ts');
    return runExplain(shell, input);
  },
};
