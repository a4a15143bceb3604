/** What a device says, by protocol: in each message its one string wherever a text may stand. */

/** The device of one string, which says it wherever a device can say something. */
export interface Speaker {
  readonly address: string;
  readonly mac: string;
  readonly text: string;
}

/** What everybody here talks to. */
export const PEER = { address: '10.9.0.1', mac: '02:09:00:00:00:01' };

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}

/** At most so many octets of UTF-8. */
function cut(text: string, most: number): Buffer {
  return Buffer.from(text).subarray(0, most);
}

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

export function asked({ text }: Speaker): string {
  return `GET /${text} HTTP/1.1\r\nHost: ${text}\r\nUser-Agent: ${text}\r\n\r\n`;
}

export function page({ text }: Speaker): string {
  const body = `<html><head><title>${text}</title></head><body>${text}</body></html>`;
  return `HTTP/1.1 401 Unauthorized\r\nServer: ${text}\r\nWWW-Authenticate: Basic realm="${text}"\r\nContent-Type: text/html\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** RFC 2131 §2, RFC 2132, RFC 4702, RFC 8520 §10.1. */
function dhcp(
  who: Speaker,
  operation: number,
  options: readonly (readonly [number, Uint8Array])[],
): Buffer {
  const head = Buffer.alloc(240);
  head.set([operation, 1, 6, 0, 0x12, 0x34, 0x56, Number(who.address.split('.')[3])]);
  if (operation === 2) head.set(who.address.split('.').map(Number), 16);
  head.set(Buffer.from(who.mac.replaceAll(':', ''), 'hex'), 28);
  head.writeUInt32BE(0x63825363, 236);
  const encoded = options.map(([code, value]) =>
    Buffer.concat([Buffer.from([code, value.length]), value]),
  );
  return Buffer.concat([head, ...encoded, Buffer.from([255])]);
}

function label(text: string | Uint8Array): Buffer {
  const octets = typeof text === 'string' ? cut(text, 63) : Buffer.from(text);
  return Buffer.concat([Buffer.from([octets.length]), octets]);
}

/** A name of DNS; empty labels would end it. */
function named(...labels: readonly string[]): Buffer {
  return Buffer.concat([...labels.filter((one) => one !== '').map(label), Buffer.from([0])]);
}

function resource(owner: Buffer, type: number, data: Buffer): Buffer {
  return Buffer.concat([
    owner,
    u16(type),
    u16(1),
    Buffer.from([0, 0, 0, 120]),
    u16(data.length),
    data,
  ]);
}

/** RFC 6762, RFC 6763: an instance, its host and what its TXT record says. */
export function dnsSd({ text, address }: Speaker): Buffer {
  const type = named('_http', '_tcp', 'local');
  const instance = named(text, '_http', '_tcp', 'local');
  const host = named(text, 'local');
  const txt = ['md', 'fn', 'vendor', 'path'].map((key) => label(cut(`${key}=${text}`, 200)));
  const records = [
    resource(type, 12, instance),
    resource(instance, 33, Buffer.concat([u16(0), u16(0), u16(8123), host])),
    resource(instance, 16, Buffer.concat(txt)),
    resource(host, 1, Buffer.from(address.split('.').map(Number))),
  ];
  return Buffer.concat([
    u16(0),
    u16(0x8400),
    u16(0),
    u16(records.length),
    u16(0),
    u16(0),
    ...records,
  ]);
}

export function query(text: string): Buffer {
  return Buffer.concat([
    u16(7),
    u16(0),
    u16(1),
    u16(0),
    u16(0),
    u16(0),
    named(text),
    u16(1),
    u16(1),
  ]);
}

export function answer(text: string): Buffer {
  const owner = named(text);
  const rest = [
    resource(owner, 1, Buffer.from([203, 0, 113, 9])),
    resource(owner, 16, label(cut(text, 200))),
  ];
  return Buffer.concat([
    u16(7),
    u16(0x8180),
    u16(1),
    u16(2),
    u16(0),
    u16(0),
    owner,
    u16(1),
    u16(1),
    ...rest,
  ]);
}

export function notify({ text, address }: Speaker): string {
  return `NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: ${text}\r\nNTS: ssdp:alive\r\nSERVER: ${text}\r\nLOCATION: http://${address}:1400/${text}\r\nUSN: uuid:${text}::${text}\r\nUSER-AGENT: ${text}\r\n\r\n`;
}

/** RFC 1002 §4.2.17: `*`, of which the letters are `CK` and `A`. */
function nodeName(): Buffer {
  return Buffer.concat([
    Buffer.from([32]),
    Buffer.from(`CK${'A'.repeat(30)}`),
    Buffer.from([0]),
    u16(0x21),
    u16(1),
  ]);
}

