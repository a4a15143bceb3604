import type { Command } from './command.ts';

export const segment: Command = {
  name: 'segment',
  group: 'act',
  summary: 'Divide the network into zones: who goes where, what breaks, what it is good for',
  args: [{ form: '[verb]', help: 'what to do', choices: ['plan'] }],
  options: [
    { flags: '--zones <count>', help: 'at most so many zones of devices, 2 to 32', default: '8' },
    {
      flags: '--rules <grain>',
      help: 'draft a rule for each pair of zones, or for each pair of devices',
      choices: ['zones', 'devices'],
      default: 'zones',
    },
    { flags: '--since <days>', help: 'recorded traffic to plan from: 14d, 90d', default: '30d' },
    { flags: '--lan <interface>', help: 'of the router, inside', default: 'br-lan' },
    { flags: '--wan <interface>', help: 'of the router, to the internet', default: 'wan' },
    {
      flags: '--ports <ports>',
      help: 'of the router, inside: all carry each VLAN tagged; lan1,lan2',
      default: 'lan1,lan2,lan3,lan4',
    },
    {
      flags: '-o, --output <folder>',
      help: 'write the draft policy and the files for routers there',
    },
    { flags: '--html <file>', help: 'write the plan as one page with the matrix of zones' },
    {
      flags: '--weight <number>',
      help: 'what one device more in reach weighs against traffic across a border',
      default: '4',
      rare: true,
    },
  ],
  examples: [
    ['portolan segment plan', 'zones, reasons, what would break, and reach before and after'],
    ['portolan segment plan --zones 4', 'fewer zones'],
    ['portolan segment plan -o out', 'a draft policy, OpenWrt, Linux, RouterOS and UniFi'],
    ['portolan segment plan --html plan.html', 'to look at, print and discuss'],
    ['portolan segment plan --rules devices -o out', 'rules for each device, within zones too'],
  ],
  async run(shell, input) {
    const { runSegment } = await import('./segment-run.ts');
    return runSegment(shell, input);
  },
};
