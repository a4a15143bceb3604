import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { untrusted } from '../../../src/base/untrusted.ts';
import { DOCUMENT_CAP, leaves } from '../../../src/protocols/shared/elements.ts';
import { attribute, detail } from '../../../src/protocols/shared/facts.ts';
import { describeBytes, describe as read } from '../../../src/protocols/shared/upnp-description.ts';

/** After the example of MiniUPnPd: a gateway, with the services of the devices within. */
const GATEWAY = `<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major><minor>1</minor></specVersion>
<device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>
<friendlyName>OpenWRT router &amp; &quot;gate&quot;</friendlyName><manufacturer>OpenWRT</manufacturer>
<modelDescription>OpenWRT router</modelDescription><modelName>OpenWRT router</modelName>
<modelNumber>2.2.1</modelNumber><serialNumber>00000123</serialNumber>
<UDN>uuid:73616d61-6a6b-7a74-650a-0d24d4a5d636</UDN>
<serviceList><service><serviceType>urn:schemas-upnp-org:service:Layer3Forwarding:1</serviceType></service></serviceList>
<deviceList><device><deviceType>urn:schemas-upnp-org:device:WANDevice:1</deviceType><friendlyName>WANDevice</friendlyName>
<deviceList><device><friendlyName>WANConnectionDevice</friendlyName><serviceList><service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType></service></serviceList></device></deviceList></device></deviceList></device></root>`;

describe('a UPnP description', () => {
  test('the root device, and the services of all devices', () => {
    expect(read(GATEWAY)).toEqual([
      attribute('vendor', 'OpenWRT'),
      attribute('model', 'OpenWRT router'),
      attribute('hardware', '2.2.1'),
      attribute('serial', '00000123'),
      attribute('name', 'OpenWRT router & "gate"'),
      attribute('kind', 'router'),
      {
        kind: 'identifier',
        scheme: 'uuid',
        value: untrusted('73616d61-6a6b-7a74-650a-0d24d4a5d636'),
      },
      detail('deviceType', 'urn:schemas-upnp-org:device:InternetGatewayDevice:1'),
      detail('modelDescription', 'OpenWRT router'),
      detail('upnp service', 'urn:schemas-upnp-org:service:Layer3Forwarding:1'),
      detail('upnp service', 'urn:schemas-upnp-org:service:WANIPConnection:1'),
    ]);
  });

  test.each([
    ['a page', '<html><head><title>x</title></head></html>'],
    [
      'entities that grow and entities from outside (CWE-776, CWE-611)',
      '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a0 "lol"><!ENTITY a1 "&a0;&a0;"><!ENTITY x SYSTEM "file:///etc/passwd">]><root><device><friendlyName>&x;</friendlyName><modelName>&a1;</modelName></device></root>',
    ],
    ['a thousand elements deep', `${'<device>'.repeat(1000)}`],
    ['nothing', ''],
  ])('no facts from %s', (_, text) => {
    expect(read(text)).toEqual([]);
  });

  test('an entity that nobody declared stays the text that it is', () => {
    const text = '<root><device><friendlyName>&x;</friendlyName></device></root>';
    expect(read(text)).toEqual([attribute('name', '&x;')]);
  });

  test('what follows damage is not read, what stands before it is', () => {
    const text = GATEWAY.replace('<modelName>', '<modelName');
    expect(read(text).slice(0, 2)).toEqual([
      attribute('vendor', 'OpenWRT'),
      attribute('name', 'OpenWRT router & "gate"'),
    ]);
  });

  test('no more of a document is read than its cap', () => {
    const padding = `<!--${' '.repeat(DOCUMENT_CAP)}-->`;
    expect(describeBytes(Buffer.from(`${padding}${GATEWAY}`))).toEqual([]);
  });
});

test('elements are found whatever their prefixes, and only where they hold text', () => {
  const text = '<s:a xmlns:s="x"><s:b>1</s:b><c/><d> </d><e><![CDATA[<2>]]></e></s:a>';
  expect(leaves(text)).toEqual([
    { path: 'a/b', name: 'b', text: '1' },
    { path: 'a/e', name: 'e', text: '<2>' },
  ]);
});

test('any damage to a description gives some facts, and no exception', () => {
  fc.assert(
    fc.property(fc.nat(), fc.string({ maxLength: 8 }), (at, text) => {
      const place = at % GATEWAY.length;
      const damaged = GATEWAY.slice(0, place) + text + GATEWAY.slice(place + 2);
      expect(read(damaged).length).toBeLessThan(48);
    }),
    { numRuns: 500 },
  );
});
