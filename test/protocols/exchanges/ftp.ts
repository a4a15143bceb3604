import { detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'vsFTPd 3.0.3, asked for its features',
    protocol: 'ftp',
    client: hex('FEAT\r\nQUIT\r\n'),
    server: hex(
      '220 (vsFTPd 3.0.3)\r\n211-Features:\r\n EPRT\r\n EPSV\r\n MDTM\r\n PASV\r\n REST STREAM\r\n SIZE\r\n TVFS\r\n211 End\r\n221 Goodbye.\r\n',
    ),
    facts: [speaks('ftp'), detail('banner', '(vsFTPd 3.0.3)')],
  },
  {
    name: 'ProFTPD 1.3.8, a login',
    protocol: 'ftp',
    client: hex('USER a\r\n'),
    server: hex('220 ProFTPD Server (Lab) [::ffff:127.0.0.1]\r\n331 Password required for a\r\n'),
    facts: [speaks('ftp'), detail('banner', 'ProFTPD Server (Lab) [::ffff:127.0.0.1]')],
  },
  {
    name: 'a server that does not say what it is, a login (RFC 959 §5.4)',
    protocol: 'ftp',
    client: hex('USER admin\r\nPASS x\r\nPASV\r\n'),
    server: hex(
      '220 Camera ready\r\n331 User name okay, need password.\r\n230 Logged in.\r\n227 Entering Passive Mode (192,0,2,7,4,1)\r\n',
    ),
    facts: [speaks('ftp'), detail('banner', 'Camera ready')],
  },
];
