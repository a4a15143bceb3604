import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'CoAP, a GET acknowledged and to be answered later',
    protocol: 'coap',
    client: '4201e91b 0790 b8736570617261746510d12311',
    server: '6000e91b',
    facts: [{ kind: 'speaks', protocol: 'coap', version: '1' }],
  },
  {
    name: 'CoAP, the list of resources',
    protocol: 'coap',
    client: '440112340a0b0c0d bb2e77656c6c2d6b6e6f776e 04636f7265',
    server: '644512340a0b0c0d c128 ff 3c2f73656e736f72733e',
    facts: [{ kind: 'speaks', protocol: 'coap', version: '1' }],
  },
  {
    name: 'CoAP, a ping',
    protocol: 'coap',
    client: '40004711',
    server: '70004711',
    facts: [{ kind: 'speaks', protocol: 'coap', version: '1' }],
  },
  {
    name: 'CoAP over TCP, both CSM',
    protocol: 'coap',
    client: '00e1 d4040155555555 bb2e77656c6c2d6b6e6f776e 04636f7265',
    server: '30e1 220480',
    facts: [{ kind: 'speaks', protocol: 'coap', version: '1 over TCP' }],
  },
];
