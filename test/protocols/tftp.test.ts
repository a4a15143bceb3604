import { describe, expect, test } from 'vitest';
import type { Protocol } from '../../src/protocols/protocol.ts';
import { tftp } from '../../src/protocols/tftp.ts';
import { hex } from './hex.ts';
import { recognises } from './tables.ts';

describe('tftp', () => {
  recognises(tftp, [
    [
      'a read request and its first block',
      `0001 ${hex('a.bin\0octet\0')}`,
      '0003 0001 00',
      'proved',
    ],
    ['the client alone', `0002 ${hex('a.bin\0NetASCII\0')}`, '', 'likely'],
    ['half a request', `0001 ${hex('a.bi')}`, '', 'more'],
    ['a mode that does not exist', `0001 ${hex('a.bin\0binary\0')}`, '', 'no'],
    ['an answer alone', '', '0003 0001 00', 'no'],
    ['the second block', `0001 ${hex('a\0octet\0')}`, '0003 0002 00', 'no'],
  ]);

  test('has no probe', () => {
    const protocol: Protocol = tftp;
    expect(protocol.probe).toBeUndefined();
  });
});
