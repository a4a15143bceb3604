import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { AttributeName, Fact } from '../model/evidence.ts';
import type {
  Dialogue,
  FirstBytes,
  Peer,
  Protocol,
  Recognition,
  SearchSender,
  Sighting,
} from './protocol.ts';
import { join, NOTHING, u16, u32 } from './shared/bytes.ts';
import { access, amplification, attribute, detail, speaks } from './shared/facts.ts';
import { ofBoth } from './shared/field-list.ts';
import { ask, pair } from './shared/pair.ts';
import { trimmed, utf8, utf16be } from './shared/strings.ts';

const PORT = 47_808;
/** BACnet/IP (ASHRAE 135 Annex J.2). */
const BVLC = 0x81;
/** BVLC, NPDU and the longest APDU (Annex J.2). */
const DATAGRAM_CAP = 1536;
const UNICAST = 0x0a;
const BROADCAST = 0x0b;
const FORWARDED = 0x04;
const DISTRIBUTE = 0x09;

/** Instance that every device takes for its own object's (135-2016 §12.11). */
const WILDCARD = 4_194_303;
const DEVICE_OBJECT = 8;
const OBJECT_IDENTIFIER = 75;

/** Property identifiers of the device object (135-2016 §21), in the order in which they are asked. */
const PROPERTIES: readonly (readonly [id: number, name: AttributeName])[] = [
  [121, 'vendor'],
  [70, 'model'],
  [44, 'firmware'],
  [77, 'name'],
];

/** Only ReadProperty and Who-Is are ever sent. */
export const bacnet = {
  id: 'bacnet',
  title: 'BACnet/IP',
  ports: [{ port: PORT, over: 'udp', iana: 'bacnet' }],
  sources: [
    'ANSI/ASHRAE 135-2016 Annex J, §6, §15.5, §16.10, §20, §21',
    'IANA service-names-port-numbers',
  ],
  depth: 32,
  fragile: true,
  recognise,
  fields: ofBoth((bytes, fields) => {
    const npdu = parseNpdu(withOwnLength(bytes));
    if (npdu.kind === 'ok') fields.add('bacnet.vendor_id', parseIAm(npdu.value.apdu)?.vendor);
  }),
  probe: { impact: 'reads', over: ['udp'], dialogue },
  search: { transport: 'udp', port: PORT, groups: ['broadcast'], questions, read },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, bacnet.depth, {
    asked: parseNpdu(first.client, bacnet.depth),
    answered: parseNpdu(first.server, bacnet.depth),
    facts: () => [speaks('bacnet')],
  });
}

/** Some devices tell a length of 4, the header alone: the datagram ends where it ends. */
function withOwnLength(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 4) return bytes;
  const own = bytes.slice(0, DATAGRAM_CAP);
  own.set(u16(own.length), 2);
  return own;
}

interface Npdu {
  /** Network and address behind a router from which this came. */
  readonly routed: boolean;
  /** Empty where it is a message of the network layer. */
  readonly apdu: Uint8Array;
}

/** BVLC (Annex J.2) and NPDU (§6.2); at `depth` a datagram may be longer than what is seen of it. */
export function parseNpdu(bytes: Uint8Array, depth = Number.POSITIVE_INFINITY): Parsed<Npdu> {
  const reader = new Reader(bytes);
  const type = reader.u8();
  const kind = reader.u8();
  const length = reader.u16();
  if (bytes.length > 0 && (type !== BVLC || kind > 0x0c)) return bad('no BVLC');
  if (reader.failed) return MORE;
  if (length < 4 || length > DATAGRAM_CAP) return bad('no such length');
  if (bytes.length < Math.min(length, depth)) return MORE;
  const npdu = readCarried(kind, new Reader(bytes.subarray(4, length)));
  return npdu === undefined ? bad('no NPDU') : { kind: 'ok', value: npdu, size: length };
}

/** Only four kinds carry an NPDU; a forwarded one first names who sent it (J.2.5). */
function readCarried(kind: number, reader: Reader): Npdu | undefined {
  if (kind === FORWARDED) reader.skip(6);
  const carries = [UNICAST, BROADCAST, FORWARDED, DISTRIBUTE].includes(kind);
  return carries ? readNpdu(reader) : { routed: false, apdu: NOTHING };
}

function readNpdu(reader: Reader): Npdu | undefined {
  const version = reader.u8();
  const control = reader.u8();
  if (version !== 1 || (control & 0x50) !== 0) return undefined;
  const toNetwork = (control & 0x20) !== 0;
  const routed = (control & 0x08) !== 0;
  if (toNetwork) skipAddress(reader);
  if (routed) skipAddress(reader);
  if (toNetwork) reader.skip(1);
  const isNetworkMessage = (control & 0x80) !== 0;
  const apdu = isNetworkMessage ? NOTHING : reader.rest();
  return reader.failed ? undefined : { routed, apdu };
}

function skipAddress(reader: Reader): void {
  reader.skip(2);
  reader.skip(reader.u8());
}

