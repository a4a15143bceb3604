import { untrusted } from '../../src/base/untrusted.ts';
import type { Severity } from '../../src/model/core.ts';
import { DAY, START, Story, signature, tlsFacts } from '../evidence.ts';

const A = '192.168.1.5';
const CARD = '00:17:88:01:02:03';

/** What a rule makes of a story; undefined where it keeps quiet. */
export type Case = readonly [name: string, rule: string, Story, Severity | undefined];

/** What each rule says, and what it keeps quiet about. */
export const CASES: readonly Case[] = [
  ['an MQTT broker in the clear', 'cleartext', new Story().speaks(A, 1883, 'mqtt'), 'medium'],
  ['its password in the clear', 'cleartext', broker('credentials'), 'high'],
  [
    'a broker behind TLS',
    'cleartext',
    new Story().speaks(A, 8883, 'mqtt', { over: 'tls' }),
    undefined,
  ],
  ['a plain web page', 'cleartext', new Story().speaks(A, 80, 'http'), 'low'],
  [
    'mail that offers STARTTLS',
    'cleartext',
    new Story().speaks(A, 143, 'imap').detail(A, 143, 'STARTTLS', 'offered'),
    undefined,
  ],
  [
    'mail that does not',
    'cleartext',
    new Story().speaks(A, 143, 'imap').detail(A, 143, 'STARTTLS', 'not offered'),
    'medium',
  ],
  ['a broker that lets everybody in', 'open-access', broker('open'), 'high'],
  [
    'a store that lets everybody in',
    'open-access',
    new Story().speaks(A, 6379, 'redis').about(A, 6379, { kind: 'access', level: 'open' }),
    'high',
  ],
  ['a broker that asks', 'open-access', broker('credentials'), undefined],
  [
    'a web page, which answers by design',
    'open-access',
    new Story().speaks(A, 80, 'http').about(A, 80, { kind: 'access', level: 'open' }),
    undefined,
  ],
  ['telnet with a login', 'remote-shell', new Story().speaks(A, 2323, 'telnet'), 'high'],
  [
    'telnet without one',
    'remote-shell',
    new Story().speaks(A, 23, 'telnet').about(A, 23, { kind: 'access', level: 'open' }),
    'critical',
  ],
  ['SSH', 'remote-shell', new Story().speaks(A, 22, 'ssh'), 'info'],
  [
    'SNMP that answers "public"',
    'default-community',
    new Story()
      .speaks(A, 161, 'snmp', { over: 'udp' })
      .detail(A, 161, 'community', 'public', 'udp'),
    'medium',
  ],
  [
    'SNMPv3 only',
    'default-community',
    new Story().speaks(A, 161, 'snmp', { over: 'udp' }),
    undefined,
  ],
  ['a Modbus controller', 'control-reachable', new Story().speaks(A, 8502, 'modbus'), 'high'],
  [
    'Modbus behind TLS',
    'control-reachable',
    new Story().speaks(A, 802, 'modbus', { over: 'tls' }),
    undefined,
  ],
  [
    'OPC UA that lets everybody in',
    'control-reachable',
    new Story().speaks(A, 4840, 'opcua').about(A, 4840, { kind: 'access', level: 'open' }),
    'high',
  ],
  [
    'OPC UA that asks',
    'control-reachable',
    new Story().speaks(A, 4840, 'opcua').about(A, 4840, { kind: 'access', level: 'credentials' }),
    undefined,
  ],
  ['SSL 3.0', 'weak-tls', tls({ versions: ['SSLv3', 'TLSv1.2'] }), 'high'],
  ['TLS 1.0', 'weak-tls', tls({ versions: ['TLSv1', 'TLSv1.2'] }), 'medium'],
  ['RC4', 'weak-tls', tls({ versions: ['TLSv1.2'], cipher: 'ECDHE-RSA-RC4-SHA' }), 'medium'],
  [
    'no encryption at all',
    'weak-tls',
    tls({ versions: ['TLSv1.2'], cipher: 'TLS_RSA_WITH_NULL_SHA256' }),
    'high',
  ],
  ['TLS as it should be', 'weak-tls', tls({}), undefined],
  ['RSA 1024', 'weak-key', tls({}, { bits: 1024 }), 'medium'],
  ['RSA 512', 'weak-key', tls({}, { bits: 512 }), 'high'],
  ['SHA-1', 'weak-key', tls({}, { signature: 'sha1WithRSAEncryption' }), 'medium'],
  [
    'P-256',
    'weak-key',
    tls({}, { key: 'ec', bits: 256, signature: 'ecdsa-with-SHA256' }),
    undefined,
  ],
  ['expired', 'expired-certificate', tls({}, { notAfter: START - DAY }), 'medium'],
  ['not valid yet', 'expired-certificate', tls({}, { notBefore: START + 99 * DAY }), 'low'],
  ['valid today', 'expired-certificate', tls({}), undefined],
  ['signed by itself', 'self-signed', tls({}, { selfSigned: true }), 'info'],
  ['signed by somebody', 'self-signed', tls({}), undefined],
  ['MQTT on 443', 'wrong-protocol', new Story().speaks(A, 443, 'mqtt'), 'medium'],
  [
    'HTTP on 443 over TLS',
    'wrong-protocol',
    new Story().speaks(A, 443, 'http', { over: 'tls', version: '2' }),
    undefined,
  ],
  [
    'HTTP on 8443',
    'wrong-protocol',
    new Story().speaks(A, 8443, 'http', { over: 'tls' }),
    undefined,
  ],
  ['MQTT on 8500', 'wrong-protocol', new Story().speaks(A, 8500, 'mqtt'), undefined],
  [
    'MQTT on 443, likely only',
    'wrong-protocol',
    new Story().speaks(A, 443, 'mqtt', { certainty: 'likely' }),
    undefined,
  ],
  [
    'bytes that nobody knows',
    'unrecognised-service',
    new Story().about(A, 8765, { kind: 'unrecognised', signature: signature() }),
    'info',
  ],
  ['bytes that got a name', 'unrecognised-service', named(), undefined],
  [
    'what the owner does not need',
    'not-needed',
    new Story()
      .speaks(A, 8099, 'http')
      .says(A, { kind: 'needed', transport: 'tcp', port: 8099, needed: false }),
    'low',
  ],
  [
    'and lets everybody in',
    'not-needed',
    broker('open').says(A, { kind: 'needed', transport: 'tcp', port: 1883, needed: false }),
    'medium',
  ],
  ['what nobody said anything about', 'not-needed', new Story().speaks(A, 8099, 'http'), undefined],
  ['twenty times the question', 'reflector', reflecting(20, 400), 'medium'],
  ['four times', 'reflector', reflecting(20, 80), 'low'],
  ['three times, as RFC 9000 allows', 'reflector', reflecting(20, 60), undefined],
  ['a resolver on a lamp', 'open-resolver', resolver('light'), 'low'],
  ['a resolver on a router', 'open-resolver', resolver('router'), undefined],
  [
    'a mapping',
    'port-mapping',
    new Story().tell(
      { address: A },
      {
        kind: 'mapping',
        transport: 'tcp',
        outsidePort: 8080,
        insideAddress: '192.168.1.20',
        insidePort: 80,
        by: untrusted('IPCam'),
      },
    ),
    'high',
  ],
  ['a router without a firewall for IPv6', 'ipv6-firewall-off', firewall('no'), 'high'],
  ['one that was switched on', 'ipv6-firewall-off', firewall('no', 'yes'), undefined],
  [
    'a printer with 9100',
    'printer-raw',
    new Story().attribute(A, 'kind', 'printer').open(A, 9100),
    'low',
  ],
  ['9100 on no printer', 'printer-raw', new Story().open(A, 9100), undefined],
  [
    'a router that maps for all',
    'upnp-igd',
    new Story()
      .speaks(A, 1900, 'http')
      .detail(A, 1900, 'deviceType', 'urn:schemas-upnp-org:device:InternetGatewayDevice:1'),
    'medium',
  ],
  [
    'a media server',
    'upnp-igd',
    new Story()
      .speaks(A, 1900, 'http')
      .detail(A, 1900, 'deviceType', 'urn:schemas-upnp-org:device:MediaServer:1'),
    undefined,
  ],
  [
    'a login page in the clear',
    'admin-login-in-clear',
    new Story().speaks(A, 80, 'http').about(A, 80, { kind: 'access', level: 'credentials' }),
    'high',
  ],
  [
    'over TLS',
    'admin-login-in-clear',
    new Story()
      .speaks(A, 443, 'http', { over: 'tls' })
      .about(A, 443, { kind: 'access', level: 'credentials' }, 'tls'),
    undefined,
  ],
  [
    'a camera that takes mail',
    'mail-from-device',
    new Story().attribute(A, 'kind', 'camera').speaks(A, 25, 'smtp'),
    'medium',
  ],
  [
    'a server that does',
    'mail-from-device',
    new Story().attribute(A, 'kind', 'server').speaks(A, 25, 'smtp'),
    undefined,
  ],
  [
    'an open debug bridge',
    'debug-port',
    new Story().speaks(A, 5555, 'adb').about(A, 5555, { kind: 'access', level: 'open' }),
    'critical',
  ],
  [
    'one that asks',
    'debug-port',
    new Story().speaks(A, 5555, 'adb').about(A, 5555, { kind: 'access', level: 'credentials' }),
    'medium',
  ],
  [
    'a panel that anybody operates',
    'remote-screen',
    new Story().speaks(A, 5900, 'vnc').about(A, 5900, { kind: 'access', level: 'open' }),
    'critical',
  ],
  [
    'a panel with a login',
    'remote-screen',
    new Story().speaks(A, 5900, 'vnc').about(A, 5900, { kind: 'access', level: 'credentials' }),
    'low',
  ],
  [
    'a device that stopped answering',
    'distressed',
    new Story().present(A, CARD).tell({ address: A }, { kind: 'distress', after: 'tcp/80' }),
    'medium',
  ],
  [
    'a cloned MAC',
    'identity-conflict',
    new Story()
      .identifier(A, 'uuid', 'aaaa-1111', { mac: CARD })
      .identifier('192.168.1.6', 'uuid', 'bbbb-2222', { mac: CARD }),
    'medium',
  ],
  [
    'SSH with old algorithms',
    'ssh-weak-algorithms',
    new Story()
      .speaks(A, 22, 'ssh')
      .detail(A, 22, 'weak algorithms', 'diffie-hellman-group1-sha1,3des-cbc'),
    'low',
  ],
  ['SSH without', 'ssh-weak-algorithms', new Story().speaks(A, 22, 'ssh'), undefined],
  ['MQTT on a number of its own', 'obscured-port', new Story().speaks(A, 8500, 'mqtt'), 'info'],
  ['MQTT where it belongs', 'obscured-port', new Story().speaks(A, 1883, 'mqtt'), undefined],
  ...factoryLogins(),
  ...vulnerabilities(),
  ['the web anywhere', 'obscured-port', new Story().speaks(A, 8880, 'http'), undefined],
];

