import { forTerminal } from '../base/encode.ts';
import { SEVERITIES } from '../model/core.ts';
import type { Command } from './command.ts';

/** Status of a plugin that cannot tell. */
const UNKNOWN = 3;

export const check: Command = {
  name: 'check',
  group: 'operate',
  summary:
    'Nagios and Icinga plugin: one line, figures, and 0 ok, 1 warning, 2 critical, 3 unknown',
  args: [
    {
      form: '[mode]',
      help: 'what is checked; without one, alerts',
      choices: [
        'alerts',
        'findings',
        'devices',
        'device',
        'sensor',
        'policy-drift',
        'notify',
        'backup',
      ],
    },
  ],
  options: [
    { flags: '-w, --warning <range>', help: 'warn outside of it: 0, 10:, ~:5, @10:20' },
    { flags: '-c, --critical <range>', help: 'critical outside of it' },
    { flags: '-H, --hostname <device>', help: 'only this device: id, name, address or MAC' },
    {
      flags: '--min-severity <level>',
      help: 'alerts, findings: this and worse',
      choices: SEVERITIES,
      default: 'medium',
    },
    {
      flags: '--max-age <time>',
      help: 'unknown where what was seen is older: 15m, 2h, 7d',
    },
    {
      flags: '-t, --timeout <seconds>',
      help: 'unknown where it takes longer; 0, as without it: no limit',
    },
    {
      flags: '--spool <path>',
      help: 'a passive result: to this command file, or into this spool folder',
    },
    { flags: '--nsca-form', help: 'a passive result on standard output, for send_nsca' },
    { flags: '--as-host <name>', help: 'passive: what the monitor calls the host' },
    { flags: '--as-service <name>', help: 'passive: what the monitor calls the service' },
  ],
  examples: [
    ['portolan check', 'open alerts of medium severity and worse: warning from one on'],
    ['portolan check alerts --min-severity high -w 0 -c 3', 'warning above 0, critical above 3'],
    ['portolan check findings -H camera -c 0', 'of one device'],
    ['portolan check sensor -w 300 -c 900', 'seconds since something was seen'],
    ['portolan check alerts -t 10', 'unknown where nothing is found out within 10 seconds'],
    ['portolan check backup -w 90000', 'warning when the last one is older than 25 hours'],
    ['portolan check devices -w 0', 'warning when there is a new one since yesterday'],
    [
      'portolan check alerts --spool /var/lib/nagios4/rw/nagios.cmd --as-host gateway',
      'as a passive result, from cron',
    ],
  ],
  async run(shell, input) {
    const { runCheck } = await import('./check-run.ts');
    return runCheck(shell, input);
  },
  failed(message) {
    process.stdout.write(`PORTOLAN UNKNOWN - ${forTerminal(message).replaceAll('|', '/')}\n`);
    return UNKNOWN;
  },
};
