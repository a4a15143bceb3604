import { access, detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Conversation } from './conversation.ts';

const LINKS = Buffer.from('</temp>;rt="temperature";title="a,b",</.well-known/core>').toString(
  'hex',
);
const TOKEN = '02030405';
const VERIFY = `16feff0000000000000000001f 030000130000000000000013 feff10 ${'5a'.repeat(16)}`;
const START = `01 0000 00000045 000a 000a 00 09 00000020
  0770726f64756374 53 00000008 5261626269744d51 0161 74 01 016246 00000000
  0000000e 504c41494e20414d51504c41494e 00000005 656e5f5553 ce`;
/** `open` of a peer with the property product = "rhea", in the ninth field of its list. */
const OPEN = `414d5150 00010000 0000002e 02 00 0000 00 53 10 c0 21 0a a1 04 70656572 40 40 40 40 40 40 40 40
  c1 10 02 a3 07 70726f64756374 a1 04 72686561`;

export const MESSAGING: readonly Conversation[] = [
  {
    name: 'an open broker',
    protocol: 'mqtt',
    over: 'tcp',
    port: 1883,
    answers: ['20020000', '9003000100 d000'],
    facts: [speaks('mqtt', '3.1.1'), access('open')],
    dissector: 'mqtt',
  },
  {
    name: 'a broker of version 5 that insists on a client id',
    protocol: 'mqtt',
    over: 'tcp',
    port: 1883,
    answers: ['20020001', '2003008500', '2003000000', '900400010000 d000'],
    facts: [speaks('mqtt', '5.0'), access('open')],
    dissector: 'mqtt',
  },
  {
    name: 'resources in one answer',
    protocol: 'coap',
    over: 'udp',
    port: 5683,
    answers: [`6445 0001 ${TOKEN} c128 ff ${LINKS}`],
    facts: [
      speaks('coap', '1'),
      access('open'),
      detail('resource', '/temp rt="temperature" title="a,b"'),
      detail('resource', '/.well-known/core'),
      { kind: 'amplification', sent: 25, received: 67 },
    ],
    dissector: 'coap',
  },
  {
    name: 'resources that come later, and are acknowledged',
    protocol: 'coap',
    over: 'udp',
    port: 5683,
    answers: [`60000001 4445 7788 ${TOKEN} c128 ff ${LINKS}`],
    facts: [
      speaks('coap', '1'),
      access('open'),
      detail('resource', '/temp rt="temperature" title="a,b"'),
      detail('resource', '/.well-known/core'),
      { kind: 'amplification', sent: 25, received: 71 },
    ],
    dissector: 'coap',
  },
  {
    name: 'resources for those who may',
    protocol: 'coap',
    over: 'udp',
    port: 5683,
    answers: [`6481 0001 ${TOKEN}`],
    facts: [
      speaks('coap', '1'),
      access('credentials'),
      { kind: 'amplification', sent: 25, received: 8 },
    ],
    dissector: 'coap',
  },
  {
    name: 'a device that resets',
    protocol: 'coap',
    over: 'udp',
    port: 5683,
    answers: ['70000001'],
    facts: [speaks('coap', '1'), { kind: 'amplification', sent: 25, received: 4 }],
    dissector: 'coap',
  },
  {
    name: 'no resources',
    protocol: 'coap',
    over: 'udp',
    port: 5683,
    answers: [`6484 0001 ${TOKEN}`],
    facts: [
      speaks('coap', '1'),
      detail('response', '4.04'),
      { kind: 'amplification', sent: 25, received: 8 },
    ],
    dissector: 'coap',
  },
  {
    name: 'an answer to another question',
    protocol: 'coap',
    over: 'udp',
    port: 5683,
    answers: [`6445 0002 ${TOKEN} c128 ff ${LINKS}`],
    facts: [],
    dissector: 'coap',
  },
  {
    name: 'resources over TCP',
    protocol: 'coap',
    over: 'tcp',
    port: 5683,
    answers: [`00e1 d42e45 ${TOKEN} c128 ff ${LINKS}`],
    facts: [
      speaks('coap', '1 over TCP'),
      access('open'),
      detail('resource', '/temp rt="temperature" title="a,b"'),
      detail('resource', '/.well-known/core'),
    ],
    dissector: 'coap',
  },
  {
    name: 'a server that wants a cookie and then says no more',
    protocol: 'dtls',
    over: 'udp',
    port: 4433,
    answers: [VERIFY, '', VERIFY, ''],
    facts: [speaks('dtls'), { kind: 'amplification', sent: 182, received: 44 }],
    dissector: 'dtls',
  },
  {
    name: 'a server that refuses',
    protocol: 'dtls',
    over: 'udp',
    port: 4433,
    answers: ['15feff 0000 000000000000 0002 0228'],
    facts: [
      speaks('dtls'),
      detail('alert', 'handshake_failure'),
      { kind: 'amplification', sent: 182, received: 15 },
    ],
    dissector: 'dtls',
  },
  {
    name: 'a broker of 0-9-1',
    protocol: 'amqp',
    over: 'tcp',
    port: 5672,
    answers: [START],
    facts: [
      speaks('amqp', '0-9-1'),
      access('credentials'),
      detail('mechanisms', 'PLAIN AMQPLAIN'),
      detail('product', 'RabbitMQ'),
    ],
    dissector: 'amqp',
  },
  {
    name: 'a peer of 1.0 that names its mechanisms',
    protocol: 'amqp',
    over: 'tcp',
    port: 5672,
    answers: [
      '414d5150 03010000',
      '414d5150 03010000 0000001d 02 01 0000 00 53 40 c0 10 01 a3 09 414e4f4e594d4f5553',
    ],
    facts: [speaks('amqp', '1.0')],
    dissector: 'amqp',
  },
  {
    name: 'a peer of 1.0 that lets anyone in',
    protocol: 'amqp',
    over: 'tcp',
    port: 5672,
    answers: [
      '414d5150 03010000',
      '414d5150 03010000 00000019 02 01 0000 00 53 40 c0 0c 01 a3 09 414e4f4e594d4f5553',
    ],
    facts: [speaks('amqp', '1.0'), access('open'), detail('mechanisms', 'ANONYMOUS')],
    dissector: 'amqp',
  },
  {
    name: 'a peer of 1.0 without a login',
    protocol: 'amqp',
    over: 'tcp',
    port: 5672,
    answers: ['414d5150 00010000', OPEN],
    facts: [speaks('amqp', '1.0'), access('open'), detail('product', 'rhea')],
    dissector: 'amqp',
  },
  {
    name: 'a peer that gives our own words back',
    protocol: 'amqp',
    over: 'tcp',
    port: 5672,
    answers: ['414d5150 00000901'],
    facts: [],
    dissector: 'amqp',
  },
];
