import { counterMode, encryptBlock, expandKey } from '../../base/aes.ts';
import { hmacSha256 } from '../../base/hash.ts';
import { Reader } from '../../base/reader.ts';
import { ascii, join } from './bytes.ts';

/** Salts and labels by version (RFC 9001 §5.2, RFC 9369 §3.3; draft-ietf-quic-tls-29 to -32 §5.2). */
interface Dialect {
  readonly salt: string;
  readonly prefix: string;
  /** Two bits of the first octet that say that a packet is an Initial. */
  readonly initialType: number;
}

const VERSION_1: Dialect = {
  salt: '38762cf7f55934b34d179ae6a4c80cadccbb7f0a',
  prefix: 'quic',
  initialType: 0,
};
const VERSION_2: Dialect = {
  salt: '0dede3def700a6db819381be6e269dcbf9bd2ed9',
  prefix: 'quicv2',
  initialType: 1,
};
const DRAFT_29: Dialect = { ...VERSION_1, salt: 'afbfec289993d24c9e9786f19c6111e04390a899' };
const DRAFT_27: Dialect = { ...VERSION_1, salt: 'c3eef712c72ebb5a11a7d2432bb46365bef9f502' };

function dialectOf(version: number): Dialect | undefined {
  if (version === 1) return VERSION_1;
  if (version === 0x6b3343cf) return VERSION_2;
  // Drafts 33 and 34 took the salt of version 1; those before 27 are gone.
  if (version === 0xff000021 || version === 0xff000022) return VERSION_1;
  if (version >= 0xff00001d && version <= 0xff000020) return DRAFT_29;
  return version === 0xff00001b || version === 0xff00001c ? DRAFT_27 : undefined;
}

/** Bytes of CRYPTO frames that are put together: a ClientHello with post-quantum keys takes 1800. */
const CRYPTO_CAP = 16_384;
const PACKETS_CAP = 8;
const FRAMES_CAP = 128;

export type Side = 'client' | 'server';

export interface QuicKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly hp: Uint8Array;
}

/** RFC 9001 §5.2: both sides' keys follow from the first id that the client addressed. */
export function initialKeys(
  version: number,
  destination: Uint8Array,
  side: Side,
): QuicKeys | undefined {
  const dialect = dialectOf(version);
  if (dialect === undefined) return undefined;
  const secret = hmacSha256(bytesOfHex(dialect.salt), destination);
  const own = expandLabel(secret, `${side} in`, 32);
  return {
    key: expandLabel(own, `${dialect.prefix} key`, 16),
    iv: expandLabel(own, `${dialect.prefix} iv`, 12),
    hp: expandLabel(own, `${dialect.prefix} hp`, 16),
  };
}

/** HKDF-Expand-Label (RFC 8446 §7.1) of at most one digest, with no context. */
function expandLabel(secret: Uint8Array, label: string, length: number): Uint8Array {
  const full = ascii(`tls13 ${label}`);
  const info = join([0, length, full.length], full, [0, 1]);
  return hmacSha256(secret, info).subarray(0, length);
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );
}

/** A packet of the kind Initial, still veiled (RFC 9000 §17.2.2). */
interface Initial {
  readonly version: number;
  readonly destination: Uint8Array;
  /** From the first octet to the end of the payload. */
  readonly packet: Uint8Array;
  /** Where the packet number begins. */
  readonly numberAt: number;
}

/** The Initial packets of a datagram: several packets may share one (§12.2). */
function initialsIn(datagram: Uint8Array): readonly Initial[] {
  const found: Initial[] = [];
  for (let rest = datagram, packets = 0; rest.length > 0 && packets < PACKETS_CAP; packets += 1) {
    const next = nextPacket(rest);
    if (next === undefined) break;
    if (next.initial !== undefined) found.push(next.initial);
    rest = rest.subarray(next.size);
  }
  return found;
}

function nextPacket(
  bytes: Uint8Array,
): { readonly size: number; readonly initial?: Initial } | undefined {
  const reader = new Reader(bytes);
  const first = reader.u8();
  const version = reader.u32();
  const dialect = dialectOf(version);
  if (first < 0xc0 || dialect === undefined) return undefined;
  const destination = reader.take(reader.u8());
  reader.skip(reader.u8());
  const isInitial = ((first >> 4) & 3) === dialect.initialType;
  if (isInitial) reader.skip(readVariable(reader));
  const length = readVariable(reader);
  if (reader.failed || destination.length > 20) return undefined;
  const numberAt = reader.offset;
  const size = numberAt + Math.min(length, reader.left);
  const packet = bytes.subarray(0, size);
  return isInitial ? { size, initial: { version, destination, packet, numberAt } } : { size };
}

