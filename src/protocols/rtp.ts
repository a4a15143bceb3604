import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { detail, likely, proved, speaks } from './shared/facts.ts';

/** More than a datagram holds on any usual link: control is read to the end. */
const DEPTH = 1500;
const VERSION = 2;
const HEADER = 12;
/** Datagrams of media, one after another, without which nobody believes it. */
const LEAST = 3;
/** Datagrams that may be missing between two that were seen (loss, another order is none). */
const STEP = 8;
const HALF = 0x8000_0000;

/** Control (§12.1, RFC 4585 §6.1, RFC 3611 §2): report of a sender, of a receiver, up to the extended one. */
const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const DESCRIPTION = 202;
const EXTENDED_REPORT = 207;
const PADDED = 0x20;
const COUNT = 0x1f;
/** Octets of a report's header and source, of what a sender tells of itself, of each block (§6.4). */
const REPORT = 8;
const SENDER = 20;
const BLOCK = 24;

/** Names of the payload types that need no other agreement (RFC 3551 §6, tables 4 and 5). */
const PAYLOADS: ReadonlyMap<number, string> = new Map([
  [0, 'PCMU'],
  [3, 'GSM'],
  [4, 'G723'],
  [5, 'DVI4 8 kHz'],
  [6, 'DVI4 16 kHz'],
  [7, 'LPC'],
  [8, 'PCMA'],
  [9, 'G722'],
  [10, 'L16 stereo'],
  [11, 'L16'],
  [12, 'QCELP'],
  [13, 'comfort noise'],
  [14, 'MPA'],
  [15, 'G728'],
  [16, 'DVI4 11 kHz'],
  [17, 'DVI4 22 kHz'],
  [18, 'G729'],
  [25, 'CelB'],
  [26, 'JPEG'],
  [28, 'nv'],
  [31, 'H261'],
  [32, 'MPV'],
  [33, 'MPEG-2 TS'],
  [34, 'H263'],
]);

interface Media {
  readonly type: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly source: number;
}

interface ControlPacket {
  readonly type: number;
  readonly isPadded: boolean;
}

interface Control {
  /** Its sender's name follows, as in every compound that is sent (§6.1). */
  readonly isCompound: boolean;
}

/**
 * Cameras, intercoms and telephones: media on ports that RTSP, SIP or a browser agreed on, so never
 * by the port. There is no probe: nobody answers who was not invited.
 */
export const rtp = {
  id: 'rtp',
  title: 'RTP and RTCP',
  ports: [
    { port: 5004, over: 'udp', iana: 'avt-profile-1' },
    { port: 5005, over: 'udp', iana: 'avt-profile-2' },
  ],
  sources: [
    'RFC 3550 §5.1, §6.1, §6.4, appendix A.1 and A.2',
    'RFC 3551 §6 (payload types)',
    'RFC 5761 §4 (RTP and RTCP on one port)',
    'RFC 7983 §7 (apart from STUN, DTLS and QUIC)',
  ],
  depth: DEPTH,
  recognise,
  series: { octets: HEADER, begins, follow },
} as const satisfies Protocol;

/** Control alone: a datagram of media has too little form to be believed. */
function recognise({ client, server }: FirstBytes): Recognition {
  const asked = parseControl(client);
  if (asked.kind === 'bad') return NO;
  // Both ends of a session speak RTP, on one port or on two.
  if (server.length > 0 && !begins(server[0] ?? 0)) return NO;
  if (asked.kind === 'more') return client.length < DEPTH ? WAIT : NO;
  const facts = [speaks('rtp', `${VERSION}`)];
  return asked.value.isCompound ? proved(facts) : likely(facts);
}

/** RFC 7983 §7: 128 to 191, which is version 2 and what follows it. */
function begins(octet: number): boolean {
  return octet >> 6 === VERSION;
}

