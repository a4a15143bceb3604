import { describe, expect, test } from 'vitest';
import { ldap } from '../../src/protocols/ldap.ts';
import { attribute, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const BIND = '300c020101600702010304008000';
const BOUND = '300c02010161070a010004000400';
const ROOT =
  '304a0201016445040030413022040e6e616d696e67436f6e74657874733110040e64633d6c61622c64633d74657374301b0414737570706f727465644c44415056657273696f6e3103040133';
const DONE = '300c02010165070a010004000400';
const WINDOWS = `30840000002f 020101 648400000026 0400 30840000001e 308400000018 040b ${hex('dnsHostName')} 318400000005 0403 ${hex('dc1')}`;

describe('ldap', () => {
  recognises(ldap, [
    ['a bind and its answer', BIND, BOUND, 'proved'],
    ['an answer to another message', BIND, BOUND.replace('020101', '020102'), 'no'],
    ['the client alone', BIND, '', 'likely'],
    ['half a header', '300c', '', 'more'],
    ['SNMP', '302602010104067075626c6963a019', '', 'no'],
    ['a notice that nobody asked for', '', '300c02010078070a010004000400', 'no'],
  ]);

  learns(ldap, [
    ['OpenLDAP', [ROOT + DONE], [speaks('ldap', '3'), detail('naming contexts', 'dc=lab,dc=test')]],
    ['a server that shows nothing', [DONE], [speaks('ldap', '3')]],
    [
      'a controller of a Windows domain, which writes long lengths',
      [WINDOWS + DONE],
      [speaks('ldap', '3'), detail('host name', 'dc1'), attribute('name', 'dc1')],
    ],
    ['an entry without an end', [ROOT], []],
    ['an echo', ['302502010163200400'], []],
    ['silence', [''], []],
  ]);

  test('searches the root and unbinds, and never binds', () => {
    const [search = '', unbind = '', ...more] = says(ldap, [DONE]);
    expect(more).toEqual([]);
    expect(search.charCodeAt(5)).toBe(0x63); // SearchRequest
    expect(Buffer.from(unbind, 'latin1').toString('hex')).toBe('30050201024200');
  });
});
