import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'OpenLDAP 2.5, its root entry',
    protocol: 'ldap',
    client:
      '3073020101636e04000a01000a0100020100020100010100870b6f626a656374436c617373304e040a76656e646f724e616d65040d76656e646f7256657273696f6e0414737570706f727465644c44415056657273696f6e040e6e616d696e67436f6e7465787473040b646e73486f73744e616d65',
    server:
      '304a0201016445040030413022040e6e616d696e67436f6e74657874733110040e64633d6c61622c64633d74657374301b0414737570706f727465644c44415056657273696f6e3103040133300c02010165070a010004000400',
    facts: [speaks('ldap', '3')],
  },
  {
    name: 'an anonymous bind with long lengths, as Windows encodes (RFC 4511 §4.2)',
    protocol: 'ldap',
    client: '300c020101600702010304008000',
    server: '308400000010 020101 618400000007 0a010004000400',
    facts: [speaks('ldap', '3')],
  },
];
