import { describe, expect, test } from 'vitest';
import { protocols } from '../../../src/protocols/index.ts';
import type { FirstBytes } from '../../../src/protocols/protocol.ts';
import { bytes, hex } from '../fixtures.ts';

/** Sentence, protocol, what each side sent in hex, and the values that stand in it. */
type Case = readonly [string, string, string, string, readonly string[]];

const MQTT: readonly Case[] = [
  [
    'MQTT 3.1.1: id, user and topics of both sides, and no password',
    'mqtt',
    `10 1d 0004 ${hex('MQTT')} 04 c2 003c 0003 ${hex('cam')} 0004 ${hex('user')} 0006 ${hex('secret')}
     82 0a 0001 0005 ${hex('a/b/#')} 00  30 07 0003 ${hex('x/y')} ${hex('hi')}`,
    `20 02 0000 30 05 0001 ${hex('t')} ${hex('42')}`,
    ['mqtt.version=4', 'mqtt.client_id=cam', 'mqtt.username=user'].concat([
      'mqtt.topic=a/b/#',
      'mqtt.topic=x/y',
      'mqtt.topic=t',
    ]),
  ],
  [
    'MQTT 5: properties are passed over, the will has a topic',
    'mqtt',
    `10 1f 0004 ${hex('MQTT')} 05 06 003c 03 21 0014 0002 ${hex('id')} 00 0004 ${hex('will')} 0004 ${hex('gone')}
     82 07 0001 00 0001 ${hex('q')} 00`,
    '',
    ['mqtt.version=5', 'mqtt.client_id=id', 'mqtt.will_topic=will', 'mqtt.topic=q'],
  ],
];

const WEB: readonly Case[] = [
  [
    'HTTP: each request of a connection, behind the body of the one before',
    'http',
    hex(
      'POST /a%20b HTTP/1.1\r\nHost: h\r\nContent-Length: 14\r\n\r\nGET / HTTP/1.1GET /c HTTP/1.1\r\nHost: i\r\nUser-Agent: x/1\r\n\r\n',
    ),
    hex(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nServer: s/2\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n',
    ),
    ['http.method=POST', 'http.path=/a b', 'http.host=h', 'http.method=GET', 'http.path=/c']
      .concat(['http.host=i', 'http.user_agent=x/1'])
      .concat(['http.status=100', 'http.status=200', 'http.server=s/2', 'http.status=404']),
  ],
  [
    'HTTP: an answer to HEAD tells a length and has no body',
    'http',
    hex('HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n'),
    hex('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n'),
    ['http.method=HEAD', 'http.path=/', 'http.host=h', 'http.method=GET'].concat([
      'http.status=200',
      'http.status=304',
    ]),
  ],
  [
    'HTTP: a password in an address is masked, however it is written',
    'http',
    hex('GET /login.cgi?user=admin&p%61ss=a%26b&to=/x%3Fpwd%3D1 HTTP/1.1\r\nHost: h\r\n\r\n'),
    '',
    ['http.method=GET', 'http.path=/login.cgi?user=admin&pass=***&to=/x?pwd=***', 'http.host=h'],
  ],
  [
    'HTTP/2 in the clear: the names that DNS over HTTPS asks for, and no method that is none',
    'http',
    `${hex('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')} 000000 04 00 00000000
     000018 00 01 00000001 0000 0100 0001 0000 0000 0000 02 ${hex('ex')} 03 ${hex('org')} 00 0001 0001
     000005 00 01 00000003 ${hex('hello')}`,
    '000000 04 00 00000000',
    ['dns.query=ex.org'],
  ],
  [
    'SSH: the line that names the version, behind others',
    'ssh',
    hex('SSH-2.0-OpenSSH_9.7\r\n'),
    hex('hello\r\nSSH-2.0-dropbear_2022.83\r\n'),
    ['ssh.version=SSH-2.0-OpenSSH_9.7', 'ssh.software=OpenSSH_9.7'].concat([
      'ssh.version=SSH-2.0-dropbear_2022.83',
      'ssh.software=dropbear_2022.83',
    ]),
  ],
  [
    'FTP: the user and never the password',
    'ftp',
    hex('USER bob\r\nPASS secret\r\n'),
    hex('220 x\r\n331 y\r\n230 z\r\n'),
    ['ftp.user=bob'],
  ],
  [
    'SMTP: who greets, and nothing of AUTH',
    'smtp',
    hex('EHLO printer.lan\r\nAUTH PLAIN AGJvYgBzZWNyZXQ=\r\n'),
    hex('220 x ESMTP\r\n'),
    ['smtp.helo=printer.lan'],
  ],
  [
    'SIP: methods of both sides, and what they are',
    'sip',
    hex('OPTIONS sip:a SIP/2.0\r\nUser-Agent: Yealink\r\nContent-Length: 0\r\n\r\n'),
    hex('SIP/2.0 200 OK\r\nServer: Kamailio\r\n\r\n'),
    ['sip.method=OPTIONS', 'sip.user_agent=Yealink', 'sip.server=Kamailio'],
  ],
  [
    'RTSP: methods, across frames of the stream in between',
    'rtsp',
    `${hex('OPTIONS rtsp://c/ RTSP/1.0\r\nCSeq: 1\r\n\r\n')}24000004aabbccdd${hex('PLAY rtsp://c/ RTSP/1.0\r\nCSeq: 2\r\n\r\n')}`,
    hex('RTSP/1.0 200 OK\r\nServer: Cam\r\n\r\n'),
    ['rtsp.method=OPTIONS', 'rtsp.method=PLAY', 'rtsp.server=Cam'],
  ],
  [
    'SSDP: what is announced, and by what',
    'ssdp',
    hex(
      'NOTIFY * HTTP/1.1\r\nSERVER: Linux UPnP/1.0 x\r\nNT: upnp:rootdevice\r\nUSN: uuid:1\r\n\r\n',
    ),
    '',
    ['ssdp.server=Linux UPnP/1.0 x', 'ssdp.type=upnp:rootdevice', 'ssdp.usn=uuid:1'],
  ],
];

