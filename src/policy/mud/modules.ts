import type { JsonObject } from './json-tree.ts';
import type { YangNode } from './yang.ts';
import type { YangType } from './yang-types.ts';
import {
  anything,
  binary,
  bits,
  boolean,
  dateAndTime,
  empty,
  host,
  identity,
  integer,
  ipv4Prefix,
  ipv6Prefix,
  macAddress,
  oneOf,
  port,
  string,
  uint8,
  uint16,
  uint32,
  uint64,
  uri,
} from './yang-types.ts';

export const MUD = 'ietf-mud';
export const ACL = 'ietf-access-control-list';
export const DNS = 'ietf-acldns';
export const ACL_TLS = 'ietf-acl-tls';
export const MUD_TLS = 'ietf-mud-tls';
export const TRANSPARENCY = 'ietf-mud-transparency';
export const BANDWIDTH = 'ietf-mud-bw-profile';

type Children = Readonly<Record<string, YangNode>>;

function leaf(type: YangType, module?: string): YangNode {
  return module === undefined ? { kind: 'leaf', type } : { kind: 'leaf', type, module };
}

function leaves(type: YangType): YangNode {
  return { kind: 'leaf-list', type };
}

function container(children: Children, module?: string): YangNode {
  return { kind: 'container', children, ...(module === undefined ? {} : { module }) };
}

/** ietf-packet-fields `port-range-or-operator` (RFC 8519 §4.2). */
const portMatch: YangNode = {
  kind: 'container',
  children: {
    'lower-port': leaf(port),
    'upper-port': leaf(port),
    operator: leaf(oneOf('lte', 'gte', 'eq', 'neq')),
    port: leaf(port),
  },
  choices: [
    [
      ['lower-port', 'upper-port'],
      ['operator', 'port'],
    ],
  ],
  must: portFault,
};

function portFault(node: JsonObject): string | undefined {
  const has = (name: string): boolean =>
    node.members.has(name) || node.members.has(`${ACL}:${name}`);
  if (has('lower-port') !== has('upper-port')) return 'a range has a lower-port and an upper-port';
  if (has('operator') && !has('port')) return 'an operator needs a port';
  const [from, to] = ['lower-port', 'upper-port'].map((name) => numberIn(node, name));
  return from !== undefined && to !== undefined && from > to
    ? 'the lower-port is above the upper-port'
    : undefined;
}

function numberIn(node: JsonObject, name: string): number | undefined {
  const found = node.members.get(name) ?? node.members.get(`${ACL}:${name}`);
  return found?.kind === 'scalar' && typeof found.value === 'number' ? found.value : undefined;
}

const dscp = integer(0, 63);

const ipFields: Children = {
  dscp: leaf(dscp),
  ecn: leaf(integer(0, 3)),
  length: leaf(uint16),
  ttl: leaf(uint8),
  protocol: leaf(uint8),
  'src-dnsname': leaf(host, DNS),
  'dst-dnsname': leaf(host, DNS),
};

const matches: YangNode = {
  kind: 'container',
  children: {
    eth: container({
      'destination-mac-address': leaf(macAddress),
      'destination-mac-address-mask': leaf(macAddress),
      'source-mac-address': leaf(macAddress),
      'source-mac-address-mask': leaf(macAddress),
      ethertype: leaf(anything),
    }),
    ipv4: container({
      ...ipFields,
      ihl: leaf(integer(5, 60)),
      flags: leaf(bits('reserved', 'fragment', 'more')),
      offset: leaf(integer(20, 65_535)),
      identification: leaf(uint16),
      'source-ipv4-network': leaf(ipv4Prefix),
      'destination-ipv4-network': leaf(ipv4Prefix),
    }),
    ipv6: container({
      ...ipFields,
      'source-ipv6-network': leaf(ipv6Prefix),
      'destination-ipv6-network': leaf(ipv6Prefix),
      'flow-label': leaf(integer(0, 1_048_575)),
    }),
    tcp: container({
      'sequence-number': leaf(uint32),
      'acknowledgement-number': leaf(uint32),
      'data-offset': leaf(integer(5, 15)),
      reserved: leaf(uint8),
      flags: leaf(bits('cwr', 'ece', 'urg', 'ack', 'psh', 'rst', 'syn', 'fin')),
      'window-size': leaf(uint16),
      'urgent-pointer': leaf(uint16),
      options: leaf(binary),
      'source-port': portMatch,
      'destination-port': portMatch,
      'direction-initiated': leaf(oneOf('to-device', 'from-device'), MUD),
    }),
    udp: container({
      length: leaf(uint16),
      'source-port': portMatch,
      'destination-port': portMatch,
    }),
    icmp: container({ type: leaf(uint8), code: leaf(uint8), 'rest-of-header': leaf(binary) }),
    mud: container(
      {
        manufacturer: leaf(host),
        'same-manufacturer': leaf(empty),
        model: leaf(uri),
        'local-networks': leaf(empty),
        controller: leaf(uri),
        'my-controller': leaf(empty),
      },
      MUD,
    ),
    'client-profiles': container(
      {
        'tls-dtls-profile': {
          kind: 'list',
          key: 'name',
          children: {
            name: leaf(string(1, 64)),
            'supported-tls-version': leaves(oneOf('tls12', 'tls13')),
            'supported-dtls-version': leaves(oneOf('dtls12', 'dtls13')),
            'cipher-suite': leaves(uint16),
            'extension-type': leaves(uint16),
            'accept-list-ta-cert': leaves(binary),
            'psk-key-exchange-mode': leaves(uint8),
            'supported-group': leaves(uint16),
            'signature-algorithm-cert': leaves(uint16),
            'signature-algorithm': leaves(uint16),
            'application-protocol': leaves(string()),
            'cert-compression-algorithm': leaves(uint16),
            'certificate-authorities': leaves(string()),
          },
        },
      },
      ACL_TLS,
    ),
  },
  choices: [
    [['ipv4'], ['ipv6']],
    [['tcp'], ['udp'], ['icmp']],
  ],
};

