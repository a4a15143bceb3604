import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Overheard, Peer, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { hexOf, join, sameBytes } from './shared/bytes.ts';
import { amplification, detail, likely, proved, speaks } from './shared/facts.ts';

/** Bytes of a packet without extensions (RFC 5905 §7.3). */
const SIZE = 48;
const CLIENT = 3;
const SERVER = 4;
/** Control messages, and those that only servers of the reference kind have (RFC 9327, RFC 1305 B). */
const CONTROL = 6;
const PRIVATE = 7;

export interface NtpPacket {
  readonly version: number;
  /** 1 is a server with its own clock, 0 a refusal ("kiss-o'-death"), 16 unsynchronised. */
  readonly stratum: number;
  readonly referenceId: Uint8Array;
  readonly origin: Uint8Array;
  readonly transmit: Uint8Array;
}

export const ntp = {
  id: 'ntp',
  title: 'NTP',
  ports: [{ port: 123, over: 'udp', iana: 'ntp' }],
  sources: ['RFC 5905 §7.3', 'RFC 4330', 'RFC 8633 §3.2, §5 (control messages amplify)'],
  depth: SIZE,
  recognise,
  overhear,
  probe: { impact: 'handshake', over: ['udp'], dialogue },
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const asked = parseNtp(client, CLIENT);
  const answered = parseNtp(server, SERVER);
  if (asked.kind === 'bad' || answered.kind === 'bad') return NO;
  if (asked.kind === 'more') return WAIT;
  if (!isPlausibleQuestion(client)) return NO;
  if (answered.kind === 'more') return likely([speaks('ntp', `${asked.value.version}`)]);
  if (!sameBytes(answered.value.origin, asked.value.transmit)) return NO;
  return proved(factsOf(answered.value));
}

/** Peers, broadcasts and answers alone, whose times must be of this age; and what manages a server. */
function overhear({ client, server, transport }: Overheard): Recognition {
  if (transport !== 'udp') return NO;
  if (isAskedBlindly(client, server))
    return likely([speaks('ntp', String(((client[0] ?? 0) >> 3) & 7))]);
  const heard = [client, server].filter(({ length }) => length > 0);
  if (!heard.every((bytes) => isTime(bytes) || isControl(bytes) || isPrivate(bytes))) return NO;
  const version = ((heard[0]?.[0] ?? 0) >> 3) & 7;
  return heard.length > 0 ? likely([speaks('ntp', String(version))]) : NO;
}

/**
 * A question that hides or invents what it says of its own clock, as RFC 8633 §3.2 advises, and an
 * answer of the same version that need not give its time back (interleaved mode).
 */
function isAskedBlindly(client: Uint8Array, server: Uint8Array): boolean {
  const asked = parseNtp(client, CLIENT);
  const answered = parseNtp(server, SERVER);
  if (asked.kind !== 'ok' || answered.kind !== 'ok') return false;
  const fits = isPlausibleQuestion(client) || isTime(server);
  return fits && client.length === SIZE && asked.value.version === answered.value.version;
}

/** Modes 1 to 5. A transmit time has its first bit set from 1968 to 2036. */
function isTime(bytes: Uint8Array): boolean {
  const [flags = 0, stratum = 0, poll = 0, precision = 0] = bytes;
  const [mode, version] = [flags & 7, (flags >> 3) & 7];
  const fits = bytes.length === SIZE && mode >= 1 && mode <= 5 && version >= 1 && version <= 4;
  const dated = ((bytes[40] ?? 0) & 0x80) !== 0;
  return fits && stratum <= 16 && poll <= 17 && precision >= 0xe0 && precision <= 0xfc && dated;
}

/** RFC 9327 §2: version, mode; opcode; sequence, status, association, offset, count of what follows. */
function isControl(bytes: Uint8Array): boolean {
  const reader = new Reader(bytes);
  const flags = reader.u8();
  const operation = reader.u8();
  reader.skip(2);
  const status = reader.u16();
  reader.skip(2);
  const offset = reader.u16();
  const count = reader.u16();
  const version = (flags >> 3) & 7;
  const opcode = operation & 0x1f;
  const known = (opcode >= 1 && opcode <= 12) || opcode === 31;
  const fits = (flags & 0xc7) === CONTROL && version >= 2 && version <= 4 && known;
  // Whoever asks has no status and no part of an answer to tell.
  const isAnswer = (operation & 0x80) !== 0;
  return !reader.failed && fits && count <= 468 && (isAnswer || (status === 0 && offset === 0));
}

/** Version 2 or 3, number, implementation (0, 2 or 3), request; error, count, 0, size of an item. */
function isPrivate(bytes: Uint8Array): boolean {
  const [flags = 0, , implementation = 0xff, request = 0xff, , , reserved = 0xff] = bytes;
  const version = (flags >> 3) & 7;
  const known = [0, 2, 3].includes(implementation) && request <= 46;
  return (
    bytes.length >= 8 &&
    (flags & 7) === PRIVATE &&
    (version === 2 || version === 3) &&
    known &&
    (reserved & 0xf0) === 0
  );
}

/** Asks for the time as any client does; never for the list of peers, which amplifies. */
function* dialogue(peer: Peer): Dialogue {
  // Only the transmit timestamp is set, at random: it need not be true, and comes back as origin.
  const transmit = peer.nonce.subarray(0, 8);
  const question = join([(4 << 3) | CLIENT], new Uint8Array(SIZE - 9), transmit);
  const answer = yield { send: question, complete: (received) => received.length >= SIZE };
  const packet = parseNtp(answer, SERVER);
  if (packet.kind !== 'ok' || !sameBytes(packet.value.origin, transmit)) return [];
  return [...factsOf(packet.value), ...amplification(question, answer)];
}

export function parseNtp(bytes: Uint8Array, mode: number): Parsed<NtpPacket> {
  const reader = new Reader(bytes);
  const flags = reader.u8();
  const stratum = reader.u8();
  if (bytes.length > 0 && (flags & 7) !== mode) return bad('another mode');
  const version = (flags >> 3) & 7;
  if (bytes.length > 0 && (version < 1 || version > 4)) return bad('no such version');
  if (stratum > 16) return bad('no such stratum');
  reader.skip(10); // Poll, precision, root delay and dispersion.
  const referenceId = reader.take(4);
  reader.skip(8); // Reference timestamp.
  const origin = reader.take(8);
  reader.skip(8); // Receive timestamp.
  const transmit = reader.take(8);
  if (reader.failed) return MORE;
  return { kind: 'ok', value: { version, stratum, referenceId, origin, transmit }, size: SIZE };
}

/**
 * Five bits of mode and version are weak. A client either leaves everything but its transmit
 * timestamp at 0 (RFC 4330 §5; some fill in poll and precision), or says how exact its clock is: 2^-5
 * to 2^-32 seconds.
 */
function isPlausibleQuestion(bytes: Uint8Array): boolean {
  const precision = bytes[3] ?? 0;
  const silent = bytes.subarray(4, 40).every((byte) => byte === 0);
  const asks = bytes.subarray(40, SIZE).some((byte) => byte !== 0);
  return asks && (bytes[2] ?? 0) <= 17 && (silent || (precision >= 0xe0 && precision <= 0xfb));
}

function factsOf({ version, stratum, referenceId }: NtpPacket): readonly Fact[] {
  const source = stratum <= 1 ? String.fromCharCode(...referenceId).replaceAll('\0', '') : '';
  return [
    speaks('ntp', `${version}`),
    detail('stratum', `${stratum}`),
    detail('reference', source === '' ? hexOf(referenceId) : source),
  ];
}
