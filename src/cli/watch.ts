import type { Command } from './command.ts';

export const watch: Command = {
  name: 'watch',
  group: 'start',
  summary: 'See live what passes by, without sending anything',
  args: [{ form: '[filter...]', help: 'capture filter, as for tcpdump: man pcap-filter' }],
  options: [
    { flags: '-i, --interface <name>', help: 'where to listen; any for all interfaces together' },
    { flags: '-D, --interfaces', help: 'list the interfaces with what passes there' },
    { flags: '-r, --read <file>', help: 'from a capture in place of an interface; - for stdin' },
    { flags: '-w, --write <file>', help: 'write the frames as pcap; - for standard output' },
    { flags: '-c, --count <number>', help: 'end after so many packets' },
    {
      flags: '-G, --rotate-seconds <seconds>',
      help: 'write: so long to a file; its name may hold %Y %m %d %H %M %S',
      rare: true,
    },
    {
      flags: '-C, --file-size <megabytes>',
      help: 'write: so much to a file, in millions of octets',
      rare: true,
    },
    {
      flags: '-W, --file-count <number>',
      help: 'write: with -C so many files in turn, with -G end after so many',
      rare: true,
    },
    {
      flags: '-s, --snaplen <octets>',
      help: 'write: so much of each frame; 0 for all of it',
      rare: true,
    },
    { flags: '--flows', help: 'one line for each conversation when it is over' },
    { flags: '--jsonl', help: 'one JSON object for each event' },
    { flags: '--scan-new', help: 'scan a device gently when it is seen for the first time' },
    {
      flags: '--scan-new-cap <number>',
      help: 'scan-new: at most so many a day',
      default: '10',
      rare: true,
    },
    {
      flags: '--learn-days <days>',
      help: 'alerts: so long all that is done is taken as usual',
      default: '14',
    },
    {
      flags: '--enforce-names',
      help: 'let addresses in force follow the answers of DNS that devices get',
    },
    { flags: '--state <folder>', help: 'enforce-names: where the change in force is', rare: true },
    { flags: '--no-alerts', help: 'do not watch for what is wrong or new' },
    { flags: '--no-store', help: 'keep nothing when it ends' },
    { flags: '--strict', help: 'exit 5 where more than 0.1 % of the packets were lost' },
    {
      flags: '-Q, --direction <way>',
      help: 'only what comes in, or goes out',
      choices: ['in', 'out', 'inout'],
      rare: true,
    },
    {
      flags: '-p, --no-promiscuous',
      help: 'only what is meant for this machine',
      rare: true,
    },
    {
      flags: '--method <method>',
      help: 'how to capture',
      choices: ['ring', 'tcpdump', 'dumpcap'],
      rare: true,
    },
  ],
  examples: [
    ['sudo portolan watch -i eth0', 'devices, services and conversations as they are seen'],
    ['portolan watch -i eth0 -- tcp port 502 or vlan', 'only that, until Ctrl-C'],
    ['portolan watch -r capture.pcapng --flows', 'the conversations of a capture'],
    [
      'sudo portolan watch -i eth0 --scan-new',
      'and ask who is new, unless it is fragile or industrial',
    ],
    [
      "sudo portolan watch -i eth0 -w 'day-%H.pcap' -G 3600 -W 24",
      'and write a day of frames, an hour to a file',
    ],
    [
      'sudo portolan watch -i br0 --enforce-names',
      'and rules of the policy that speak of names follow DNS at once',
    ],
    ['portolan watch -D', 'where there is something to see'],
  ],
  async run(shell, input) {
    const { runWatch } = await import('./watch-run.ts');
    return runWatch(shell, input);
  },
};