const HOME: readonly Case[] = [
  [
    'DNS: what is asked for, of an answer too',
    'dns',
    `0001 0100 0001 0000 0000 0000 02 ${hex('ex')} 03 ${hex('org')} 00 0001 0001`,
    `0001 8180 0001 0000 0000 0000 01 ${hex('y')} 00 0001 0001`,
    ['dns.query=ex.org', 'dns.query=y'],
  ],
  [
    'mDNS: several questions of one message',
    'mdns',
    `0000 0000 0002 0000 0000 0000 04 ${hex('_ipp')} 04 ${hex('_tcp')} 05 ${hex('local')} 00 000c 0001 01 ${hex('a')} c016 00ff 8001`,
    '',
    ['mdns.name=_ipp._tcp.local', 'mdns.name=a.local'],
  ],
  [
    'CoAP: codes and the path that is asked for',
    'coap',
    `41 01 0001 aa b3 ${hex('dev')} 04 ${hex('temp')}`,
    `61 45 0001 aa ff ${hex('21')}`,
    ['coap.code=1', 'coap.path=/dev/temp', 'coap.code=69'],
  ],
  [
    'DHCP: a client says who it is, in an option that is continued too (RFC 3396)',
    'dhcp',
    `01010600 3903f326 ${'00'.repeat(20)} 000b8201fc42 ${'00'.repeat(202)} 63825363 350101
     3d07 01000b8201fc42 0c03 ${hex('cam')} 3c04 ${hex('MSFT')} 3c04 ${hex(' 5.0')} 3703 010306 a105 ${hex('https')} ff`,
    '',
    [
      'dhcp.mac=00:0b:82:01:fc:42',
      'dhcp.client_id=01:00:0b:82:01:fc:42',
      'dhcp.hostname=cam',
    ].concat(['dhcp.vendor_class=MSFT 5.0', 'dhcp.params=1,3,6', 'dhcp.mud_url=https']),
  ],
  [
    'DHCPv6: through a relay (RFC 8415 §19)',
    'dhcpv6',
    `0c00 ${'00'.repeat(32)} 0009 0036 01 10a7c3 0001 000a 00030001 000b8201fc42
     0006 0004 0017 0018 0010 0009 00000137 0003 ${hex('PXE')} 0027 0005 01 03 ${hex('cam')} 0070 0002 ${hex('ht')}`,
    '',
    ['dhcp.mac=00:0b:82:01:fc:42', 'dhcp.client_id=00:03:00:01:00:0b:82:01:fc:42'].concat([
      'dhcp.params=23,24',
      'dhcp.vendor_class=PXE',
      'dhcp.hostname=cam',
      'dhcp.mud_url=ht',
    ]),
  ],
  [
    'SNMP: version and community',
    'snmp',
    `3018 020101 0404 ${hex('lamp')} a00d 020101 020100 020100 3002 3000`,
    '',
    ['snmp.version=2', 'snmp.community=lamp'],
  ],
];

