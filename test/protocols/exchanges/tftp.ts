import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a read request and the first block (RFC 1350 §5)',
    protocol: 'tftp',
    client: `0001 ${hex('firmware.bin\0octet\0')}`,
    server: `0003 0001 ${hex('hello')}`,
    facts: [speaks('tftp')],
  },
  {
    name: 'a file that is not there',
    protocol: 'tftp',
    client: `0001 ${hex('x\0octet\0blksize\x001428\0')}`,
    server: `0005 0001 ${hex('File not found\0')}`,
    facts: [speaks('tftp')],
  },
];
