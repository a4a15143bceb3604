import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a listing over the second connection of FTP',
    protocol: 'ftp-data',
    client: '',
    server: hex('drwxr-xr-x   2 1000     1000         4096 Nov 20 08:11 firmware\r\n'),
    facts: [speaks('ftp-data')],
  },
  {
    name: 'a listing for machines',
    protocol: 'ftp-data',
    client: '',
    server: hex('type=file;size=1024;modify=20261120081100; image.bin\r\n'),
    facts: [speaks('ftp-data')],
  },
];