const ACTIONS = ['accept', 'drop', 'reject'] as const;

const acls: YangNode = container(
  {
    acl: {
      kind: 'list',
      key: 'name',
      children: {
        name: leaf(string(1, 64)),
        type: leaf(
          identity(
            ACL,
            'ipv4-acl-type',
            'ipv6-acl-type',
            'eth-acl-type',
            'mixed-eth-ipv4-acl-type',
            'mixed-eth-ipv6-acl-type',
            'mixed-eth-ipv4-ipv6-acl-type',
          ),
        ),
        aces: container({
          ace: {
            kind: 'list',
            key: 'name',
            needs: ['actions'],
            children: {
              name: leaf(string(1, 64)),
              matches,
              actions: {
                kind: 'container',
                needs: ['forwarding'],
                children: {
                  forwarding: leaf(identity(ACL, ...ACTIONS)),
                  logging: leaf(identity(ACL, 'log-syslog', 'log-none')),
                },
              },
            },
          },
        }),
      },
    },
  },
  ACL,
);

function side(): YangNode {
  return container({
    'access-lists': container({
      'access-list': { kind: 'list', key: 'name', children: { name: leaf(string()) } },
    }),
    'bw-params': container(
      {
        service: {
          kind: 'list',
          key: 'name',
          needs: ['timeframe'],
          children: {
            name: leaf(string()),
            timeframe: leaf(uint32),
            pps: leaf(uint32),
            bps: leaf(uint64),
            dscp: leaf(dscp),
            aclname: leaf(string()),
          },
        },
      },
      BANDWIDTH,
    ),
  });
}

const mud: YangNode = {
  kind: 'container',
  module: MUD,
  needs: ['mud-version', 'mud-url', 'last-update', 'is-supported'],
  children: {
    'mud-version': leaf(uint8),
    'mud-url': leaf(uri),
    'last-update': leaf(dateAndTime),
    'mud-signature': leaf(uri),
    'cache-validity': leaf(integer(1, 168)),
    'is-supported': leaf(boolean),
    systeminfo: leaf(string()),
    'mfg-name': leaf(string()),
    'model-name': leaf(string()),
    'firmware-rev': leaf(string()),
    'software-rev': leaf(string()),
    documentation: leaf(uri),
    extensions: leaves(string(1, 40)),
    'from-device-policy': side(),
    'to-device-policy': side(),
    'is-tls-dtls-profile-supported': leaf(boolean, MUD_TLS),
    transparency: transparency(),
  },
};

function transparency(): YangNode {
  const url = leaf(uri);
  return {
    kind: 'container',
    module: TRANSPARENCY,
    children: {
      sboms: {
        kind: 'list',
        key: 'version-info',
        children: { 'version-info': leaf(string()), 'sbom-url': url },
      },
      'sbom-local-well-known': leaf(identity(TRANSPARENCY, 'http', 'https', 'coap', 'coaps')),
      'sbom-contact-uri': url,
      'sbom-archive-list': url,
      'vuln-url': leaves(uri),
      'vuln-contact-uri': url,
    },
    choices: [
      [['sboms'], ['sbom-local-well-known'], ['sbom-contact-uri']],
      [['vuln-url'], ['vuln-contact-uri']],
    ],
  };
}

/** What a MUD file may hold: RFC 8520, 8519, 9472, 9761 and draft-lear-opsawg-mud-bw-profile-01. */
export const MUD_MODULES: Children = { mud, acls };
