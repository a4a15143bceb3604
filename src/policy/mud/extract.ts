import type { PortSet } from '../../base/port-set.ts';
import { portSet } from '../../base/port-set.ts';
import { untrusted } from '../../base/untrusted.ts';
import type { TlsProfile } from '../../model/tls-profile.ts';
import type { Ace, AceEnd, Mud, MudAcl, MudPeers, MudRate, Transparency } from './mud.ts';
import { authorityOf } from './mud.ts';
import type { View } from './view.ts';
import { localName } from './view.ts';
import { momentOf } from './yang-types.ts';

/** IANA protocol numbers of the containers of layer 4; ICMP's depends on the family. */
const PROTOCOLS = { tcp: 6, udp: 17, icmp: { 4: 1, 6: 58 } } as const;
/**
 * Types of ICMP and ICMPv6 that have code 0 only, so that to ask for it narrows nothing: echo,
 * timestamp, information and their replies (RFC 792), echo of ICMPv6 (RFC 4443 §4).
 */
const CODELESS: readonly number[] = [0, 8, 13, 14, 15, 16, 128, 129];

/** What is read of `matches`; everything else in it narrows the match beyond what we can say. */
const READ: Readonly<Record<string, readonly string[]>> = {
  ipv4: [
    'protocol',
    'src-dnsname',
    'dst-dnsname',
    'source-ipv4-network',
    'destination-ipv4-network',
  ],
  ipv6: [
    'protocol',
    'src-dnsname',
    'dst-dnsname',
    'source-ipv6-network',
    'destination-ipv6-network',
  ],
  tcp: ['source-port', 'destination-port', 'direction-initiated'],
  udp: ['source-port', 'destination-port'],
  icmp: ['type', 'code'],
  mud: [
    'manufacturer',
    'same-manufacturer',
    'model',
    'local-networks',
    'controller',
    'my-controller',
  ],
  'client-profiles': ['tls-dtls-profile'],
};

/** From a document that kept to its modules. `top` is the whole, with `mud` in it. */
export function extractMud(top: View, mud: View): Mud {
  const url = mud.text('mud-url') ?? '';
  const acls = new Map(aclViews(top).map((view) => [view.text('name') ?? '', view]));
  const side = (name: string): Mud['fromDevice'] => {
    const policy = mud.map(name);
    const lists = policy?.map('access-lists')?.list('access-list') ?? [];
    return {
      acls: lists.flatMap((list) => {
        const view = acls.get(list.text('name') ?? '');
        const acl = view === undefined ? undefined : aclOf(view);
        return acl === undefined ? [] : [acl];
      }),
      rates: (policy?.map('bw-params')?.list('service') ?? []).map(rateOf),
    };
  };
  const free = { manufacturer: 'mfg-name', model: 'model-name', systemInfo: 'systeminfo' } as const;
  const revisions = { firmware: 'firmware-rev', software: 'software-rev' } as const;
  const words = Object.entries({ ...free, ...revisions }).flatMap(([key, name]) => {
    const text = mud.text(name);
    return text === undefined ? [] : [[key, untrusted(text)] as const];
  });
  const signature = mud.text('mud-signature');
  const documentation = mud.text('documentation');
  return {
    url,
    authority: authorityOf(url) ?? '',
    lastUpdate: momentOf(mud.text('last-update') ?? '') ?? 0,
    cacheValidity: mud.number('cache-validity') ?? 48,
    isSupported: mud.isTrue('is-supported'),
    ...(signature === undefined ? {} : { signature }),
    ...(documentation === undefined ? {} : { documentation }),
    ...Object.fromEntries(words),
    extensions: mud.texts('extensions'),
    fromDevice: side('from-device-policy'),
    toDevice: side('to-device-policy'),
    tlsProfiles: mud.isTrue('is-tls-dtls-profile-supported'),
    transparency: transparencyOf(mud.map('transparency')),
  };
}

export function aclViews(top: View): readonly View[] {
  return top.map('acls')?.list('acl') ?? [];
}

/** Of the ACL's own type; undefined for one of neither family (Ethernet, mixed). */
export function familyOf(acl: View): 4 | 6 | undefined {
  const type = localName(acl.text('type') ?? '');
  if (type === 'ipv4-acl-type') return 4;
  return type === 'ipv6-acl-type' ? 6 : undefined;
}

function aclOf(view: View): MudAcl | undefined {
  const family = familyOf(view);
  if (family === undefined) return undefined;
  const aces = (view.map('aces')?.list('ace') ?? []).map((ace) => aceOf(ace, family));
  return { name: view.text('name') ?? '', family, aces };
}

export function aceOf(view: View, family: 4 | 6): Ace {
  const matches = view.map('matches');
  const ip = matches?.map('ipv4') ?? matches?.map('ipv6');
  const actions = view.map('actions');
  return {
    name: view.text('name') ?? '',
    at: view.at,
    path: view.path,
    family,
    ...transportOf(matches, ip?.number('protocol'), family),
    source: endOf(ip, 'source', 'src'),
    destination: endOf(ip, 'destination', 'dst'),
    peers: peersOf(matches?.map('mud')),
    tls: (matches?.map('client-profiles')?.list('tls-dtls-profile') ?? []).map(profileOf),
    beyond: matches === undefined ? [] : beyond(matches),
    action: actionOf(actions),
    log: localName(actions?.text('logging') ?? '') === 'log-syslog',
  };
}

type TransportMatch = Pick<
  Ace,
  'protocol' | 'layer4' | 'sourcePorts' | 'destinationPorts' | 'icmpType' | 'initiated'
