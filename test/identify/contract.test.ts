import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { untrusted } from '../../src/base/untrusted.ts';
import { isCategory } from '../../src/identify/category.ts';
import type { Conclusion } from '../../src/identify/identifier.ts';
import { conclusionsOf, identifiers } from '../../src/identify/index.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { Story, signature, tlsFacts } from '../evidence.ts';

const FOLDER = new URL('../../src/identify/', import.meta.url);
/** The contract, the list, and what several members share. */
const NOT_MEMBERS = ['identifier.ts', 'index.ts', 'families.ts', 'details.ts'].concat([
  'oui-table.ts',
  'product-words.ts',
  'purpose.ts',
]);

const TOOLS = {
  vendorOf: (mac: string): string | undefined =>
    mac.startsWith('00:17:88') ? 'Philips Lighting BV' : undefined,
};
const A = '192.168.1.5';

test('every file of the folder is in the list, under its own name', () => {
  const files = readdirSync(FOLDER).filter((file) => !NOT_MEMBERS.includes(file));
  expect(identifiers.all.map(({ id }) => `${id}.ts`).toSorted()).toEqual(files.toSorted());
});

/** Evidence on which each identifier has something to say, and what. */
const CASES: readonly [string, string, Story, readonly Conclusion[]][] = [
  [
    'a registered card',
    'oui',
    new Story().present(A, '00:17:88:01:02:03'),
    [c('vendor', 'Philips Lighting BV', 'hint')],
  ],
  [
    'a made-up card',
    'random-mac',
    new Story().present(A, '9a:11:22:33:44:55'),
    [c('category', 'general-purpose', 'hint')],
  ],
  [
    'a TXT record',
    'mdns',
    new Story().detail(A, 5353, 'txt', 'md=Chromecast', 'udp'),
    [c('vendor', 'Google'), c('model', 'Chromecast'), c('kind', 'media player')],
  ],
  [
    'an SSDP server',
    'ssdp',
    new Story().detail(A, 1900, 'SSDP Server', 'Linux UPnP/1.0 IpBridge/1.60', 'udp'),
    [c('vendor', 'Philips Hue'), c('model', 'Hue Bridge'), c('kind', 'bridge'), c('os', 'Linux')],
  ],
  [
    'a greeting',
    'banner',
    new Story().detail(A, 21, 'banner', 'AXIS 214 PTZ Network Camera 4.49 ready'),
    [c('vendor', 'Axis'), c('kind', 'camera')],
  ],
  [
    'a product of SIP',
    'banner',
    new Story().detail(A, 5060, 'product', 'Cisco-SIPGateway/IOS-15.2.4.M3', 'udp'),
    [c('vendor', 'Cisco'), c('kind', 'router')],
  ],
  [
    'a word that anybody may write, which is a hint',
    'http',
    new Story().detail(A, 80, 'realm', 'ADSL Router'),
    [c('kind', 'router', 'hint')],
  ],
  [
    'a page title',
    'http',
    new Story().detail(A, 80, 'title', 'FRITZ!Box'),
    [c('vendor', 'AVM'), c('model', 'FRITZ!Box'), c('kind', 'router')],
  ],
  [
    'a vendor class of DHCP',
    'dhcp',
    new Story().detail(A, 67, 'dhcp-vendor-class', 'MSFT 5.0', 'udp'),
    [c('kind', 'computer'), c('os', 'Windows')],
  ],
  [
    'a vendor class that tells the hardware',
    'dhcp',
    new Story().detail(A, 67, 'dhcp-vendor-class', 'dhcpcd-6.11.5:Linux-4.1.18-v7+:armv7l:BCM2709'),
    [c('vendor', 'Raspberry Pi'), c('os', 'Linux')],
  ],
  [
    'a vendor class in the form of a printer',
    'dhcp',
    new Story().detail(A, 67, 'dhcp-vendor-class', 'Mfg=KYOCERA;Typ=MFP;Mod=TASKalfa;Ser=X1;'),
    [c('vendor', 'KYOCERA'), c('model', 'TASKalfa'), c('kind', 'printer'), c('serial', 'X1')],
  ],
  [
    'a vendor class in the form of a camera',
    'dhcp',
    new Story().detail(A, 67, 'dhcp-vendor-class', 'AXIS,Network Camera,M3006,5.55'),
    [c('vendor', 'Axis'), c('model', 'M3006'), c('kind', 'camera'), c('firmware', '5.55')],
  ],
  [
    'a vendor class of a computer that could boot from the network',
    'dhcp',
    new Story().detail(A, 67, 'dhcp-vendor-class', 'AAPLBSDPC/i386/MacBookPro14,1'),
    [c('vendor', 'Apple'), c('model', 'MacBookPro14,1'), c('kind', 'laptop'), c('os', 'macOS')],
  ],
  [
    'the wishes that lwIP has built in',
    'dhcp',
    new Story().detail(A, 67, 'dhcp-parameters', '1,3,28,6', 'udp'),
    [c('kind', 'microcontroller', 'hint'), c('os', 'lwIP', 'hint')],
  ],
  [
    'a browser on a phone',
    'user-agent',
    new Story().detail(
      A,
      80,
      'user-agent',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)',
    ),
    [c('vendor', 'Apple'), c('os', 'iOS'), c('kind', 'phone')],
  ],
  [
    'an app that names what it is for',
    'user-agent',
    new Story().detail(A, 80, 'user-agent', 'Sonos/83.1 (ZPS33)'),
    [c('vendor', 'Sonos', 'hint'), c('kind', 'speaker', 'hint')],
  ],
  [
    'a login realm',
    'http',
    new Story().detail(A, 80, 'realm', 'Hikvision DS-2CD'),
    [c('vendor', 'Hikvision'), c('kind', 'camera')],
  ],
  [
    'an issuer',
    'tls',
    new Story().about(A, 443, {
      kind: 'tls',
      tls: tlsFacts({}, { issuer: untrusted('C=NL, O=Philips Hue, CN=root-bridge') }),
    }),
    [c('vendor', 'Philips Hue'), c('model', 'Hue Bridge'), c('kind', 'bridge')],
  ],
  [
    'a system description',
    'snmp',
    new Story().detail(A, 161, 'sysDescr', 'Siemens, SIMATIC S7, CPU-1200', 'udp'),
    [c('vendor', 'Siemens'), c('kind', 'plc')],
  ],
  [
    'an SSH banner',
    'ssh',
    new Story().detail(A, 22, 'banner', 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3'),
    [c('os', 'Debian')],
  ],
  [
    'a fieldbus',
    'protocol',
    new Story().speaks(A, 502, 'modbus'),
    [c('kind', 'controller'), c('category', 'industrial')],
  ],
  [
    'firmware’s own name',
    'hostname',
    new Story().attribute(A, 'name', 'ESP_98F4AB'),
    [c('vendor', 'Espressif', 'hint')],
  ],
  [
    'a product in the name',
    'hostname',
    new Story().identifier(A, 'mdns', 'shelly1-98F4.local'),
    [c('vendor', 'Shelly', 'hint'), c('kind', 'relay', 'hint')],
  ],
  [
    'a phone’s name',
    'hostname',
    new Story().attribute(A, 'name', 'android-0123456789abcdef'),
    [c('os', 'Android'), c('kind', 'phone')],
  ],
  [
    'a kind',
    'category',
    new Story().attribute(A, 'kind', 'Dome camera'),
    [c('category', 'smart-home', 'proved')],
  ],
  [
    'a maker',
    'category',
    new Story().attribute(A, 'vendor', 'WAGO Kontakttechnik GmbH'),
    [c('category', 'industrial', 'hint')],
  ],
];

