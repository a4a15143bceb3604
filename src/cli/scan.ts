import { keepHeapLean } from '../io/scan/lean-heap.ts';
import { SEVERITIES } from '../model/core.ts';
import type { Command } from './command.ts';

export const scan: Command = {
  name: 'scan',
  group: 'start',
  summary: 'Find devices and open ports, and say which protocol really answers',
  args: [
    {
      form: '[target...]',
      help: 'addresses, networks, ranges, names, device:NAME, zone:NAME; default: your own networks',
    },
  ],
  options: [
    { flags: '-p, --ports <ports>', help: '22,80,8000-9000; T:…,U:…; - for all; iot, ot, all' },
    {
      flags: '--pace <pace>',
      help: 'how fast; more than polite for robust devices only',
      choices: ['gentle', 'polite', 'normal', 'fast'],
    },
    { flags: '-o, --output <file>', help: 'write a report; format by its ending', many: true },
    {
      flags: '--fail-on <level>',
      help: 'exit 1 on a finding of this or worse',
      choices: SEVERITIES,
    },
    { flags: '--every <interval>', help: 'again and again: 30m, 6h, 1d; says what changed' },
    { flags: '--dry-run', help: 'print what would be sent, and send nothing' },
    { flags: '--exclude <targets>', help: 'never a packet to these', many: true },
    {
      flags: '--severity <level>',
      help: 'show this and worse',
      choices: SEVERITIES,
      default: 'low',
      rare: true,
    },
    { flags: '--targets-file <file>', help: 'targets, one or more a line (-iL)', rare: true },
    { flags: '--discover-only', help: 'find devices, ask no ports (-sn)', rare: true },
    {
      flags: '--assume-up',
      help: 'scan each target whether or not it was found (-Pn)',
      rare: true,
    },
    {
      flags: '--greet-only',
      help: 'name protocols, ask devices nothing about themselves',
      rare: true,
    },
    {
      flags: '--treat-as <class>',
      help: 'your word on the targets',
      choices: ['fragile', 'robust'],
      rare: true,
    },
    { flags: '--scope <range>', help: 'networks that may be touched', many: true, rare: true },
    {
      flags: '--i-am-authorised <reason>',
      help: 'needed for a scope beyond your private networks; audited',
      rare: true,
    },
    {
      flags: '--distressed-too',
      help: 'also devices that stopped answering during a scan less than a day ago',
      rare: true,
    },
    { flags: '--resume <scan>', help: 'go on with an interrupted scan', rare: true },
    { flags: '--list', help: 'list the scans done', rare: true },
    {
      flags: '--list-ports',
      help: 'print the ports that would be asked, with the reason for each',
      rare: true,
    },
    { flags: '--nmap-xml <file>', help: 'write nmap XML (-oX)', rare: true },
  ],
  examples: [
    ['portolan scan', 'your own network, politely'],
    ['portolan scan 192.168.1.31 -p-', 'one device, all TCP ports'],
    [
      'portolan scan 192.168.1.0/24 --ports iot -o report.html --fail-on high',
      'with a report and a gate',
    ],
    ['portolan scan device:"Kitchen camera"', 'one that is known, wherever it is now'],
    ['portolan scan zone:iot --every 6h', 'a zone of the configuration, and what changed since'],
    ['portolan scan --dry-run', 'what would be sent'],
  ],
  async run(shell, input) {
    keepHeapLean();
    const { runScan } = await import('./scan-run.ts');
    return runScan(shell, input);
  },
};
