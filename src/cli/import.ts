import type { Command } from './command.ts';

export const importCommand: Command = {
  name: 'import',
  group: 'act',
  summary: 'Read captures, and what other tools know: nmap XML, DHCP leases, neighbour tables',
  args: [{ form: '<file...>', help: 'files; - for standard input' }],
  options: [
    { flags: '--as <format>', help: 'where the content does not say' },
    { flags: '--list-formats', help: 'what can be read', rare: true },
  ],
  examples: [
    ['portolan import monday.pcapng', 'what a capture shows: devices, services, who used what'],
    ['portolan import scan.xml', 'what nmap -oX wrote'],
    ['tcpdump -w - | portolan import --as capture -', 'a capture from standard input'],
    ['ssh router cat /tmp/dhcp.leases | portolan import -', 'the router knows every name'],
    ['ip -j neigh | portolan import --as neighbours -', 'another machine’s neighbour table'],
  ],
  async run(shell, input) {
    const { runImport } = await import('./import-run.ts');
    return runImport(shell, input);
  },
};
