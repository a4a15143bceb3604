import { expect, test } from 'vitest';
import { reveal } from '../../../src/base/untrusted.ts';
import { deviceFacts } from '../../../src/protocols/fields/device-facts.ts';

test.each<[string, readonly (readonly [string, string])[], readonly string[]]>([
  [
    'DHCP speaks of whoever has the MAC that it names',
    [
      ['dhcp.mac', '00:0b:82:01:fc:42'],
      ['dhcp.hostname', 'cam'],
      ['dhcp.client_id', '01:00'],
      ['dhcp.params', '1,3'],
    ],
    [
      '00:0b:82:01:fc:42 likely attribute name cam',
      '00:0b:82:01:fc:42 likely identifier dhcp 01:00',
      '00:0b:82:01:fc:42 likely detail dhcp-parameters 1,3',
    ],
  ],
  ['DHCP of a link without MACs speaks of nobody', [['dhcp.hostname', 'cam']], []],
  [
    'a browser speaks of the client',
    [
      ['http.user_agent', 'x/1'],
      ['http.server', 's/1'],
    ],
    ['client likely detail user-agent x/1'],
  ],
  [
    "a maker's cloud is a hint, whatever the name in it",
    [
      ['tls.sni', 'ws.MeetHue.com'],
      ['tls.sni', 'meethue.com.example.org'],
    ],
    ['client hint attribute vendor Philips Hue'],
  ],
  [
    'a neighbour on the cable names itself',
    [
      ['lldp.system_name', 'closet'],
      ['cdp.platform', 'CP-7960'],
    ],
    ['client likely attribute name closet', 'client likely attribute model CP-7960'],
  ],
  [
    'a certificate speaks of whoever shows it',
    [
      ['tls.client_mud_url', 'https://lumen.example/bulb.json'],
      ['tls.server_mud_url', 'https://lumen.example/hub.json'],
      ['tls.server_mud_signer', 'ab12'],
    ],
    [
      'client likely detail certificate-mud-url https://lumen.example/bulb.json',
      'server likely detail certificate-mud-url https://lumen.example/hub.json',
      'server likely detail certificate-mud-signer ab12',
    ],
  ],
  ['what is no evidence of a device', [['mqtt.topic', 'a/b']], []],
])('%s', (_, fields, expected) => {
  const found = deviceFacts(fields.map(([name, value]) => ({ name, value })));
  const texts = found.map(({ of, certainty, fact }) => {
    const who = typeof of === 'string' ? of : of.mac;
    if (fact.kind === 'identifier') {
      return `${who} ${certainty} identifier ${fact.scheme} ${reveal(fact.value)}`;
    }
    const said = fact.kind === 'attribute' || fact.kind === 'detail';
    return `${who} ${certainty} ${fact.kind} ${said ? `${fact.name} ${reveal(fact.value)}` : ''}`;
  });
  expect(texts).toEqual(expected);
});
