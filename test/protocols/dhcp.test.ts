import { describe, expect, test } from 'vitest';
import { dhcp } from '../../src/protocols/dhcp.ts';
import type { Protocol } from '../../src/protocols/protocol.ts';
import { recognises } from './tables.ts';

describe('dhcp', () => {
  recognises(dhcp, [
    [
      'both sides',
      `01010600 11223344 ${'00'.repeat(228)} 63825363`,
      `02010600 11223344 ${'00'.repeat(228)} 63825363`,
      'proved',
    ],
    ['the client alone', `01010600 11223344 ${'00'.repeat(228)} 63825363`, '', 'likely'],
    [
      'an answer to another',
      `01010600 11223344 ${'00'.repeat(228)} 63825363`,
      `02010600 11223345 ${'00'.repeat(228)} 63825363`,
      'no',
    ],
    ['half a message', '01010600', '', 'more'],
    ['BOOTP without the cookie', `01010600 11223344 ${'00'.repeat(232)}`, '', 'no'],
    ['an address of 32 bytes', '01012000', '', 'no'],
  ]);

  test('has no probe', () => {
    const protocol: Protocol = dhcp;
    expect(protocol.probe).toBeUndefined();
  });
});
