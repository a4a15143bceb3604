import { access, detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'nats-server 2.9, which wants a login',
    protocol: 'nats',
    client: hex('CONNECT {"verbose":false,"pedantic":false}\r\nPING\r\n'),
    server: hex(
      'INFO {"server_id":"NDHZIPEQQLX7","server_name":"lab","version":"2.9.10","proto":1,"go":"go1.19.8","host":"127.0.0.1","port":4202,"headers":true,"auth_required":true,"max_payload":1048576,"client_id":4,"client_ip":"127.0.0.1"} \r\n',
    ),
    facts: [speaks('nats', '2.9.10'), access('credentials'), detail('server name', 'lab')],
  },
];