describe.each(identifiers.all)('$id', (identifier) => {
  test('cites what it was written from, and has a case', () => {
    expect(identifier.sources).not.toHaveLength(0);
    expect(CASES.map(([, id]) => id)).toContain(identifier.id);
  });

  test.each(CASES.filter(([, id]) => id === identifier.id))('%s', (_, __, story, expected) => {
    expect(story.evidence.flatMap((one) => identifier.conclude(one, TOOLS))).toEqual(expected);
  });

  test('never claims more than a person or the device itself could', () => {
    const said = CASES.flatMap(([, , story]) =>
      story.evidence.flatMap((one): readonly Conclusion[] => identifier.conclude(one, TOOLS)),
    );
    const categories = said.filter(({ name }) => name === 'category');
    expect(categories.filter(({ value }) => !isCategory(value))).toEqual([]);
    const proved = said.filter(({ certainty }) => certainty === 'proved');
    expect(identifier.id === 'category' ? [] : proved).toEqual([]);
  });

  test('takes any text without a throw and says little', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 4000 }), fc.nat(7), (text, which) => {
        expect(identifier.conclude(withText(text, which), TOOLS).length).toBeLessThan(6);
      }),
    );
  });
});

describe('nothing is concluded from', () => {
  test.each<[string, Story]>([
    ['a port number', new Story().open(A, 502)],
    [
      'an unrecognised answer',
      new Story().about(A, 502, { kind: 'unrecognised', signature: signature() }),
    ],
    [
      'a word inside a word',
      new Story().detail(
        A,
        80,
        'title',
        'Honest words, Axisymmetric relaxation'.replace('Axis', 'taxis'),
      ),
    ],
    ['an unknown detail', new Story().detail(A, 80, 'colour', 'shelly')],
    ['silence', new Story().swept(A, '1-100')],
  ])('%s', (_, story) => {
    expect(story.evidence.flatMap((one) => conclusionsOf(one, TOOLS))).toEqual([]);
  });
});

test('what is concluded leads on to the category', () => {
  const [one] = new Story().detail(A, 80, 'title', 'LaserJet 4').evidence;
  expect(one && conclusionsOf(one, TOOLS)).toContainEqual(c('category', 'printer'));
});

function c(
  name: Conclusion['name'],
  value: string,
  certainty: Conclusion['certainty'] = 'likely',
): Conclusion {
  return { name, value, certainty };
}

function withText(text: string, which: number): Evidence {
  const value = untrusted(text, 8192);
  const names = ['title', 'txt', 'sysDescr', 'banner', 'st'];
  const name = names[which];
  const story = new Story();
  if (name !== undefined) story.about(A, 80, { kind: 'detail', name, value });
  else if (which === 5) story.tell({ address: A }, { kind: 'attribute', name: 'name', value });
  else if (which === 6) story.tell({ address: A }, { kind: 'attribute', name: 'vendor', value });
  else story.about(A, 443, { kind: 'tls', tls: tlsFacts({}, { subject: value }) });
  const [evidence] = story.evidence;
  if (evidence === undefined) throw new Error('nothing was told');
  return evidence;
}
