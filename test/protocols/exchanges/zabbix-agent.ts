import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'Zabbix agent 6.0',
    protocol: 'zabbix-agent',
    client: `${hex('ZBXD')} 01 0a00000000000000 ${hex('agent.ping')}`,
    server: `${hex('ZBXD')} 01 0100000000000000 31`,
    facts: [speaks('zabbix-agent')],
  },
];