const INDUSTRIAL: readonly Case[] = [
  [
    'Modbus: unit and function of each message, an exception counts for its function',
    'modbus',
    '0001 0000 0006 07 03 0000 0001  0002 0000 0006 08 10 0000 0001',
    '0001 0000 0003 07 83 02',
    ['modbus.unit=7', 'modbus.function=3', 'modbus.unit=8', 'modbus.function=16'].concat([
      'modbus.unit=7',
      'modbus.function=3',
    ]),
  ],
  [
    'DNP3: the function of a first segment, and none of those that go on',
    'dnp3',
    '0564 08 c4 0100 0200 0000 c0 c0 01 0000  0564 08 c4 0100 0200 0000 01 c0 02 0000',
    '',
    ['dnp3.function=1'],
  ],
  [
    'IEC 104: the type of what is sent, none of what is confirmed',
    'iec104',
    '68 04 07 000000  68 0e 0000 0000 64 01 06 00 0100 000000 14',
    '68 04 0b 000000',
    ['iec104.type=100'],
  ],
  [
    'EtherNet/IP: who a device is',
    'enip',
    '',
    `6300 2b00 ${'00'.repeat(20)} 0100 0c00 2500 0100 ${'00'.repeat(16)} 0100 0e00 3600 1401 0000 15cd5b07 03 ${hex('PLC')} 03`,
    ['enip.vendor_id=1', 'enip.product=PLC', 'enip.serial=0x075bcd15'],
  ],
  [
    'S7: functions of jobs, order number and name from the status lists',
    's7comm',
    `0300 0019 02f080 32 01 0000 0001 0008 0000 f0 00 0001 0001 01e0`,
    `0300 003d 02f080 32 07 0000 0001 000c 0020 000112081284010100000000 ff 09 001c 0011 0001 0014 0001
     0001 ${hex('6ES7 151-8AB01-0AB')}
     0300 003d 02f080 32 07 0000 0001 000c 0020 000112081284010100000000 ff 09 001c 001c 0002 0014 0001
     0002 ${hex('CPU 1')}${'00'.repeat(13)}`,
    ['s7.function=0xf0', 's7.order_number=6ES7 151-8AB01-0AB', 's7.module_name=CPU 1'],
  ],
  [
    'BACnet: the vendor of an I-Am, where the header tells a length of its own alone',
    'bacnet',
    '810b 0004 0100 1000 c4 02000001 22 01e0 91 00 22 01f6',
    '',
    ['bacnet.vendor_id=502'],
  ],
];

describe.each([
  ['messaging', MQTT],
  ['text', WEB],
  ['homes', HOME],
  ['plants', INDUSTRIAL],
] as const)('%s', (_, cases) => {
  test.each(cases)('%s', (_sentence, id, client, server, expected) => {
    const first: FirstBytes = { client: bytes(client), server: bytes(server) };
    const fields = protocols.all.find((protocol) => protocol.id === id)?.fields?.(first) ?? [];
    expect(fields.map(({ name, value }) => `${name}=${value}`)).toEqual(expected);
  });
});
