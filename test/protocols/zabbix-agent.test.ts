import { describe, expect, test } from 'vitest';
import { access, speaks } from '../../src/protocols/shared/facts.ts';
import { zabbixAgent } from '../../src/protocols/zabbix-agent.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const PING = `${hex('ZBXD')} 01 0a00000000000000 ${hex('agent.ping')}`;
const PONG = `${hex('ZBXD')} 01 0100000000000000 31`;

describe('zabbix-agent', () => {
  recognises(zabbixAgent, [
    ['both sides', PING, PONG, 'proved'],
    ['the client alone', PING, '', 'likely'],
    ['half a header', hex('ZBX'), '', 'more'],
    ['flags that do not exist', `${hex('ZBXD')} 80 0100000000000000 31`, '', 'no'],
  ]);

  learns(zabbixAgent, [
    ['an agent that answers everybody', [PONG], [speaks('zabbix-agent'), access('open')]],
    ['an echo', [PING], []],
    ['an agent that hangs up on strangers', [''], []],
  ]);

  test('asks whether it is alive', () => {
    expect(says(zabbixAgent, [PONG])).toEqual(['ZBXD\u0001\n\0\0\0\0\0\0\0agent.ping']);
  });
});
