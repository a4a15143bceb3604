import { ACK, FIN, frameOf, SYN } from '../flows/talk.ts';
import type { Speaker } from './hostile-messages.ts';
import {
  answer,
  asked,
  cdp,
  coapAnswer,
  coapGet,
  dhcpAnswers,
  dhcpAsks,
  dnsSd,
  hello,
  lldp,
  mapping,
  modbusIdentity,
  mqttConnect,
  mqttPublish,
  nodeQuestion,
  nodeStatus,
  notify,
  OK,
  PEER,
  page,
  query,
  sip,
  snmpMessage,
  syslog,
} from './hostile-messages.ts';
import { certificateOf, client12, records12 } from './hostile-tls.ts';

const GROUP_MAC = '01:00:5e:00:00:fb';
const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const PUSH = 0x18;

export type Message = readonly [from: 'client' | 'server', bytes: string | Uint8Array];
type Frames = readonly Uint8Array[];

/** Each inlet by the protocol in whose packets the text travels. */
export const INLETS: Readonly<Record<string, (who: Speaker) => Frames>> = {
  dhcp: (who) => [dhcpRequest(who), dhcpAnswer(who)],
  mdns: (who) => [datagram(who, 5353, '224.0.0.251:5353', dnsSd(who), GROUP_MAC)],
  ssdp: (who) => [datagram(who, 1900, '239.255.255.250:1900', notify(who), GROUP_MAC)],
  llmnr: (who) => [datagram(who, 5355, '224.0.0.252:5355', query(who.text), GROUP_MAC)],
  nbns: (who) => udp(who, 'server', 137, nodeQuestion(), nodeStatus(who)),
  'ws-discovery': (who) => [datagram(who, 3702, '239.255.255.250:3702', hello(who), GROUP_MAC)],
  dns: (who) => udp(who, 'client', 53, query(who.text), answer(who.text)),
  snmp: (who) => udp(who, 'server', 161, snmpMessage(0xa0, ''), snmpMessage(0xa2, who.text)),
  coap: (who) => udp(who, 'server', 5683, coapGet(who.text), coapAnswer(who.text)),
  syslog: (who) => [datagram(who, 514, `${PEER.address}:514`, syslog(who.text))],
  sip: (who) => udp(who, 'client', 5060, sip(who, 'OPTIONS'), sip(who, 'answer')),
  lldp: (who) => [lldp(who)],
  cdp: (who) => [cdp(who)],
  http: (who) =>
    tcp(who, 'server', 80, [
      ['client', asked(who)],
      ['server', page(who)],
    ]),
  'http client': (who) =>
    tcp(who, 'client', 8080, [
      ['client', asked(who)],
      ['server', OK],
    ]),
  igd: (who) =>
    tcp(who, 'client', 5000, [
      ['client', mapping(who)],
      ['server', OK],
    ]),
  tls: (who) =>
    tcp(who, 'server', 443, [
      ['client', client12(who.text)],
      ['server', records12(certificateOf(who.text))],
    ]),
  'tls client': (who) => tcp(who, 'client', 443, [['client', client12(who.text)]]),
  mqtt: (who) =>
    tcp(who, 'client', 1883, [
      ['client', mqttConnect(who.text)],
      ['server', Uint8Array.of(0x20, 2, 0, 0)],
      ['client', mqttPublish(who.text)],
    ]),
  ftp: (who) =>
    tcp(who, 'server', 21, [
      ['server', `220 FTP server ready ${who.text}\r\n`],
      ['client', `USER ${who.text}\r\n`],
      ['server', '331 Password required\r\n'],
    ]),
  smtp: (who) =>
    tcp(who, 'server', 25, [
      ['server', `220 mail.example ESMTP ${who.text}\r\n`],
      ['client', `EHLO ${who.text}\r\n`],
      ['server', `250-${who.text}\r\n250 STARTTLS\r\n`],
    ]),
  ssh: (who) =>
    tcp(who, 'server', 22, [
      ['server', `SSH-2.0-${who.text}\r\n`],
      ['client', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ]),
  telnet: (who) =>
    tcp(who, 'server', 23, [
      ['server', Uint8Array.of(0xff, 0xfd, 0x18, 0xff, 0xfd, 0x20)],
      ['client', Uint8Array.of(0xff, 0xfb, 0x18, 0xff, 0xfc, 0x20)],
      ['server', `${who.text}\r\nlogin: `],
    ]),
  rtsp: (who) =>
    tcp(who, 'server', 554, [
      [
        'client',
        `OPTIONS rtsp://${who.address}/${who.text} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: ${who.text}\r\n\r\n`,
      ],
      ['server', `RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: ${who.text}\r\nPublic: OPTIONS\r\n\r\n`],
    ]),
  modbus: (who) =>
    tcp(who, 'server', 502, [
      ['client', Buffer.from('000100000005012b0e0100', 'hex')],
      ['server', modbusIdentity(who.text)],
    ]),
  pop3: (who) =>
    tcp(who, 'server', 110, [
      ['server', `+OK ${who.text}\r\n`],
      ['client', 'CAPA\r\n'],
      ['server', `+OK\r\n${who.text}\r\n.\r\n`],
    ]),
  imap: (who) =>
    tcp(who, 'server', 143, [
      ['server', `* OK ${who.text}\r\n`],
      ['client', 'a CAPABILITY\r\n'],
      ['server', '* CAPABILITY IMAP4rev1\r\na OK done\r\n'],
    ]),
};

/** Everything that one device says, in an order in which its address is known before its names come. */
export function framesOf(who: Speaker): Frames {
  return Object.values(INLETS).flatMap((frames) => frames(who));
}

/** A look at so many ports, by whoever has this name: for an alert that tells of it. */
export function scanBy(who: Speaker, ports: number): Frames {
  return Array.from({ length: ports }, (_, index) =>
    frameOf({
      from: `${who.address}:${50_000 + index}`,
      to: `${PEER.address}:${2000 + index}`,
      tcp: '',
      flags: SYN,
      macs: [who.mac, PEER.mac],
    }),
  );
}

/** Classic libpcap (draft-ietf-opsawg-pcap), a frame each millisecond. */
export function pcapOf(frames: Frames, start: number): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(65_535, 16);
  head.writeUInt32LE(1, 20);
  const records = frames.map((frame, index) => {
    const header = Buffer.alloc(16);
    const at = start + index;
    header.writeUInt32LE(Math.floor(at / 1000), 0);
    header.writeUInt32LE((at % 1000) * 1000, 4);
    header.writeUInt32LE(frame.length, 8);
    header.writeUInt32LE(frame.length, 12);
    return Buffer.concat([header, frame]);
  });
  return Buffer.concat([head, ...records]);
}