/** Asks the device for its own object, and that for its names; four reads, one datagram each. */
function* dialogue(peer: Peer): Dialogue {
  const invoke = peer.nonce[0] ?? 0;
  const send = readProperty(invoke, WILDCARD, OBJECT_IDENTIFIER);
  const first = yield ask(send, parseNpdu);
  const answer = parseAnswer(first, invoke);
  if (answer === undefined) return [];
  const instance = answer.object ?? instanceIn(yield ask(whoIs(UNICAST), parseNpdu));
  const facts: Fact[] = [speaks('bacnet'), ...amplification(send, first)];
  if (instance === undefined) return facts;
  facts.push(detail('device-instance', String(instance)));

  for (const [index, [property, name]] of PROPERTIES.entries()) {
    const id = (invoke + index + 1) & 0xff;
    const text = parseAnswer(yield ask(readProperty(id, instance, property), parseNpdu), id)?.text;
    if (text !== undefined && text !== '') facts.push(attribute(name, text));
  }
  return facts.length > 3 ? [...facts, access('open')] : facts;
}

/** Confirmed request, no segments, at most 1476 bytes of answer (§20.1.2). */
function readProperty(invoke: number, instance: number, property: number): Uint8Array {
  const object = u32(DEVICE_OBJECT * 0x400000 + instance);
  return bvlc(UNICAST, join([1, 4, 0, 5, invoke, 0x0c, 0x0c], object, [0x19, property]));
}

function whoIs(kind: number): Uint8Array {
  // A broadcast also goes to every network behind a router (§6.2.2, destination 0xFFFF).
  const npdu = kind === BROADCAST ? [1, 0x20, 0xff, 0xff, 0, 0xff] : [1, 0];
  return bvlc(kind, join(npdu, [0x10, 0x08]));
}

function bvlc(kind: number, npdu: Uint8Array): Uint8Array {
  return join([BVLC, kind], u16(npdu.length + 4), npdu);
}

interface Answer {
  readonly object?: number;
  readonly text?: string;
}

/** ComplexACK, Error, Reject or Abort of our own request (§20.1): all prove it; one tells more. */
function parseAnswer(bytes: Uint8Array, invoke: number): Answer | undefined {
  const npdu = parseNpdu(bytes);
  if (npdu.kind !== 'ok') return undefined;
  const reader = new Reader(npdu.value.apdu);
  const type = reader.u8() >> 4;
  const id = reader.u8();
  if (reader.failed || id !== invoke) return undefined;
  if (type >= 5 && type <= 7) return {};
  if (type !== 3 || reader.u8() !== 0x0c) return undefined;
  return readValue(reader);
}

/** Object, property, and between an opening and a closing tag 3 the value (§15.5, §20.2). */
function readValue(reader: Reader): Answer {
  reader.skip(5);
  const property = reader.u8();
  reader.skip(property & 0x07);
  if (reader.u8() !== 0x3e) return {};
  const tag = reader.u8();
  if (tag === 0xc4) {
    const instance = reader.u32() % 0x400000;
    return reader.failed ? {} : { object: instance };
  }
  // Application tag 7; lengths from 5 on stand in octets of their own (§20.2.1.3.1).
  if (tag >> 4 !== 7 || (tag & 0x08) !== 0) return {};
  const short = tag & 0x07;
  const value = new Reader(reader.take(short < 5 ? short : reader.u8()));
  const charset = value.u8();
  if (reader.failed || value.failed) return {};
  return { text: trimmed(textOf(value.rest(), charset)) };
}

/** §20.2.9: 0 UTF-8, 4 UCS-2, 5 ISO 8859-1. */
function textOf(bytes: Uint8Array, charset: number): string {
  if (charset === 4) return utf16be(bytes);
  return charset === 5 ? new Reader(bytes).text(bytes.length) : utf8(bytes);
}

function questions(): readonly Uint8Array[] {
  return [whoIs(BROADCAST)];
}

/** I-Am: what is behind a router speaks through the router's address, so nothing is said of it. */
function read(datagram: Uint8Array, { address, port }: SearchSender): readonly Sighting[] {
  const npdu = parseNpdu(datagram);
  if (npdu.kind !== 'ok') return [];
  const iAm = parseIAm(npdu.value.apdu);
  if (iAm === undefined) return [];
  const own = npdu.value.routed
    ? [detail('routes-to', `BACnet device ${iAm.instance}`)]
    : [detail('device-instance', String(iAm.instance)), detail('vendor-id', String(iAm.vendor))];
  return [
    { address, facts: [{ kind: 'present', via: 'bacnet' }] },
    { address, transport: 'udp', port, facts: [speaks('bacnet'), ...own] },
  ];
}

function instanceIn(bytes: Uint8Array): number | undefined {
  const npdu = parseNpdu(bytes);
  if (npdu.kind !== 'ok' || npdu.value.routed) return undefined;
  return parseIAm(npdu.value.apdu)?.instance;
}

interface IAm {
  readonly instance: number;
  readonly vendor: number;
}

/** §16.10.3: object identifier, greatest length, segmentation, vendor. */
function parseIAm(apdu: Uint8Array): IAm | undefined {
  const reader = new Reader(apdu);
  if (reader.u16() !== 0x1000 || reader.u8() !== 0xc4) return undefined;
  const object = reader.u32();
  readUnsigned(reader, 0x20);
  readUnsigned(reader, 0x90);
  const vendor = readUnsigned(reader, 0x20);
  if (reader.failed || vendor === undefined || object >>> 22 !== DEVICE_OBJECT) return undefined;
  return { instance: object % 0x400000, vendor };
}

function readUnsigned(reader: Reader, tag: number): number | undefined {
  const head = reader.u8();
  const size = head & 0x07;
  if ((head & 0xf8) !== tag || size > 4) return undefined;
  return reader.take(size).reduce((sum, octet) => sum * 256 + octet, 0);
}
