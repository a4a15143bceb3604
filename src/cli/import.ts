import type { Command } from './command.ts';

export const importCommand: Command = {
  name: 'import',
  group: 'act',
  summary: 'Read captures, and what others know: nmap, DHCP leases, tables of routers and switches',
  args: [{ form: '<file...>', help: 'files; - for standard input; or: snmp ROUTER; or: firewall' }],
  options: [
    { flags: '--as <format>', help: 'where the content does not say' },
    { flags: '--community-file <file>', help: 'snmp: the community, on the first line of a file' },
    { flags: '--v3 <file>', help: 'snmp: a user of SNMPv3, in the words of snmp.conf(5)' },
    { flags: '--snmp-port <port>', help: 'snmp: where it is not 161', rare: true },
    { flags: '--scope <range>', help: 'snmp: networks that may be asked', many: true, rare: true },
    {
      flags: '--i-am-authorised <reason>',
      help: 'snmp: needed beyond your private networks; audited',
      rare: true,
    },
    { flags: '--list-formats', help: 'what can be read', rare: true },
  ],
  examples: [
    ['portolan import monday.pcapng', 'what a capture shows: devices, services, who used what'],
    ['portolan import scan.xml', 'what nmap -oX wrote'],
    ['tcpdump -w - | portolan import --as capture -', 'a capture from standard input'],
    ['ssh router cat /tmp/dhcp.leases | portolan import -', 'the router knows every name'],
    [
      'portolan import snmp 192.168.1.1 --community-file ~/.snmp-community',
      'who a router or switch knows, on networks that are not ours too, and behind which port',
    ],
    ['ssh router /ip arp print terse | portolan import -', 'MikroTik; Cisco: show ip arp'],
    ['ssh router nft list ruleset | portolan import -', 'what the firewall lets through'],
    ['sudo portolan import firewall', 'the same, where this machine is the router'],
    ['portolan import bulb.mud.json', 'what a maker says its device needs: portolan mud --help'],
    ['portolan import nvdcve-2.0-2024.json.gz', 'known vulnerabilities: portolan feed --help'],
    ['ip -j neigh | portolan import --as neighbours -', 'another machine’s neighbour table'],
  ],
  async run(shell, input) {
    const { runImport } = await import('./import-run.ts');
    return runImport(shell, input);
  },
};
