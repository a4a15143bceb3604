import type { Command } from './command.ts';

/** wireshark.org/docs/wsdg_html_chunked/ChCaptureExtcap.html */
export const extcap: Command = {
  name: 'extcap',
  group: 'operate',
  summary: 'Show evidence in Wireshark: its interface for other programs',
  options: [
    { flags: '--script', help: 'print the script to put into Wireshark’s extcap folder' },
    { flags: '--extcap-interfaces', help: 'what Wireshark asks first', rare: true },
    { flags: '--extcap-version <version>', help: 'Wireshark’s', rare: true },
    { flags: '--extcap-interface <name>', help: 'which one is meant', rare: true },
    { flags: '--extcap-dlts', help: 'its link types', rare: true },
    { flags: '--extcap-config', help: 'what it wants to know', rare: true },
    { flags: '--extcap-capture-filter <filter>', help: 'as for watch', rare: true },
    { flags: '--capture', help: 'write to the pipe', rare: true },
    { flags: '--fifo <file>', help: 'the pipe', rare: true },
    { flags: '--id <id>', help: 'a finding or a device', rare: true },
    { flags: '--from <capture>', help: 'where the packets are', rare: true },
  ],
  examples: [
    [
      'portolan extcap --script > ~/.local/lib/wireshark/extcap/portolan && chmod +x $_',
      'Wireshark then has "Portolan: evidence" among its interfaces',
    ],
  ],
  async run(shell, input) {
    const { runExtcap } = await import('./extcap-run.ts');
    return runExtcap(shell, input);
  },
};