>;

function transportOf(
  matches: View | undefined,
  said: number | undefined,
  family: 4 | 6,
): TransportMatch {
  const layer4 = (['tcp', 'udp', 'icmp'] as const).find((name) => matches?.has(name));
  const view = layer4 === undefined ? undefined : matches?.map(layer4);
  const protocol = said ?? protocolOf(layer4, family);
  const icmpType = layer4 === 'icmp' ? view?.number('type') : undefined;
  const initiated = view?.text('direction-initiated');
  return {
    ...(protocol === undefined ? {} : { protocol }),
    ...(layer4 === undefined ? {} : { layer4 }),
    sourcePorts: portsOf(view?.map('source-port')),
    destinationPorts: portsOf(view?.map('destination-port')),
    ...(icmpType === undefined ? {} : { icmpType }),
    ...(initiated === 'from-device' || initiated === 'to-device' ? { initiated } : {}),
  };
}

function protocolOf(layer4: Ace['layer4'], family: 4 | 6): number | undefined {
  if (layer4 === undefined) return undefined;
  return layer4 === 'icmp' ? PROTOCOLS.icmp[family] : PROTOCOLS[layer4];
}

/** An empty container matches every port (RFC 8519 §4.1). */
export function portsOf(view: View | undefined): PortSet {
  const [from, to] = [view?.number('lower-port'), view?.number('upper-port')];
  if (from !== undefined && to !== undefined) return everyOrNot([{ from, to }]);
  const port = view?.number('port');
  if (port === undefined) return [];
  switch (view?.text('operator')) {
    case 'lte':
      return everyOrNot([{ from: 0, to: port }]);
    case 'gte':
      return everyOrNot([{ from: port, to: 65_535 }]);
    case 'neq':
      return portSet(
        [
          { from: 0, to: port - 1 },
          { from: port + 1, to: 65_535 },
        ].filter((range) => range.from <= range.to),
      );
    default:
      return [{ from: port, to: port }];
  }
}

function everyOrNot(ports: PortSet): PortSet {
  const [only] = ports;
  return only?.from === 0 && only.to === 65_535 ? [] : ports;
}

function endOf(ip: View | undefined, long: string, short: string): AceEnd {
  const network = ip?.text(`${long}-ipv4-network`) ?? ip?.text(`${long}-ipv6-network`);
  const name = ip?.text(`${short}-dnsname`);
  return {
    ...(network === undefined ? {} : { network }),
    ...(name === undefined ? {} : { name }),
  };
}

function peersOf(mud: View | undefined): MudPeers {
  const [manufacturer, model, controller] = ['manufacturer', 'model', 'controller'].map((name) =>
    mud?.text(name),
  );
  return {
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(model === undefined ? {} : { model }),
    ...(controller === undefined ? {} : { controller }),
    sameManufacturer: mud?.has('same-manufacturer') ?? false,
    localNetworks: mud?.has('local-networks') ?? false,
    myController: mud?.has('my-controller') ?? false,
  };
}

function beyond(matches: View): string[] {
  return matches.names.flatMap((name) => {
    const view = matches.map(localName(name));
    const read = READ[localName(name)];
    if (view === undefined || read === undefined) return [localName(name)];
    return view.names
      .map((one) => localName(one))
      .filter((one) => !read.includes(one) || (one === 'code' && !isCodeless(view)));
  });
}

function isCodeless(icmp: View): boolean {
  return icmp.number('code') === 0 && CODELESS.includes(icmp.number('type') ?? -1);
}

function actionOf(actions: View | undefined): Ace['action'] {
  const word = localName(actions?.text('forwarding') ?? '');
  if (word === 'accept') return 'allow';
  return word === 'reject' ? 'reject' : 'deny';
}

function rateOf(view: View): MudRate {
  const [pps, bps, acl] = [view.number('pps'), view.text('bps'), view.text('aclname')];
  return {
    name: view.text('name') ?? '',
    timeframe: view.number('timeframe') ?? 1,
    ...(pps === undefined ? {} : { packetsPerSecond: pps }),
    ...(bps === undefined ? {} : { bitsPerSecond: Number(bps) }),
    ...(acl === undefined ? {} : { acl }),
  };
}

function profileOf(view: View): TlsProfile {
  return {
    name: view.text('name') ?? '',
    tlsVersions: view.texts('supported-tls-version'),
    dtlsVersions: view.texts('supported-dtls-version'),
    cipherSuites: view.numbers('cipher-suite'),
    extensions: view.numbers('extension-type'),
    groups: view.numbers('supported-group'),
    signatureAlgorithms: view.numbers('signature-algorithm'),
    certificateAlgorithms: view.numbers('signature-algorithm-cert'),
    keyExchangeModes: view.numbers('psk-key-exchange-mode'),
    compressions: view.numbers('cert-compression-algorithm'),
    applicationProtocols: view.texts('application-protocol'),
  };
}

function transparencyOf(view: View | undefined): readonly Transparency[] {
  if (view === undefined) return [];
  const single = [
    'sbom-local-well-known',
    'sbom-contact-uri',
    'sbom-archive-list',
    'vuln-contact-uri',
  ];
  return [
    ...view.list('sboms').map((one) => ['sbom-url', one.text('sbom-url')] as const),
    ...single.map((kind) => [kind, view.text(kind)] as const),
    ...view.texts('vuln-url').map((url) => ['vuln-url', url] as const),
  ].flatMap(([kind, value]) => (value === undefined ? [] : [{ kind, value }]));
}