/** Appendix A.2: a report first, all of version 2, and lengths that add up to the datagram's. */
function parseControl(bytes: Uint8Array): Parsed<Control> {
  let isCompound = false;
  let at = 0;
  do {
    const packet = parsePacket(bytes.subarray(at, DEPTH), at === 0);
    if (packet.kind !== 'ok') return packet;
    at += packet.size;
    isCompound ||= packet.value.type === DESCRIPTION;
    // Only the last may be padded (§6.4.1).
    if (packet.value.isPadded && at < bytes.length) return bad('padded before its end');
  } while (at < bytes.length);
  return { kind: 'ok', value: { isCompound }, size: at };
}

/** One packet of a compound (§6.4): how many it counts, its type, and its length in words less one. */
function parsePacket(bytes: Uint8Array, isFirst: boolean): Parsed<ControlPacket> {
  const reader = new Reader(bytes);
  const flags = reader.u8();
  const type = reader.u8();
  const size = (reader.u16() + 1) * 4;
  if (bytes.length > 0 && !begins(flags)) return bad('another version');
  if (bytes.length > 1 && !isControl(type, isFirst)) return bad('no control');
  if (reader.failed) return MORE;
  if (size > DEPTH) return bad('longer than a datagram');
  if (size < smallestOf(type, flags & COUNT)) return bad('shorter than what it counts');
  if (bytes.length < size) return MORE;
  return { kind: 'ok', value: { type, isPadded: (flags & PADDED) !== 0 }, size };
}

function isControl(type: number, isFirst: boolean): boolean {
  return isFirst
    ? type === SENDER_REPORT || type === RECEIVER_REPORT
    : type >= SENDER_REPORT && type <= EXTENDED_REPORT;
}

/** Octets that a control packet with so many blocks has at least. */
function smallestOf(type: number, count: number): number {
  if (type === SENDER_REPORT) return REPORT + SENDER + count * BLOCK;
  if (type === RECEIVER_REPORT) return REPORT + count * BLOCK;
  // A chunk: its source, and items that end with a zero, to a whole word (§6.5).
  return type === DESCRIPTION ? 4 + count * 8 : 4;
}

/**
 * Media: one source and payload type, numbers that rise, and a clock that does not go back
 * (appendix A.1). A clock that stands, as over the packets of one picture, is likely and no proof.
 */
function follow(heads: readonly Uint8Array[]): Recognition {
  let run: Media[] = [];
  for (const head of heads) {
    const media = parseMedia(head);
    if (media === undefined) return NO;
    const last = run.at(-1);
    run = last === undefined || continues(last, media) ? [...run, media] : [media];
  }
  const [first] = run;
  const last = run.at(-1);
  if (first === undefined || last === undefined || run.length < LEAST) return NO;
  const facts = [speaks('rtp', `${VERSION}`), detail('payload type', payloadOf(first.type))];
  return last.timestamp === first.timestamp || first.source === 0 ? likely(facts) : proved(facts);
}

function continues(before: Media, after: Media): boolean {
  const step = (after.sequence - before.sequence) & 0xffff;
  const time = (after.timestamp - before.timestamp) >>> 0;
  const isSame = after.source === before.source && after.type === before.type;
  return isSame && step >= 1 && step <= STEP && time < HALF;
}

function parseMedia(head: Uint8Array): Media | undefined {
  const reader = new Reader(head);
  const flags = reader.u8();
  const type = reader.u8() & 0x7f;
  const media = {
    type,
    sequence: reader.u16(),
    timestamp: reader.u32(),
    source: reader.u32(),
  };
  return !reader.failed && begins(flags) && isPayload(type) ? media : undefined;
}

/** Assigned or agreed on; 64 to 95 are where control would be taken for media (RFC 5761 §4). */
function isPayload(type: number): boolean {
  return PAYLOADS.has(type) || (type >= 35 && type < 64) || type >= 96;
}

function payloadOf(type: number): string {
  return `${type} (${PAYLOADS.get(type) ?? 'dynamic'})`;
}