/** Rows on logins that makers document; whether they still hold is never tried. */
function factoryLogins(): readonly Case[] {
  const rule = 'factory-login';
  return [
    [
      'a recorder whose kind is delivered with an empty password',
      rule,
      xmeye().about(A, 80, { kind: 'access', level: 'credentials' }),
      'low',
    ],
    [
      'the same that lets everybody in',
      rule,
      xmeye().about(A, 80, { kind: 'access', level: 'open' }),
      undefined,
    ],
    ['the same of which it is not known', rule, xmeye(), undefined],
    ['the same with telnet, which always asks', rule, xmeye().speaks(A, 23, 'telnet'), 'low'],
    [
      'a recorder that asks for a password at first use',
      rule,
      new Story()
        .attribute(A, 'vendor', 'Reolink')
        .speaks(A, 80, 'http')
        .about(A, 80, { kind: 'access', level: 'credentials' }),
      undefined,
    ],
    [
      'a camera of which nothing is documented',
      rule,
      new Story().speaks(A, 80, 'http').about(A, 80, { kind: 'access', level: 'credentials' }),
      undefined,
    ],
  ];
}

function xmeye(): Story {
  return new Story().attribute(A, 'vendor', 'Xiongmai').speaks(A, 80, 'http');
}

function vulnerabilities(): readonly Case[] {
  const rule = 'known-vulnerability';
  const server = (text: string): Story =>
    new Story().speaks(A, 80, 'http').detail(A, 80, 'server', text);
  const plc = (): Story =>
    new Story().attribute(A, 'vendor', 'Siemens').attribute(A, 'model', 'S7-1200');
  return [
    ['a controller in range', rule, plc().attribute(A, 'firmware', 'V4.2.1'), 'critical'],
    ['a controller that is mended', rule, plc().attribute(A, 'firmware', 'V4.5.0'), undefined],
    ['a controller of unknown firmware', rule, plc(), 'medium'],
    [
      'a camera that may have what is being used',
      rule,
      new Story().attribute(A, 'vendor', 'Hikvision').attribute(A, 'model', 'DS-2CD2186G2-ISU'),
      'high',
    ],
    ['a program in range', rule, server('nginx/1.18.0'), 'high'],
    ['a program in range that is being used', rule, server('GoAhead/2.5.0'), 'critical'],
    ['a program of a distribution', rule, server('nginx/1.18.0 (Ubuntu)'), 'medium'],
    ['a program that is mended', rule, server('nginx/1.26.0'), undefined],
  ];
}

