import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reveal } from '../../../src/base/untrusted.ts';
import type { Fact } from '../../../src/model/evidence.ts';
import type { SoapMessage } from '../../../src/protocols/shared/soap.ts';
import { readSoap, soapAction, soapBody } from '../../../src/protocols/shared/soap.ts';
import type { IgdService } from '../../../src/protocols/shared/upnp-igd.ts';
import { auditIgd, igdServices } from '../../../src/protocols/shared/upnp-igd.ts';

const URL = 'http://192.168.1.1:5000/rootDesc.xml';
const WAN1 = 'urn:schemas-upnp-org:service:WANIPConnection:1';
const WAN2 = 'urn:schemas-upnp-org:service:WANIPConnection:2';
const PPP = 'urn:schemas-upnp-org:service:WANPPPConnection:1';
const FIREWALL = 'urn:schemas-upnp-org:service:WANIPv6FirewallControl:1';

function described(
  services: readonly (readonly [type: string, control: string])[],
  base = '',
): Uint8Array {
  const inner = services
    .map(
      ([type, control]) =>
        `<service><serviceType>${type}</serviceType><controlURL>${control}</controlURL></service>`,
    )
    .join('');
  return Buffer.from(
    `<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0">${base}<device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><deviceList><device><serviceList>${inner}</serviceList></device></deviceList></device></root>`,
  );
}

describe('a control URL', () => {
  test.each([
    ['with a path of its own', '/ctl', '', 'http://192.168.1.1:5000/ctl'],
    ['beside the description', 'ctl', '', 'http://192.168.1.1:5000/ctl'],
    ['as a whole, on another port', 'http://192.168.1.1:80/ctl', '', 'http://192.168.1.1:80/ctl'],
    [
      'below URLBase',
      'ctl',
      '<URLBase>http://192.168.1.1:49152/igd/</URLBase>',
      'http://192.168.1.1:49152/igd/ctl',
    ],
    ['on another host', 'http://192.168.1.9/ctl', '', undefined],
    ['on the metadata service of a cloud', 'http://169.254.169.254/latest', '', undefined],
    [
      'below a URLBase of another host',
      '/ctl',
      '<URLBase>http://192.168.1.9/</URLBase>',
      undefined,
    ],
    ['of another scheme', 'file:///etc/passwd', '', undefined],
    ['without a scheme', '//192.168.1.9/ctl', '', undefined],
    ['that is no URL', 'http://', '', undefined],
    ['with a line end', '/ctl&#13;&#10;X: y', '', undefined],
    ['that is empty', '', '', undefined],
  ])('%s', (_, control, base, expected) => {
    const found = igdServices(described([[WAN1, control]], base), URL);
    expect(found.map((one) => one.control)).toEqual(expected === undefined ? [] : [expected]);
  });
});

test('a description names what can be asked, each once', () => {
  const found = igdServices(
    described([
      [WAN2, '/ip'],
      [WAN2, '/ip'],
      [PPP, '/ppp'],
      [FIREWALL, '/fc'],
      ['urn:schemas-upnp-org:service:Layer3Forwarding:1', '/l3f'],
      ['urn:schemas-upnp-org:service:WANIPConnection:11', '/no'],
    ]),
    URL,
  );
  expect(found.map(({ kind, lists, control }) => `${kind} ${lists} ${control}`)).toEqual([
    'mappings true http://192.168.1.1:5000/ip',
    'mappings false http://192.168.1.1:5000/ppp',
    'firewall6 false http://192.168.1.1:5000/fc',
  ]);
});

test('a call is encoded, whatever its values', () => {
  const call = { service: WAN1, action: 'X', args: [['A', '<&>"']] } as const;
  expect(soapAction(call)).toBe(`"${WAN1}#X"`);
  expect(readSoap(soapBody(call))).toMatchObject({ action: 'X', fault: undefined });
  expect(readSoap(soapBody(call))?.values.get('A')).toBe('<&>"');
});

/** A router in a line or two: `undefined` is silence, a number a fault. */
type Router = (
  action: string,
  args: ReadonlyMap<string, string>,
) => Readonly<Record<string, string>> | number | undefined;

function audit(
  services: readonly IgdService[],
  router: Router,
): { facts: readonly string[]; asked: readonly string[] } {
  const asked: string[] = [];
  const running = auditIgd(services);
  let step = running.next();
  while (step.done !== true) {
    const { action, args } = step.value.request;
    asked.push(action);
    step = running.next(messageOf(router(action, new Map(args))));
  }
  return { facts: step.value.map(text), asked };
}

function messageOf(answer: ReturnType<Router>): SoapMessage | undefined {
  if (answer === undefined) return undefined;
  if (typeof answer === 'number') return { action: 'Fault', values: new Map(), fault: answer };
  return { action: 'Response', values: new Map(Object.entries(answer)), fault: undefined };
}

function text(fact: Fact): string {
  if (fact.kind === 'detail') return `${fact.name}: ${reveal(fact.value)}`;
  if (fact.kind !== 'mapping') return fact.kind;
  const lease = fact.leaseSeconds === undefined ? '' : ` for ${fact.leaseSeconds} s`;
  return `${fact.transport}/${fact.outsidePort} to ${fact.insideAddress} ${fact.insidePort} as ${reveal(fact.by)}${lease}`;
}

const service = (type: string, lists = false): IgdService => ({
  type,
  kind: type === FIREWALL ? 'firewall6' : 'mappings',
  lists,
  control: 'http://192.168.1.1:5000/ctl',
});

