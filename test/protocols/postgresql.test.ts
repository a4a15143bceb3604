import { describe, expect, test } from 'vitest';
import { postgresql } from '../../src/protocols/postgresql.ts';
import { detail, speaks } from '../../src/protocols/shared/facts.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const SSL = '00000008 04d2162f';
const SPEAKS = speaks('postgresql', '3.0');
const OLD = hex('EFATAL:  unsupported frontend protocol 1234.5680: server supports 1.0 to 3.0\n\0');

describe('postgresql', () => {
  recognises(postgresql, [
    ['a request and "no"', SSL, '4e', 'proved'],
    ['a request and "yes", then TLS', SSL, '53 16030300', 'proved'],
    ['the client alone', SSL, '', 'likely'],
    ['half a request', '00000008 04', '', 'more'],
    ['SSH, which begins with the same letter', SSL, hex('SSH-2.0-x\r\n'), 'no'],
    ['a startup of another version', '00000010 00090000 75736572', '', 'no'],
    ['a server that speaks first', '', hex('Nothing here\r\n'), 'no'],
  ]);

  learns(postgresql, [
    ['a server without TLS', ['4e', '4e'], [SPEAKS, detail('STARTTLS', 'not offered')]],
    ['a server with TLS and Kerberos', ['47', '53'], [SPEAKS, detail('STARTTLS', 'offered')]],
    ['a server older than version 12', [OLD, '53'], [SPEAKS, detail('STARTTLS', 'offered')]],
    ['one byte that could be chance', ['4e', ''], []],
    ['Java RMI', [`4e0009${hex('127.0.0.1')}`], []],
    ['SSH', [hex('SSH-2.0-x\r\n')], []],
    ['silence', [''], []],
  ]);

  test('never names a user', () => {
    expect(says(postgresql, ['4e', '53']).map((text) => text.length)).toEqual([8, 8]);
  });
});
