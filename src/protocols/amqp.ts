import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Overheard, Protocol, Recognition } from './protocol.ts';
import type { Value } from './shared/amqp-types.ts';
import { readValue } from './shared/amqp-types.ts';
import { begins, join, u32 } from './shared/bytes.ts';
import { eitherSide } from './shared/either.ts';
import { access, detail, speaks } from './shared/facts.ts';
import { ask, leave, pair } from './shared/pair.ts';

/** Layer and version in the last four octets of a protocol header. */
const HEADERS: ReadonlyMap<string, string> = new Map([
  ['1,1,8,0', '0-8'],
  ['1,1,0,9', '0-9'],
  ['0,0,9,1', '0-9-1'],
  ['1,1,0,10', '0-10'],
  ['0,1,0,0', '1.0'],
  ['2,1,0,0', '1.0'],
  ['3,1,0,0', '1.0'],
]);
const PLAIN = Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0);
const SASL = Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 3, 1, 0, 0);
const BROKER = Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1);

/** Method, header, body, heart-beat; and what ends each. */
const FRAME_TYPES = [1, 2, 3, 8];
const FRAME_END = 0xce;
const FRAME_CAP = 16_384;
/** Performatives and SASL bodies of 1.0 (part 2 §2.7, part 5 §5.3.3). */
const OPEN = 0x10;
const CLOSE = 0x18;
const MECHANISMS = 0x40;

export const amqp = {
  id: 'amqp',
  title: 'AMQP',
  ports: [
    { port: 5672, over: 'tcp', iana: 'amqp' },
    { port: 5671, over: 'tls', iana: 'amqps' },
  ],
  sources: [
    'AMQP 0-9-1 §2.3.1, §4.2, connection.start',
    'OASIS AMQP 1.0 part 1 §1.2, part 2 §2.2 and §2.7, part 5 §5.3',
    'IANA service-names-port-numbers',
  ],
  depth: 512,
  recognise,
  overhear,
  probe: { impact: 'handshake', over: ['tcp', 'tls'], dialogue },
} as const satisfies Protocol;

export interface Header {
  readonly version: string;
  /** Which layer it announces: none, TLS (2) or SASL (3). */
  readonly layer: number;
}

/** `AMQP`, layer, and three octets of version (0-9-1 §4.2.2, 1.0 part 2 §2.2). */
export function parseHeader(bytes: Uint8Array): Parsed<Header> {
  const start = begins(bytes, 'AMQP');
  if (start === 'no') return bad('no AMQP');
  if (bytes.length < 8) return MORE;
  const octets = bytes.subarray(4, 8);
  const version = HEADERS.get(octets.join(','));
  if (version === undefined) return bad('no such version');
  return { kind: 'ok', value: { version, layer: octets[0] ?? 0 }, size: 8 };
}

function recognise(first: FirstBytes): Recognition {
  return pair(first, amqp.depth, {
    asked: parseHeader(first.client),
    answered: parseServerStart(first.server),
    facts: (asked, answered) => [speaks('amqp', answered?.version || asked?.version)],
  });
}

/** Frames of 0-9-1 from the middle: type, channel, size, and 0xCE where one ends (§4.2.3). */
function overhear(heard: Overheard): Recognition {
  return eitherSide(heard, isFrames, [speaks('amqp', '0-9-1')]);
}

/** The first frame must end in what is seen; those after it as far as they are seen. */
function isFrames(bytes: Uint8Array): boolean {
  let at = 0;
  for (let frames = 0; frames < 8 && at < bytes.length; frames += 1) {
    const reader = new Reader(bytes.subarray(at));
    const type = reader.u8();
    reader.skip(2);
    const size = reader.u32();
    reader.skip(size);
    const end = reader.u8();
    if (reader.failed) return at > 0;
    if (!FRAME_TYPES.includes(type) || size > FRAME_CAP || end !== FRAME_END) return false;
    at += reader.offset;
  }
  return at > 0;
}

