import type { Command } from './command.ts';

export const demo: Command = {
  name: 'demo',
  group: 'start',
  summary: 'Try everything on a network of real servers that lives on this machine only',
  options: [
    { flags: '--once', help: 'end by itself, instead of staying up until Ctrl-C' },
    { flags: '--stay', help: 'stay up with the dashboard, also where the output is no terminal' },
    { flags: '--level <level>', help: 'how the network is made', choices: ['1', '2'] },
    { flags: '--keep', help: 'keep the database of the demo, and say where it is' },
    { flags: '-o, --output <file>', help: 'where the report goes', default: 'portolan-demo.html' },
    { flags: '--inside <targets>', help: 'used by the demo itself, in its network', rare: true },
  ],
  examples: [
    ['portolan demo', 'scan the demo network, show what matters, and stay up with the dashboard'],
    ['portolan demo --once', 'the same, and take it down'],
    ['portolan demo --level 2', 'on addresses of loopback, where namespaces are not allowed'],
  ],
  async run(shell, input) {
    const { runDemo } = await import('./demo-run.ts');
    return runDemo(shell, {
      once: input.flag('once'),
      stay: input.flag('stay'),
      keep: input.flag('keep'),
      level: input.text('level'),
      output: input.text('output') ?? 'portolan-demo.html',
      inside: input.text('inside'),
    });
  },
};
