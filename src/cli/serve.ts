import { keepHeapLean } from '../io/scan/lean-heap.ts';
import type { Command } from './command.ts';

export const serve: Command = {
  name: 'serve',
  group: 'start',
  summary: 'Run all day: the dashboard in a browser, the API for programs, alerts as they come',
  options: [
    {
      flags: '--listen <address>',
      help: 'address and port; others can reach it once somebody has an account',
      default: '127.0.0.1:7787',
    },
    { flags: '-i, --capture <interface>', help: 'listen to traffic there; any for all interfaces' },
    { flags: '--capture-filter <filter>', help: 'only that, as tcpdump has it: "not port 22"' },
    {
      flags: '--keep-packets <size>',
      help: 'keep the newest packets as proof of alerts, contents included: 64MB; off by default',
    },
    { flags: '--enforce', help: 'changes of the firewall of this machine can be made from here' },
    { flags: '--user <name>', help: 'started as root: the account that it becomes' },
    { flags: '--scan-every <interval>', help: 'scan the configured scope: 30m, 6h, 1d' },
    {
      flags: '--learn-days <days>',
      help: 'alerts: so long all that is done is taken as usual',
      default: '14',
      rare: true,
    },
    {
      flags: '--allow-host <name>',
      help: 'a name by which people reach this machine',
      many: true,
    },
    {
      flags: '--base-path <path>',
      help: 'where a proxy passes it on below a path: /portolan',
      rare: true,
    },
    {
      flags: '--trusted-proxy <network>',
      help: 'whose word on addresses and users is taken',
      many: true,
      rare: true,
    },
    {
      flags: '--user-header <name>',
      help: 'in which that proxy says who has signed in: X-Remote-User',
      rare: true,
    },
    { flags: '--role-header <name>', help: 'in which it says the role', rare: true },
    {
      flags: '--frame-ancestor <origin>',
      help: 'who may show the dashboard in a frame: https://home.example',
      many: true,
      rare: true,
    },
    { flags: '--no-ui', help: 'the API alone' },
    {
      flags: '--state <folder>',
      help: 'enforce: where the state of the firewall is kept',
      rare: true,
    },
  ],
  examples: [
    ['portolan serve', 'the dashboard on this machine; prints the link to begin with'],
    ['sudo portolan serve --capture eth0', 'and listen; every right is given up but by a helper'],
    [
      'sudo portolan serve --capture eth0 --keep-packets 64MB',
      'and keep packets, for Wireshark to show what an alert is about',
    ],
    ['sudo portolan serve --capture any --enforce', 'and apply policies from the dashboard'],
    ['portolan serve --scan-every 6h', 'and scan the configured scope again and again'],
    [
      'portolan serve --listen 0.0.0.0:7787 --allow-host portolan.lan',
      'for others, once somebody has an account',
    ],
  ],
  async run(shell, input) {
    keepHeapLean();
    const { runServe } = await import('./serve-run.ts');
    return runServe(shell, input);
  },
};