/** A broker of 0-9-1 begins with Connection.Start; one that wants another version with its header. */
function parseServerStart(bytes: Uint8Array): Parsed<Header> {
  if (begins(bytes, 'AMQP') !== 'no') return parseHeader(bytes);
  const reader = new Reader(bytes);
  const type = reader.u8();
  const channel = reader.u16();
  reader.skip(4);
  const method = reader.u32();
  if (type !== 1 || channel !== 0) return bad('no method on channel 0');
  if (reader.failed) return MORE;
  if (method !== CONNECTION_START) return bad('not Connection.Start');
  return { kind: 'ok', value: { version: '', layer: 0 }, size: reader.offset };
}

const CONNECTION_START = 0x000a000a;

/** Offers 0-9-1; a peer that wants another version says which, and is asked in that one. */
function* dialogue(): Dialogue {
  const received = yield ask(BROKER, parseFirst);
  const start = parseStart(received);
  if (start.kind === 'ok') return startFacts(start.value);
  // A peer that hangs up without a word may still know 1.0, of which SASL is the usual layer.
  const offered = received.length === 0 ? { version: '1.0', layer: 3 } : offeredIn(received);
  if (offered === undefined) return [];
  if (offered.version !== '1.0') return [speaks('amqp', offered.version)];
  const found = offered.layer === 3 ? yield* askSasl() : yield* askPlain();
  // The header alone, in answer to another, is proof.
  return found.length === 0 && received.length > 0 ? [speaks('amqp', '1.0')] : found;
}

function parseFirst(bytes: Uint8Array): Parsed<unknown> {
  return begins(bytes, 'AMQP') === 'no' ? parseStart(bytes) : parseHeader(bytes);
}

/** The header that came in answer to ours, unless it is ours: an echo, or a peer that says no more. */
function offeredIn(received: Uint8Array): Header | undefined {
  const header = parseHeader(received);
  return header.kind === 'ok' && header.value.version !== '0-9-1' ? header.value : undefined;
}

export interface Start {
  readonly properties: ReadonlyMap<string, string>;
  readonly mechanisms: readonly string[];
}

/** Connection.Start of 0-9-1: version, server properties, mechanisms, locales. */
export function parseStart(bytes: Uint8Array): Parsed<Start> {
  const head = parseServerStart(bytes);
  if (head.kind !== 'ok') return head;
  const reader = new Reader(bytes);
  reader.skip(3);
  const size = reader.u32();
  if (size > FRAME_CAP) return bad('the frame is too long');
  const body = new Reader(reader.take(size));
  const end = reader.u8();
  if (reader.failed) return MORE;
  body.skip(6);
  const properties = readTable(new Reader(body.take(body.u32())));
  const mechanisms = body.text(body.u32()).split(' ').filter(Boolean);
  if (end !== 0xce || body.failed) return bad('no Connection.Start');
  return { kind: 'ok', value: { properties, mechanisms }, size: reader.offset };
}

/** Long strings of a field table (§4.2.5.5) up to a field whose size is not known. */
function readTable(reader: Reader): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  while (reader.left > 0 && table.size < 64) {
    const name = reader.text(reader.u8());
    const type = reader.text(1);
    if (type === 'S') table.set(name, reader.text(reader.u32()));
    else if ('FAx'.includes(type)) reader.skip(reader.u32());
    else {
      const size = FIELD_SIZES.get(type);
      if (size === undefined) break;
      reader.skip(size);
    }
    if (reader.failed) break;
  }
  return table;
}

/** Fields of fixed size, as brokers really send them (RabbitMQ, "AMQP 0-9-1 errata" §3). */
const FIELD_SIZES: ReadonlyMap<string, number> = new Map([
  ...([...'tbBV'].map((type) => [type, type === 'V' ? 0 : 1]) satisfies [string, number][]),
  ...([...'sUu'].map((type) => [type, 2]) satisfies [string, number][]),
  ...([...'Iif'].map((type) => [type, 4]) satisfies [string, number][]),
  ['D', 5],
  ...([...'lLdT'].map((type) => [type, 8]) satisfies [string, number][]),
]);

