import type { Command } from './command.ts';

export const contain: Command = {
  name: 'contain',
  group: 'act',
  summary: 'Hold a device that misbehaves, for a while: no network, no service, or no neighbours',
  args: [{ form: '[device]', help: 'id, name or address, or what the policy calls it' }],
  options: [
    { flags: '--isolate', help: 'it reaches nobody, and nobody but the guard reaches it' },
    { flags: '--stop <service>', help: 'neither to it nor from it: tcp/23' },
    { flags: '--keep-internet', help: 'it reaches the internet, and no other device of the site' },
    { flags: '--for <time>', help: 'how long: 30m, 1h, 7d', default: '1h' },
    { flags: '--undo', help: 'end it now; without a device, end all' },
    { flags: '--policy <file>', help: 'this policy; default: policy.yaml in the data folder' },
    { flags: '--router <user@host>', help: 'on this router, by ssh; default: this machine' },
    { flags: '--confirm-within <seconds>', help: 'time until it is taken back', default: '60' },
    { flags: '--since <days>', help: 'recorded traffic to play: 7d, 90d', default: '14d' },
    { flags: '--dry-run', help: 'show what it would stop; change nothing' },
    { flags: '--yes', help: 'do not ask before it is loaded' },
    { flags: '--detach', help: 'return once it is loaded; confirm it by: portolan confirm' },
    { flags: '--state <folder>', help: 'where that machine keeps what is in force', rare: true },
  ],
  examples: [
    ['portolan contain camera', 'the three ways, and what each would have stopped in 14 days'],
    ['sudo portolan contain camera --isolate --for 2h', 'for two hours; then it ends by itself'],
    ['sudo portolan contain camera --stop tcp/23', 'Telnet only'],
    ['sudo portolan contain --undo', 'end all of it now'],
  ],
  async run(shell, input) {
    const { runContain } = await import('./contain-run.ts');
    return runContain(shell, input);
  },
};