/** RFC 9001 §5.3, §5.4: the frames, or nothing where the packet is too short to be one. */
export function unveil(
  packet: Uint8Array,
  numberAt: number,
  { key, iv, hp }: QuicKeys,
): Uint8Array | undefined {
  const sample = packet.subarray(numberAt + 4, numberAt + 20);
  if (sample.length < 16) return undefined;
  const mask = encryptBlock(expandKey(hp), sample);
  const length = (((packet[0] ?? 0) ^ (mask[0] ?? 0)) & 3) + 1;
  const nonce = iv.slice();
  for (let index = 0; index < length; index += 1) {
    const octet = (packet[numberAt + index] ?? 0) ^ (mask[index + 1] ?? 0);
    const at = nonce.length - length + index;
    nonce[at] = (nonce[at] ?? 0) ^ octet;
  }
  // The tag's sixteen octets at the end are left aside.
  return counterMode(expandKey(key), nonce, packet.subarray(numberAt + length, -16));
}

/** RFC 9000 §14.1: a client fills its first datagram up to 1200 octets. */
const SMALLEST = 1200;

/** Whether a datagram begins a connection in a version whose first packets can be read. */
export function isClientInitial(datagram: Uint8Array): boolean {
  return datagram.length >= SMALLEST && nextPacket(datagram)?.initial !== undefined;
}

/** The start of each side's handshake, as far as its CRYPTO frames are there without a gap. */
export function readInitials(
  client: readonly Uint8Array[],
  server: readonly Uint8Array[],
): { readonly client: Uint8Array; readonly server: Uint8Array } {
  const asked = client.flatMap(initialsIn);
  const answered = server.flatMap(initialsIn);
  const [first] = asked;
  if (first === undefined) return { client: new Uint8Array(0), server: new Uint8Array(0) };
  return {
    client: handshakeIn(asked, first, 'client'),
    server: handshakeIn(answered, first, 'server'),
  };
}

/**
 * After a Retry the client addresses another id, and the keys change (RFC 9001 §5.2); a server may
 * go on in version 2 where it was asked in version 1 (RFC 9369 §4), with keys of the same id.
 */
function handshakeIn(packets: readonly Initial[], first: Initial, side: Side): Uint8Array {
  const pieces: Piece[] = [];
  for (const packet of packets.slice(0, PACKETS_CAP)) {
    const found = open(packet, first.destination, side);
    const own = side === 'client' ? packet.destination : first.destination;
    pieces.push(...(found ?? open(packet, own, side) ?? []));
  }
  return assemble(pieces);
}

function open(
  { version, packet, numberAt }: Initial,
  destination: Uint8Array,
  side: Side,
): readonly Piece[] | undefined {
  const keys = initialKeys(version, destination, side);
  const frames = keys === undefined ? undefined : unveil(packet, numberAt, keys);
  return frames === undefined ? undefined : cryptoIn(frames);
}

interface Piece {
  readonly offset: number;
  readonly data: Uint8Array;
}

/** Frames that an Initial may hold (RFC 9000 §12.4); undefined where anything else stands: wrong keys. */
function cryptoIn(frames: Uint8Array): readonly Piece[] | undefined {
  const reader = new Reader(frames);
  const pieces: Piece[] = [];
  for (let count = 0; reader.left > 0 && count < FRAMES_CAP; ) {
    const type = reader.u8();
    if (type === PADDING) continue;
    count += 1;
    if (type === CONNECTION_CLOSE) break;
    if (type === CRYPTO) pieces.push(readCrypto(reader));
    else if (!skipFrame(type, reader)) return undefined;
  }
  return reader.failed ? undefined : pieces;
}

/** RFC 9000 §19.6. */
function readCrypto(reader: Reader): Piece {
  const offset = readVariable(reader);
  return { offset, data: reader.take(readVariable(reader)) };
}

function skipFrame(type: number, reader: Reader): boolean {
  if (type === ACK || type === ACK_ECN) skipAck(reader, type === ACK_ECN);
  return [PING, ACK, ACK_ECN].includes(type);
}

const PADDING = 0x00;
const PING = 0x01;
const ACK = 0x02;
const ACK_ECN = 0x03;
const CRYPTO = 0x06;
const CONNECTION_CLOSE = 0x1c;

/** RFC 9000 §19.3. */
function skipAck(reader: Reader, ecn: boolean): void {
  readVariable(reader);
  readVariable(reader);
  const ranges = readVariable(reader);
  readVariable(reader);
  for (let index = 0; index < ranges && reader.left > 0; index += 1) {
    readVariable(reader);
    readVariable(reader);
  }
  for (let counts = ecn ? 3 : 0; counts > 0; counts -= 1) readVariable(reader);
}

/** In the order of their offsets, up to the first gap: some clients send them shuffled. */
function assemble(pieces: readonly Piece[]): Uint8Array {
  const buffer = new Uint8Array(CRYPTO_CAP);
  let end = 0;
  for (const { offset, data } of pieces.toSorted((a, b) => a.offset - b.offset)) {
    if (offset > end || offset + data.length > CRYPTO_CAP) break;
    buffer.set(data, offset);
    end = Math.max(end, offset + data.length);
  }
  return buffer.subarray(0, end);
}

/** RFC 9000 §16; eight octets are exact up to 2^53, beyond which no length makes sense. */
function readVariable(reader: Reader): number {
  const first = reader.u8();
  let value = first & 0x3f;
  for (let octets = (1 << (first >> 6)) - 1; octets > 0; octets -= 1) {
    value = value * 256 + reader.u8();
  }
  return value;
}