export function nodeQuestion(): Buffer {
  return Buffer.concat([u16(9), u16(0), u16(1), u16(0), u16(0), u16(0), nodeName()]);
}

export function nodeStatus({ text, mac }: Speaker): Buffer {
  const name = Buffer.concat([cut(text, 15), Buffer.alloc(15, ' ')]).subarray(0, 15);
  const entry = Buffer.concat([name, Buffer.from([0]), u16(0x0400)]);
  const data = Buffer.concat([
    Buffer.from([1]),
    entry,
    Buffer.from(mac.replaceAll(':', ''), 'hex'),
    Buffer.alloc(40),
  ]);
  const head = Buffer.concat([u16(9), u16(0x8400), u16(0), u16(1), u16(0), u16(0), nodeName()]);
  return Buffer.concat([head, Buffer.alloc(4), u16(data.length), data]);
}

function xml(text: string): string {
  return text.replace(/[<>&"']/g, (one) => `&#${one.charCodeAt(0)};`);
}

export function hello({ text, address }: Speaker): string {
  const space = 'http://schemas.xmlsoap.org/ws/2005/04/discovery';
  const scopes = `onvif://www.onvif.org/name/${xml(encodeURIComponent(wellFormed(text)))} onvif://www.onvif.org/hardware/${xml(text)}`;
  return `<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="${space}"><s:Header><a:Action>${space}/Hello</a:Action></s:Header><s:Body><d:Hello><a:EndpointReference><a:Address>urn:uuid:${xml(text)}</a:Address></a:EndpointReference><d:Types>${xml(text)}</d:Types><d:Scopes>${scopes}</d:Scopes><d:XAddrs>http://${address}/${xml(text)}</d:XAddrs></d:Hello></s:Body></s:Envelope>`;
}

function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** BER with lengths of two octets. */
function ber(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, 0x82]), u16(value.length), value]);
}

/** RFC 3416: sysDescr.0 and sysName.0. */
export function snmpMessage(kind: number, text: string): Buffer {
  const value = kind === 0xa0 ? Buffer.from([5, 0]) : ber(4, Buffer.from(text));
  const bind = (last: number): Buffer =>
    ber(0x30, Buffer.from([6, 8, 43, 6, 1, 2, 1, 1, last, 0]), value);
  const zero = Buffer.from([2, 1, 0]);
  const pdu = ber(kind, Buffer.from([2, 1, 77]), zero, zero, ber(0x30, bind(1), bind(5)));
  return ber(0x30, Buffer.from([2, 1, 1]), ber(4, Buffer.from('public')), pdu);
}

/** RFC 7252 §3: GET with Uri-Path. */
export function coapGet(text: string): Buffer {
  const path = cut(text, 200);
  const option =
    path.length < 13 ? Buffer.from([0xb0 | path.length]) : Buffer.from([0xbd, path.length - 13]);
  return Buffer.concat([Buffer.from([0x44, 1, 0x12, 0x34, 10, 11, 12, 13]), option, path]);
}

/** RFC 6690: the resources that it has. */
export function coapAnswer(text: string): Buffer {
  const links = `</${text}>;title="${text}";rt="${text}"`;
  return Buffer.concat([
    Buffer.from([0x64, 0x45, 0x12, 0x34, 10, 11, 12, 13, 0xc1, 40, 0xff]),
    Buffer.from(links),
  ]);
}

export function syslog(text: string): string {
  return `<34>1 2026-11-25T12:00:00Z ${text.replaceAll(/\s/g, '')} app - - - ${text}`;
}

export function sip({ text, address }: Speaker, kind: 'OPTIONS' | 'answer'): string {
  const first = kind === 'answer' ? 'SIP/2.0 200 OK' : `OPTIONS sip:x@${PEER.address} SIP/2.0`;
  const agent = kind === 'answer' ? 'Server' : 'User-Agent';
  return `${first}\r\nVia: SIP/2.0/UDP ${address};branch=z9hG4bK1\r\nFrom: "${text}" <sip:a@${address}>;tag=1\r\nTo: <sip:x@${PEER.address}>\r\nCall-ID: 1@${address}\r\nCSeq: 1 OPTIONS\r\n${agent}: ${text}\r\nContent-Length: 0\r\n\r\n`;
}

function linkFrame(to: string, from: string, rest: readonly Uint8Array[]): Uint8Array {
  const macs = Buffer.from(`${to}${from}`.replaceAll(':', ''), 'hex');
  const whole = Buffer.concat([macs, ...rest]);
  return Buffer.concat([whole, Buffer.alloc(Math.max(0, 60 - whole.length))]);
}

