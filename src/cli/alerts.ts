import { SEVERITIES } from '../model/core.ts';
import type { Command } from './command.ts';
import { FILTER } from './filter-option.ts';

export const ALERT_STATES = ['open', 'acknowledged', 'snoozed', 'resolved', 'all'] as const;

export const alerts: Command = {
  name: 'alerts',
  group: 'look',
  summary: 'What happened: list, show, acknowledge, resolve, snooze and teach',
  args: [
    {
      form: '[verb]',
      help: 'what to do; without one, list',
      choices: [
        'list',
        'show',
        'ack',
        'resolve',
        'snooze',
        'reopen',
        'expect',
        'expectations',
        'rm',
        'tail',
      ],
    },
    { form: '[id...]', help: 'alerts (PTL-A-…); rm: expectations (PTL-E-…)' },
  ],
  options: [
    FILTER,
    {
      flags: '--severity <level>',
      help: 'list, tail: this and worse',
      choices: SEVERITIES,
      default: 'low',
    },
    {
      flags: '--state <state>',
      help: 'list: only in this state; without it, all but the resolved',
      choices: ALERT_STATES,
    },
    { flags: '--since <when>', help: 'list, tail: seen since then: 2h, 7d, 2026-11-01' },
    {
      flags: '--fail-on <level>',
      help: 'list: exit 1 if an open one is of this or worse',
      choices: SEVERITIES,
    },
    { flags: '--pcap <file>', help: 'show: write its packets here (pcapng)' },
    {
      flags: '--from <capture>',
      help: 'show: where the packets are; without it, what serve --keep-packets kept',
      many: true,
    },
    { flags: '--for <time>', help: 'snooze, expect: 30m, 8h, 30d' },
    { flags: '--device', help: 'expect: only of this device' },
    { flags: '--type', help: 'expect: only of this kind' },
    { flags: '--peer', help: 'expect: only with this peer' },
    { flags: '--port', help: 'expect: only at this port' },
    { flags: '--note <text>', help: 'why, for whoever reads it later' },
    { flags: '-y, --yes', help: 'expect: do it, without showing first what it would have hidden' },
  ],
  examples: [
    ['portolan alerts', 'what is open, worst first'],
    ['portolan alerts show PTL-A-7F3K', 'who did what to whom, how unusual, proof, what to do'],
    [
      'portolan alerts show PTL-A-7F3K --from day.pcapng --pcap evidence.pcapng',
      'its packets, for Wireshark',
    ],
    ['portolan alerts ack PTL-A-7F3K', 'seen: it stays, and nobody is told again unless it grows'],
    ['portolan alerts snooze PTL-A-7F3K --for 8h', 'not now'],
    [
      'portolan alerts expect PTL-A-7F3K --for 30d',
      'it is right so: shows what that would have hidden; --yes does it',
    ],
    ['portolan alerts expectations', 'what was taught; take one back: portolan alerts rm PTL-E-…'],
    ['portolan alerts tail --json', 'as they come, a line each, while watch runs'],
    ['portolan alerts --fail-on high --since 1d', 'in a script'],
    ["portolan alerts --filter 'device ~ camera'", 'of some devices'],
  ],
  async run(shell, input) {
    const { runAlerts } = await import('./alerts-run.ts');
    return runAlerts(shell, input);
  },
};