function startFacts({ properties, mechanisms }: Start): readonly Fact[] {
  const named = ['product', 'version', 'platform', 'cluster_name'].flatMap((name) => {
    const text = properties.get(name);
    return text === undefined ? [] : [detail(name.replace('_', '-'), text)];
  });
  return [speaks('amqp', '0-9-1'), ...mechanismFacts(mechanisms), ...named];
}

function mechanismFacts(mechanisms: readonly string[]): readonly Fact[] {
  if (mechanisms.length === 0) return [];
  const open = mechanisms.includes('ANONYMOUS');
  return [access(open ? 'open' : 'credentials'), detail('mechanisms', mechanisms.join(' '))];
}

/** The SASL layer: the peer lists its mechanisms, and nobody picks one. */
function* askSasl(): Dialogue {
  const received = yield ask(SASL, parseReply, true);
  const reply = parseReply(received);
  if (reply.kind !== 'ok' || reply.value.code !== MECHANISMS) return [];
  const [list] = reply.value.fields;
  const mechanisms = typeof list === 'string' ? [list] : (list ?? []).filter(isText);
  return [speaks('amqp', '1.0'), ...mechanismFacts(mechanisms)];
}

function isText(value: Value): value is string {
  return typeof value === 'string';
}

/** Without a layer: the peer opens a connection for anyone, says who it is, and is left. */
function* askPlain(): Dialogue {
  const container = 'portolan';
  const list = join([0xa1, container.length], container);
  const body = join([0, 0x53, OPEN, 0xc0, list.length + 1, 1], list);
  const received = yield ask(join(PLAIN, frame(body)), parseReply, true);
  const reply = parseReply(received);
  if (reply.kind !== 'ok' || reply.value.code !== OPEN) return [];
  const [name] = reply.value.fields;
  // An echo gives our own name back.
  if (name === container) return [];
  yield leave(frame(Uint8Array.of(0, 0x53, CLOSE, 0x45)));
  const properties = propertiesOf(reply.value.fields[9]);
  const named = ['product', 'version', 'platform'].flatMap((key) => {
    const text = properties.get(key);
    return text === undefined ? [] : [detail(key, text)];
  });
  return [speaks('amqp', '1.0'), access('open'), ...named];
}

/** Size, offset of the body in words, type 0, channel 0 (part 2 §2.3). */
function frame(body: Uint8Array): Uint8Array {
  return join(u32(body.length + 8), [2, 0, 0, 0], body);
}

function propertiesOf(map: Value): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (typeof map !== 'object') return found;
  for (let index = 0; index + 1 < map.length; index += 2) {
    const [key, value] = map.slice(index, index + 2);
    if (isText(key) && isText(value)) found.set(key, value);
  }
  return found;
}

interface Reply {
  readonly code: number;
  readonly fields: readonly Value[];
}

/** A header and the first frame after it. */
export function parseReply(bytes: Uint8Array): Parsed<Reply> {
  const header = parseHeader(bytes);
  if (header.kind !== 'ok') return header;
  if (header.value.version !== '1.0') return bad('another version');
  const reader = new Reader(bytes.subarray(header.size));
  const size = reader.u32();
  const offset = reader.u8() * 4;
  if (reader.failed) return MORE;
  if (size < 8 || size > FRAME_CAP || offset < 8 || offset > size) return bad('no frame');
  const rest = reader.take(size - 5);
  if (reader.failed) return MORE;
  const body = new Reader(rest.subarray(offset - 5));
  const described = body.u8();
  const descriptor = body.u8();
  const code = descriptor === 0x53 ? body.u8() : readLongDescriptor(body, descriptor);
  const fields = readValue(body, 3);
  if (body.failed || described !== 0 || typeof fields !== 'object') return bad('no performative');
  return { kind: 'ok', value: { code, fields }, size: header.size + size };
}

/** The same number as an unsigned long of eight octets, which some peers send. */
function readLongDescriptor(body: Reader, descriptor: number): number {
  if (descriptor !== 0x80) return -1;
  body.skip(4);
  return body.u32();
}
