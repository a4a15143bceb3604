import type { Command } from './command.ts';

export const RESOURCES = ['devices', 'services', 'ledger', 'findings', 'alerts', 'flows'] as const;

export const query: Command = {
  name: 'query',
  group: 'look',
  summary: 'Ask any list in the filter language of the dashboard and the API',
  args: [
    { form: '[expr]', help: "for example 'risk >= high and zone = iot'; without it everything" },
  ],
  options: [
    {
      flags: '--resource <list>',
      help: 'which list',
      choices: RESOURCES,
      default: 'devices',
    },
    { flags: '--fields', help: 'what can be asked of the list, and with which operators' },
    { flags: '--sort <field>', help: 'by this field; -field for descending' },
    { flags: '--limit <number>', help: 'at most so many', default: '100' },
  ],
  examples: [
    ["portolan query 'risk >= high'", 'devices that need a look'],
    ["portolan query 'vendor ~ espressif and lastSeen > -24h'", 'of a maker, seen within a day'],
    ["portolan query --resource ledger 'verdict = close'", 'ports that can be closed'],
    [
      "portolan query --resource flows 'address in 192.168.1.0/24 and to = internet'",
      'what a network says to the outside',
    ],
    ['portolan query --resource services --fields', 'fields and operators'],
  ],
  async run(shell, input) {
    const { runQuery } = await import('./query-run.ts');
    return runQuery(shell, input);
  },
};
