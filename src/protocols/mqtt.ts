import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Access } from '../model/core.ts';
import type { Fact } from '../model/evidence.ts';
import { mqttFields } from './fields/mqtt.ts';
import type { Dialogue, FirstBytes, Overheard, Peer, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { hexOf, join, u16 } from './shared/bytes.ts';
import { access, detail, speaks } from './shared/facts.ts';
import { packetAt } from './shared/mqtt-packet.ts';
import { ask, leave } from './shared/pair.ts';

const CONNECT = 0x10;
const CONNACK = 0x20;
const PUBLISH = 0x30;
const SUBSCRIBE = 0x82;
const PINGREQ = [0xc0, 0x00];
const PINGRESP = [0xd0, 0x00];
const DISCONNECT = Uint8Array.of(0xe0, 0x00);

/** Retained by mosquitto, HiveMQ CE, VerneMQ and others (github.com/mqtt/mqtt.org/wiki/SYS-Topics). */
const VERSION_TOPIC = '$SYS/broker/version';
/** Longest packet that is read: a version is a line of text. */
const PACKET_CAP = 4096;

/** Protocol level byte of CONNECT -> version in words (MQTT 5.0 §3.1.2.2). */
const VERSIONS: ReadonlyMap<number, string> = new Map([
  [3, '3.1'],
  [4, '3.1.1'],
  [5, '5.0'],
]);

type Level = 4 | 5;

export interface Connect {
  readonly version: string;
}

/** The broker's answer to CONNECT. */
export interface Connack {
  /** Return code (3.1.1 §3.2.2.3) or reason code (5.0 §3.2.2.2). */
  readonly code: number;
  /** With properties, which only version 5 has (5.0 §3.2.2.3). */
  readonly version: '3.1.1' | '5.0';
}

export const mqtt = {
  id: 'mqtt',
  title: 'MQTT',
  ports: [
    { port: 1883, over: 'tcp', iana: 'mqtt' },
    { port: 8883, over: 'tls', iana: 'secure-mqtt' },
  ],
  sources: [
    'OASIS mqtt-v3.1.1',
    'OASIS mqtt-v5.0',
    'IANA service-names-port-numbers',
    'https://github.com/mqtt/mqtt.org/wiki/SYS-Topics',
  ],
  depth: 64,
  recognise,
  overhear,
  fields: mqttFields,
  probe: { impact: 'reads', over: ['tcp', 'tls'], dialogue },
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const asked = parseConnect(client);
  const answered = parseConnack(server);
  if (asked.kind === 'bad' || answered.kind === 'bad') {
    return isKeepAlive(client, server) ? yes('likely', 'unknown') : NO;
  }
  if (asked.kind === 'more') return WAIT;
  return yes(answered.kind === 'ok' ? 'proved' : 'likely', asked.value.version);
}

/** The middle of a session: a PUBLISH or SUBSCRIBE of one side, and nothing else of the other. */
function overhear({ client, server, transport }: Overheard): Recognition {
  if (transport !== 'tcp') return NO;
  const sides = [client, server].filter(({ length }) => length > 0).map(packetAt);
  return sides.includes('telling') && !sides.includes('none') ? yes('likely', 'unknown') : NO;
}

/**
 * Greets the broker without a name or a password, asks which broker it is, and takes leave.
 *
 * The client id is empty: a broker must throw out whoever already uses a given id
 * (3.1.1 [MQTT-3.1.4-2]), so a fixed id could cut off a device that picked the same one. A broker
 * that insists on one gets a random one.
 */
function* dialogue(peer: Peer): Dialogue {
  let level: Level = 4;
  let connack = parseConnack(yield ask(connect(level, ''), parseConnack));
  if (connack.kind !== 'ok') return [];
  if (isUnacceptableVersion(connack.value.code)) {
    level = 5;
    connack = parseConnack(yield ask(connect(level, ''), parseConnack, true));
  }
  if (connack.kind === 'ok' && isUnacceptableId(connack.value.code)) {
    const id = `p${hexOf(peer.nonce.subarray(0, 11))}`;
    connack = parseConnack(yield ask(connect(level, id), parseConnack, true));
  }
  if (connack.kind !== 'ok') return [speaks('mqtt')];

  const spoken = speaks('mqtt', level === 5 ? '5.0' : connack.value.version);
  const granted = accessOf(connack.value.code);
  if (granted !== 'open') return granted === undefined ? [spoken] : [spoken, access(granted)];
  const { product } = readVersion(
    yield ask(question(level), (bytes) => versionAnswer(bytes, level)),
    level,
  );
  yield leave(DISCONNECT);
  return [spoken, access('open'), ...product];
}

/** CONNECT with a clean session and a keep-alive of 10 s (3.1.1 §3.1, 5.0 §3.1). */
function connect(level: Level, id: string): Uint8Array {
  const properties = level === 5 ? [0] : [];
  const body = join([0, 4], 'MQTT', [level, 0x02, 0, 10], properties, u16(id.length), id);
  return join([CONNECT, body.length], body);
}

/** SUBSCRIBE at QoS 0, and PINGREQ as a fence: what is retained comes before its answer. */
function question(level: Level): Uint8Array {
  const properties = level === 5 ? [0] : [];
  const body = join([0, 1], properties, u16(VERSION_TOPIC.length), VERSION_TOPIC, [0]);
  return join([SUBSCRIBE, body.length], body, PINGREQ);
}

export function parseConnect(bytes: Uint8Array): Parsed<Connect> {
  const reader = new Reader(bytes);
  const type = reader.u8();
  if (reader.failed) return MORE;
  if (type !== CONNECT) return bad('a client begins with CONNECT');

  readRemainingLength(reader);
  const name = reader.text(reader.u16());
  const version = VERSIONS.get(reader.u8());
  // The longest start is 1 + 4 + 2 + "MQIsdp" + 1: with that much at hand, short means wrong.
  if (reader.failed) return bytes.length < 14 ? MORE : bad('CONNECT ends before its level');
  if (name !== 'MQTT' && name !== 'MQIsdp') return bad('CONNECT names another protocol');
  if (version === undefined) return bad('CONNECT has a level that no version uses');
  return { kind: 'ok', value: { version }, size: reader.offset };
}

export function parseConnack(bytes: Uint8Array): Parsed<Connack> {
  const reader = new Reader(bytes);
  const type = reader.u8();
  const length = readRemainingLength(reader);
  const flags = reader.u8();
  const code = reader.u8();
  if (bytes.length > 0 && type !== CONNACK) return bad('a broker begins with CONNACK');
  if (reader.failed) return MORE;
  if (length < 2 || (flags & 0xfe) !== 0) return bad('CONNACK sets reserved bits');
  const version = length === 2 ? '3.1.1' : '5.0';
  return { kind: 'ok', value: { code, version }, size: reader.offset };
}

interface VersionAnswer {
  readonly kind: 'ok' | 'more' | 'bad';
  readonly product: readonly Fact[];
}

/** Reads packets up to PINGRESP; a packet longer than any version ends it. */
function readVersion(bytes: Uint8Array, level: Level): VersionAnswer {
  const reader = new Reader(bytes);
  let product: readonly Fact[] = [];
  for (let packets = 0; reader.left > 0 && packets < 64; packets += 1) {
    const type = reader.u8();
    const length = readRemainingLength(reader);
    if (length > PACKET_CAP) return { kind: 'bad', product };
    const body = reader.take(length);
    if (reader.failed) return { kind: 'more', product };
    if (type === PINGRESP[0]) return { kind: 'ok', product };
    if ((type & 0xf0) === PUBLISH) product = productOf(body, level) ?? product;
  }
  return { kind: reader.left > 0 ? 'bad' : 'more', product };
}

function versionAnswer(bytes: Uint8Array, level: Level): Parsed<null> {
  const { kind } = readVersion(bytes, level);
  if (kind === 'ok') return { kind, value: null, size: bytes.length };
  return kind === 'more' ? MORE : bad('no packet that was asked for');
}

/** At QoS 0: topic, properties in version 5, and the text (5.0 §3.3.2). */
function productOf(publish: Uint8Array, level: Level): readonly Fact[] | undefined {
  const reader = new Reader(publish);
  if (reader.text(reader.u16()) !== VERSION_TOPIC) return undefined;
  if (level === 5) reader.skip(readRemainingLength(reader));
  const text = reader.text(reader.left);
  return text === '' ? undefined : [detail('product', text)];
}

/** MQTT 5.0 §1.5.5: seven bits a byte, least significant first, at most four bytes. */
function readRemainingLength(reader: Reader): number {
  let value = 0;
  for (let scale = 1; scale <= 128 ** 3; scale *= 128) {
    const byte = reader.u8();
    value += (byte & 0x7f) * scale;
    if ((byte & 0x80) === 0) break;
  }
  return value;
}

/** A capture that starts after CONNECT still meets the keep-alive of a session that lasts days. */
function isKeepAlive(client: Uint8Array, server: Uint8Array): boolean {
  return startsWith(client, PINGREQ) && startsWith(server, PINGRESP);
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

/** 3.1.1 return code 1, 5.0 reason 0x84: a broker that speaks version 5 alone says either. */
function isUnacceptableVersion(code: number): boolean {
  return code === 0x01 || code === 0x84;
}

/** 3.1.1 return code 2, 5.0 reason 0x85. */
function isUnacceptableId(code: number): boolean {
  return code === 0x02 || code === 0x85;
}

function accessOf(code: number): Access | undefined {
  switch (code) {
    case 0x00:
      return 'open';
    case 0x04: // 3.1.1: bad user name or password
    case 0x05: // 3.1.1: not authorised
    case 0x86: // 5.0: bad user name or password
    case 0x87: // 5.0: not authorised
    case 0x8c: // 5.0: bad authentication method
      return 'credentials';
    default:
      return undefined;
  }
}

function yes(certainty: 'proved' | 'likely', version: string): Recognition {
  return { kind: 'yes', certainty, facts: [speaks('mqtt', version)] };
}