function entry(
  outside: number,
  parts: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return {
    NewExternalPort: String(outside),
    NewProtocol: 'TCP',
    NewInternalPort: '554',
    NewInternalClient: '192.168.1.20',
    NewEnabled: '1',
    NewPortMappingDescription: 'IPCam',
    NewLeaseDuration: '0',
    ...parts,
  };
}

const LIST = (...entries: readonly Readonly<Record<string, string>>[]): string =>
  `<p:PortMappingList xmlns:p="urn:schemas-upnp-org:gw:WANIPConnection">${entries
    .map(
      (one) =>
        `<p:PortMappingEntry>${Object.entries(one)
          .map(([name, value]) => `<p:${name}>${value}</p:${name}>`)
          .join('')}</p:PortMappingEntry>`,
    )
    .join('')}</p:PortMappingList>`;

function indexed(
  entries: readonly (Readonly<Record<string, string>> | number)[],
  end: number | undefined = 713,
): Router {
  return (action, args) => {
    if (action !== 'GetGenericPortMappingEntry') return 401;
    const index = Number(args.get('NewPortMappingIndex'));
    return index < entries.length ? entries[index] : end;
  };
}

describe('a router is asked for all that it has', () => {
  const hidden: Router = (action, args) => {
    if (action === 'GetExternalIPAddress') return { NewExternalIPAddress: '203.0.113.7' };
    if (action !== 'GetListOfPortMappings') return indexed([entry(80), entry(8443)])(action, args);
    return args.get('NewProtocol') === 'TCP' ? { NewPortListing: LIST(entry(80), entry(81)) } : 730;
  };
  test.each<[string, readonly IgdService[], Router, readonly string[]]>([
    [
      'by both ways of listing, and they are joined',
      [service(WAN2, true)],
      hidden,
      [
        'outside address: 203.0.113.7',
        'tcp/80 to 192.168.1.20 554 as IPCam for 0 s',
        'tcp/81 to 192.168.1.20 554 as IPCam for 0 s',
        'tcp/8443 to 192.168.1.20 554 as IPCam for 0 s',
        'port mappings: all 3',
      ],
    ],
    ['that has none', [service(WAN1)], indexed([]), ['port mappings: all 0']],
    ['that knows no such action', [service(WAN1)], () => 401, []],
    ['that is silent', [service(WAN1)], () => undefined, []],
    [
      'that falls silent on the way',
      [service(WAN1)],
      (action, args) =>
        args.get('NewPortMappingIndex') === '1' ? undefined : indexed([entry(80)])(action, args),
      ['tcp/80 to 192.168.1.20 554 as IPCam for 0 s', 'port mappings: not all 1'],
    ],
    [
      'one of whose mappings is switched off, another for a name',
      [service(WAN1)],
      indexed([
        entry(80, { NewEnabled: '0' }),
        entry(81, { NewInternalClient: 'laptop' }),
        entry(82),
      ]),
      ['tcp/82 to 192.168.1.20 554 as IPCam for 0 s', 'port mappings: not all 1'],
    ],
    [
      'with a firewall for IPv6',
      [service(FIREWALL)],
      () => ({ FirewallEnabled: '0', InboundPinholeAllowed: 'true' }),
      ['ipv6 firewall: no', 'ipv6 pinholes allowed: yes'],
    ],
  ])('%s', (_, services, router, expected) => {
    expect(audit(services, router).facts).toEqual(expected);
  });

  test.each<[string, Router, number]>([
    ['the same entry for ever', () => entry(80), 8],
    [
      'another entry for ever',
      (_, args) => entry(Number(args.get('NewPortMappingIndex') ?? 0) + 1),
      520,
    ],
  ])('one that answers with %s is left, and its list is not whole', (_, router, most) => {
    const { facts, asked } = audit([service(WAN1)], router);
    expect(asked.length).toBeLessThan(most);
    expect(facts.at(-1)).toMatch(/^port mappings: not all \d+$/);
  });

  test('only actions that read are called', () => {
    const { asked } = audit([service(WAN2, true), service(PPP), service(FIREWALL)], hidden);
    expect(asked.filter((action) => !action.startsWith('Get'))).toEqual([]);
  });
});

describe('a stranger sends', () => {
  const whole = Buffer.from(described([[WAN2, '/ip']]));
  const answer = Buffer.from(
    soapBody({ service: WAN2, action: 'R', args: Object.entries(entry(80)) }),
  );

  test('anything, and it is read without throwing, within bounds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2048 }), (noise) => {
        expect(igdServices(noise, URL)).toEqual([]);
        readSoap(noise);
      }),
    );
  });

  test('a document that is cut or changed: whoever is asked is still the same host', () => {
    const place = fc.record({
      at: fc.nat(whole.length - 1),
      octet: fc.nat(255),
      cut: fc.nat(whole.length),
    });
    fc.assert(
      fc.property(place, ({ at, octet, cut }) => {
        const document = Buffer.from(whole.subarray(0, cut));
        if (at < document.length) document[at] = octet;
        const hosts = igdServices(document, URL).map(({ control }) => control.split('/')[2]);
        expect(hosts.every((host) => host === '192.168.1.1:5000')).toBe(true);
        readSoap(answer.subarray(0, cut));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    [
      'ten thousand services',
      described(Array.from({ length: 10_000 }, (_, index) => [WAN1, `/${index}`] as const)),
      8,
    ],
    ['elements within elements without end', Buffer.from('<a>'.repeat(100_000)), 0],
    ['an entity that grows', Buffer.from('<!DOCTYPE x [<!ENTITY a "aaaa">]><root>&a;</root>'), 0],
  ])('%s', (_, document, count) => {
    expect(igdServices(document, URL)).toHaveLength(count);
  });
});
