import type { Command } from './command.ts';

export const nat: Command = {
  name: 'nat',
  group: 'look',
  summary:
    'Every hole in the router: port mappings, forwardings, IPv6 pinholes, and how to close them',
  args: [{ form: '[router]', help: 'whom --ask asks; the default route where none is named' }],
  options: [
    { flags: '--ask', help: 'ask the router now, which only reads' },
    {
      flags: '--local',
      help: "read this machine's own rules (nft, iptables-save): it is the router",
    },
    { flags: '--all', help: 'those that have ended too' },
  ],
  examples: [
    ['portolan nat', 'all that is known: from scans, from traffic, from imports'],
    ['portolan nat --ask', 'ask the router of the default route by UPnP and NAT-PMP'],
    ['portolan nat --ask 192.168.1.1 --json', 'another one, for a script'],
    ['sudo portolan nat --local', 'on a Linux router'],
    ['ssh router nft -j list ruleset | portolan import -', 'what another router has in its kernel'],
  ],
  async run(shell, input) {
    const { runNat } = await import('./nat-run.ts');
    return runNat(shell, input);
  },
};
