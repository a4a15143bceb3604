import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Peer, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { hexOf, join, sameBytes } from './shared/bytes.ts';
import { amplification, detail, likely, proved, speaks } from './shared/facts.ts';

/** Bytes of a packet without extensions (RFC 5905 §7.3). */
const SIZE = 48;
const CLIENT = 3;
const SERVER = 4;

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
  sources: ['RFC 5905 §7.3', 'RFC 4330', 'RFC 8633 §5 (control messages amplify)'],
  depth: SIZE,
  recognise,
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
