import type { Command } from './command.ts';

export const analyze: Command = {
  name: 'analyze',
  group: 'start',
  summary: 'See what a capture shows: devices, services, who speaks what with whom',
  args: [{ form: '<file...>', help: 'pcap or pcapng, also .gz and .zst; - for standard input' }],
  options: [
    { flags: '--flows <file>', help: 'write each flow as a line of JSON; - for standard output' },
    {
      flags: '--fields <file>',
      help: 'write each named value: tls.sni, mqtt.client_id, dns.query',
    },
    { flags: '--devices <file>', help: 'write each device with what is known of it' },
    { flags: '--packets <file>', help: 'write one line for each capture' },
    { flags: '--alerts <file>', help: 'write what is wrong or new as a line of JSON each' },
    {
      flags: '--learn-until <moment>',
      help: 'alerts: what happens until then is usual; 14 days where it is not said',
    },
    { flags: '--top <number>', help: 'flows that are shown', default: '10' },
    {
      flags: '--max-flows <number>',
      help: 'flows that are followed at a time; 200000 take 40 MiB',
      rare: true,
    },
  ],
  examples: [
    ['portolan analyze capture.pcapng', 'devices, services and the largest flows'],
    ['tcpdump -i eth0 -w - | portolan analyze -', 'what passes by, until Ctrl-C'],
    ['portolan analyze *.pcap --flows flows.jsonl', 'every flow, one a line'],
    [
      'portolan analyze week.pcap --alerts alerts.jsonl --learn-until 2026-01-31',
      'what changed after that day',
    ],
  ],
  async run(shell, input) {
    const { runAnalyze } = await import('./analyze-run.ts');
    return runAnalyze(shell, input);
  },
};
