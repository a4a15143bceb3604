import { describe, expect, test } from 'vitest';
import { kerberos } from '../../src/protocols/kerberos.ts';
import type { Protocol } from '../../src/protocols/protocol.ts';
import { recognises } from './tables.ts';

describe('kerberos', () => {
  recognises(kerberos, [
    [
      'both sides',
      '6a8198 308195 a103020105 a20302010a a38180',
      '7e81a0 30819d a003020105 a10302011e a411',
      'proved',
    ],
    ['a request on a stream', '0000009b 6a8198 308195 a103020105 a20302010a a381', '', 'likely'],
    ['half a request', '6a8198 3081', '', 'more'],
    ['version 4', '6a8198 308195 a103020104 a20302010a a38180', '', 'no'],
    ['a type that contradicts its tag', '6a8198 308195 a103020105 a20302010c a38180', '', 'no'],
  ]);

  test('has no probe', () => {
    const protocol: Protocol = kerberos;
    expect(protocol.probe).toBeUndefined();
  });
});
