import type { Command } from './command.ts';

export const metrics: Command = {
  name: 'metrics',
  group: 'operate',
  summary: 'Print figures for Prometheus',
  options: [
    { flags: '--devices', help: 'also series of each device, by id' },
    { flags: '--site <name>', help: 'value of the label "site"', default: 'default' },
    { flags: '-o, --output <file>', help: 'write there at once, as node_exporter wants it' },
  ],
  examples: [
    ['portolan metrics', 'devices, services, findings, alerts, notifications'],
    [
      'portolan metrics -o /var/lib/prometheus/node-exporter/portolan.prom',
      'every minute from cron: node_exporter hands it on',
    ],
  ],
  async run(shell, input) {
    const { runMetrics } = await import('./metrics-run.ts');
    return runMetrics(shell, input);
  },
};
