import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Access } from '../model/core.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';

const CONNECT = 0x10;
const CONNACK = 0x20;
const DISCONNECT = Uint8Array.of(0xe0, 0x00);
const PINGREQ = [0xc0, 0x00];
const PINGRESP = [0xd0, 0x00];

/** Protocol level byte of CONNECT -> version in words (MQTT 5.0 §3.1.2.2). */
const VERSIONS: ReadonlyMap<number, string> = new Map([
  [3, '3.1'],
  [4, '3.1.1'],
  [5, '5.0'],
]);

export interface Connect {
  readonly version: string;
}

/** The broker's answer to CONNECT. */
export interface Connack {
  /** Return code (3.1.1 §3.2.2.3) or reason code (5.0 §3.2.2.2). */
  readonly code: number;
}

export const mqtt = {
  id: 'mqtt',
  title: 'MQTT',
  ports: [
    { port: 1883, over: 'tcp', iana: 'mqtt' },
    { port: 8883, over: 'tls', iana: 'secure-mqtt' },
  ],
  sources: ['OASIS mqtt-v3.1.1', 'OASIS mqtt-v5.0', 'IANA service-names-port-numbers'],
  depth: 16,
  recognise,
  probe: { impact: 'handshake', over: ['tcp', 'tls'], dialogue },
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

/**
 * Greets the broker without a name or a password, and takes leave.
 *
 * The client id is empty: a broker must throw out whoever already uses a given id
 * (3.1.1 [MQTT-3.1.4-2]), so a fixed id could cut off a device that picked the same one.
 */
function* dialogue(): Dialogue {
  const connack = parseConnack(
    yield {
      send: Uint8Array.of(CONNECT, 12, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0x02, 0, 10, 0, 0),
      complete: (received) => parseConnack(received).kind !== 'more',
    },
  );
  if (connack.kind !== 'ok') return [];

  const level = accessOf(connack.value.code);
  if (level === 'open') yield { send: DISCONNECT, complete: () => true };
  const speaks: Fact = { kind: 'speaks', protocol: 'mqtt', version: '3.1.1' };
  return level === undefined ? [speaks] : [speaks, { kind: 'access', level }];
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
  return { kind: 'ok', value: { code }, size: reader.offset };
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

function accessOf(code: number): Access | undefined {
  switch (code) {
    case 0x00:
      return 'open';
    case 0x04: // 3.1.1: bad user name or password
    case 0x05: // 3.1.1: not authorised
    case 0x86: // 5.0: bad user name or password
    case 0x87: // 5.0: not authorised
      return 'credentials';
    default:
      return undefined;
  }
}

function yes(certainty: 'proved' | 'likely', version: string): Recognition {
  return { kind: 'yes', certainty, facts: [{ kind: 'speaks', protocol: 'mqtt', version }] };
}