/** IEEE 802.1AB §8; ANSI/TIA-1057 §10.2.6; RFC 8520 §10.4. */
export function lldp({ text, mac }: Speaker): Uint8Array {
  const name = cut(text, 200);
  const tlv = (type: number, value: Uint8Array): Buffer =>
    Buffer.concat([u16((type << 9) | value.length), value]);
  const inventory = [5, 6, 8, 9, 10].map((subtype) =>
    tlv(127, Buffer.concat([Buffer.from([0, 0x12, 0xbb, subtype]), name.subarray(0, 32)])),
  );
  return linkFrame('01:80:c2:00:00:0e', mac, [
    u16(0x88cc),
    tlv(1, Buffer.from(`04${mac.replaceAll(':', '')}`, 'hex')),
    tlv(2, Buffer.concat([Buffer.from([7]), name])),
    tlv(3, u16(120)),
    ...[4, 5, 6].map((type) => tlv(type, name)),
    ...inventory,
    tlv(127, Buffer.concat([Buffer.from([0, 0, 0x5e, 1]), name])),
    u16(0),
  ]);
}

export function cdp({ text, mac }: Speaker): Uint8Array {
  const name = cut(text, 200);
  const tlv = (type: number): Buffer => Buffer.concat([u16(type), u16(name.length + 4), name]);
  const body = Buffer.concat([Buffer.from([2, 180, 0, 0]), tlv(1), tlv(5), tlv(6)]);
  const snap = Buffer.from('aaaa0300000c2000', 'hex');
  return linkFrame('01:00:0c:cc:cc:cc', mac, [u16(snap.length + body.length), snap, body]);
}

/** WANIPConnection:2 §2.5.16: whoever asks says what it is for. */
export function mapping({ text, address }: Speaker): string {
  const body = `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><u:AddPortMapping xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1"><NewRemoteHost></NewRemoteHost><NewExternalPort>8443</NewExternalPort><NewProtocol>TCP</NewProtocol><NewInternalPort>443</NewInternalPort><NewInternalClient>${address}</NewInternalClient><NewEnabled>1</NewEnabled><NewPortMappingDescription>${xml(text)}</NewPortMappingDescription><NewLeaseDuration>0</NewLeaseDuration></u:AddPortMapping></s:Body></s:Envelope>`;
  return `POST /ctl HTTP/1.1\r\nHost: ${PEER.address}:5000\r\nSOAPAction: "urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping"\r\nContent-Type: text/xml\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** MQTT 3.1.1 §3.1: client id, will and user are all the text. */
export function mqttConnect(text: string): Buffer {
  const part = (value: Uint8Array): Buffer => Buffer.concat([u16(value.length), value]);
  const name = part(cut(text, 200));
  const body = Buffer.concat([
    part(Buffer.from('MQTT')),
    Buffer.from([4, 0x86, 0, 60]),
    name,
    name,
    name,
    name,
  ]);
  return Buffer.concat([Buffer.from([0x10, ...remaining(body.length)]), body]);
}

export function mqttPublish(text: string): Buffer {
  const topic = cut(text, 200);
  const body = Buffer.concat([u16(topic.length), topic, Buffer.from('1')]);
  return Buffer.concat([Buffer.from([0x30, ...remaining(body.length)]), body]);
}

/** §2.2.3: seven bits an octet. */
function remaining(length: number): readonly number[] {
  return length < 128 ? [length] : [(length & 127) | 128, length >> 7];
}

/** Modbus Application Protocol 1.1b3 §6.21: vendor, product and revision. */
export function modbusIdentity(text: string): Buffer {
  const name = cut(text, 60);
  const objects = [0, 1, 2].map((id) => Buffer.concat([Buffer.from([id, name.length]), name]));
  const body = Buffer.concat([Buffer.from([1, 0x2b, 0x0e, 1, 1, 0, 0, 3]), ...objects]);
  return Buffer.concat([u16(1), u16(0), u16(body.length), body]);
}

export function dhcpAsks(who: Speaker): Buffer {
  const name = cut(who.text, 120);
  return dhcp(who, 1, [
    [53, Buffer.from([3])],
    [50, Buffer.from(who.address.split('.').map(Number))],
    [12, name],
    [60, name],
    [61, Buffer.concat([Buffer.from([0]), name])],
    [81, Buffer.concat([Buffer.from([0, 0, 0]), name])],
    [161, Buffer.concat([Buffer.from('https://'), name])],
  ]);
}

export function dhcpAnswers(who: Speaker): Buffer {
  return dhcp(who, 2, [
    [53, Buffer.from([5])],
    [12, cut(who.text, 120)],
  ]);
}