function datagram(
  { address, mac }: Speaker,
  port: number,
  to: string,
  payload: Uint8Array | string,
  toMac = PEER.mac,
): Uint8Array {
  return frameOf({ from: `${address}:${port}`, to, udp: bytes(payload), macs: [mac, toMac] });
}

/** A question and its answer. */
export function udp(
  who: Speaker,
  role: 'client' | 'server',
  port: number,
  question: Uint8Array | string,
  reply: Uint8Array | string,
): Frames {
  const [ours, theirs] = ends(who, role, port);
  const out = { from: ours.at, to: theirs.at, macs: [ours.mac, theirs.mac] } as const;
  const back = { from: theirs.at, to: ours.at, macs: [theirs.mac, ours.mac] } as const;
  const [asks, answers] = role === 'client' ? [out, back] : [back, out];
  return [frameOf({ ...asks, udp: bytes(question) }), frameOf({ ...answers, udp: bytes(reply) })];
}

function ends({ address, mac }: Speaker, role: 'client' | 'server', port: number) {
  const ours = { at: `${address}:${role === 'client' ? 40_000 + port : port}`, mac };
  const theirs = {
    at: `${PEER.address}:${role === 'client' ? port : 40_000 + port}`,
    mac: PEER.mac,
  };
  return [ours, theirs] as const;
}

/** A whole conversation, from its handshake to its end. */
export function tcp(
  who: Speaker,
  role: 'client' | 'server',
  port: number,
  messages: readonly Message[],
): Frames {
  const [ours, theirs] = ends(who, role, port);
  const [client, server] = role === 'client' ? [ours, theirs] : [theirs, ours];
  const next = { client: 1000, server: 9000 };
  const say = (
    from: 'client' | 'server',
    flags: number,
    payload: Uint8Array,
    step = payload.length,
  ) => {
    const to = from === 'client' ? 'server' : 'client';
    const [source, target] = from === 'client' ? [client, server] : [server, client];
    const sent = frameOf({
      from: source.at,
      to: target.at,
      tcp: payload,
      flags,
      sequence: next[from],
      acknowledgement: next[to],
      macs: [source.mac, target.mac],
    });
    next[from] += step;
    return sent;
  };
  const none = new Uint8Array(0);
  return [
    say('client', SYN, none, 1),
    say('server', SYN | ACK, none, 1),
    say('client', ACK, none),
    ...messages.map(([from, payload]) => say(from, PUSH, bytes(payload))),
    say('client', FIN | ACK, none, 1),
    say('server', FIN | ACK, none, 1),
    say('client', ACK, none),
  ];
}

function bytes(payload: Uint8Array | string): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

function dhcpRequest(who: Speaker): Uint8Array {
  const macs = [who.mac, BROADCAST] as const;
  return frameOf({ from: '0.0.0.0:68', to: '255.255.255.255:67', udp: dhcpAsks(who), macs });
}

function dhcpAnswer(who: Speaker): Uint8Array {
  const macs = [PEER.mac, who.mac] as const;
  const [from, to] = [`${PEER.address}:67`, `${who.address}:68`];
  return frameOf({ from, to, udp: dhcpAnswers(who), macs });
}