/** What a router said of its firewall, one time after another. */
function firewall(...answers: readonly string[]): Story {
  const story = new Story();
  for (const answer of answers) {
    const value = untrusted(answer);
    story.tell({ address: A }, { kind: 'detail', name: 'ipv6 firewall', value });
  }
  return story;
}

export function broker(level: 'open' | 'credentials'): Story {
  return new Story().speaks(A, 1883, 'mqtt').about(A, 1883, { kind: 'access', level });
}

function tls(...parts: Parameters<typeof tlsFacts>): Story {
  return new Story()
    .speaks(A, 443, 'http', { over: 'tls' })
    .about(A, 443, { kind: 'tls', tls: tlsFacts(...parts) });
}

function named(): Story {
  return new Story()
    .about(A, 6668, { kind: 'unrecognised', signature: signature() })
    .says(A, { kind: 'named-protocol', protocol: 'tuya-like', signature: signature() });
}

function reflecting(sent: number, received: number): Story {
  return new Story()
    .speaks(A, 5683, 'coap', { over: 'udp' })
    .about(A, 5683, { kind: 'amplification', sent, received }, 'udp');
}

function resolver(kind: string): Story {
  return new Story()
    .attribute(A, 'kind', kind)
    .speaks(A, 53, 'dns', { over: 'udp' })
    .detail(A, 53, 'recursion', 'available', 'udp');
}
