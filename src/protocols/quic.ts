import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import { quicFields } from './fields/quic.ts';
import type { Dialogue, FirstBytes, Overheard, Peer, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { hexOf, join, sameBytes, u32 } from './shared/bytes.ts';
import { amplification, detail, likely, speaks } from './shared/facts.ts';
import { ask, pair } from './shared/pair.ts';
import { textOf } from './shared/text.ts';

const DEPTH = 64;
/** Bytes of payload below which a server need not answer (RFC 9000 §14.1). */
const SMALLEST = 1200;
/** A version of the pattern 0x?a?a?a?a, reserved to make servers negotiate (RFC 9000 §15). */
const RESERVED = 0x1a2a3a4a;
/** Bytes of a connection id in version 1 (RFC 9000 §17.2). */
const ID_CAP = 20;
const VERSIONS: ReadonlyMap<number, string> = new Map([
  [1, '1'],
  [0x6b3343cf, '2'],
]);

/** Versions of before the standard: Google's `Q` with three digits, and `T` with TLS. */
const GOOGLE = /^[QT]0[2-9]\d$/;

export interface LongHeader {
  /** 0 for a version negotiation. */
  readonly version: number;
  readonly destination: Uint8Array;
  readonly source: Uint8Array;
}

export const quic = {
  id: 'quic',
  title: 'QUIC',
  ports: [{ port: 443, over: 'udp', iana: 'https' }],
  sources: [
    'RFC 8999 (invariants)',
    'RFC 9000 §6, §14.1, §15, §17.2',
    'RFC 9369 (version 2)',
    'https://github.com/quicwg/base-drafts/wiki/QUIC-Versions',
  ],
  depth: DEPTH,
  recognise,
  overhear,
  fields: quicFields,
  greeting: 4,
  probe: { impact: 'handshake', over: ['udp'], dialogue },
} as const satisfies Protocol;

/** Versions that are drafts or reserved are taken only with an answer that fits. */
function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseLongHeader(first.client),
    answered: parseLongHeader(first.server),
    facts: (asked, answered) => {
      const version = VERSIONS.get(asked?.version ?? answered?.version ?? 0);
      if (asked !== undefined && answered !== undefined) {
        // The server answers to the id that the client chose for itself (RFC 9000 §7.2).
        if (!sameBytes(asked.source, answered.destination)) return undefined;
        return [speaks('quic', VERSIONS.get(answered.version) ?? version ?? 'unknown')];
      }
      return version === undefined ? undefined : [speaks('quic', version)];
    },
  });
}

/**
 * Google's own: a long header from Q046 on, before that a public header with eight octets of id
 * (its bit 0x08) and a version (bit 0x01).
 */
function overhear({ client, server, transport }: Overheard): Recognition {
  if (transport !== 'udp') return NO;
  for (const bytes of [client, server]) {
    const [flags = 0] = bytes;
    const at = (flags & 0xc0) === 0xc0 ? 1 : (flags & 0xc9) === 0x09 ? 9 : undefined;
    const version = at === undefined ? '' : textOf(bytes.subarray(at), 4);
    if (GOOGLE.test(version)) return likely([speaks('quic', version)]);
  }
  return NO;
}

/**
 * Asks in a version that exists only to be refused: the server must answer with the versions that it
 * speaks (RFC 9000 §6.1), and keeps nothing. No handshake is begun.
 */
function* dialogue(peer: Peer): Dialogue {
  const destination = peer.nonce.subarray(0, 8);
  const source = peer.nonce.subarray(8, 16);
  const header = join([0xc0], u32(RESERVED), [8], destination, [8], source);
  const question = join(header, new Uint8Array(SMALLEST - header.length));
  const received = yield ask(question, parseLongHeader);
  const answer = parseLongHeader(received);
  if (answer.kind !== 'ok' || answer.value.version !== 0) return [];
  if (!sameBytes(answer.value.destination, source)) return [];
  if (!sameBytes(answer.value.source, destination)) return [];
  const versions = readVersions(received.subarray(answer.size));
  const known = versions.map((version) => VERSIONS.get(version)).find((name) => name !== undefined);
  return [
    speaks('quic', known ?? 'unknown'),
    detail('versions', versions.map((version) => `0x${hexOf(join(u32(version)))}`).join(', ')),
    ...amplification(question, received),
  ];
}

/** RFC 8999 §5.1: the first bit is set, then the version and two ids of which each says its length. */
export function parseLongHeader(bytes: Uint8Array): Parsed<LongHeader> {
  const reader = new Reader(bytes);
  const form = reader.u8();
  const version = reader.u32();
  if (bytes.length > 0 && form < 0x80) return bad('no long header');
  // The second bit is set too, but in a negotiation it may be anything (RFC 9000 §17.2).
  if (bytes.length >= 5 && version !== 0 && form < 0xc0) return bad('the fixed bit is 0');
  if (bytes.length >= 5 && !isVersion(version)) return bad('no such version');
  const destination = reader.take(reader.u8());
  const source = reader.take(reader.u8());
  if (reader.failed) return bytes.length < 5 + 2 + 2 * ID_CAP ? MORE : bad('no such ids');
  if (destination.length > ID_CAP || source.length > ID_CAP) return bad('no such ids');
  if (destination.length + source.length === 0) return bad('no ids at all');
  return { kind: 'ok', value: { version, destination, source }, size: reader.offset };
}

/** Negotiation, the published versions, the drafts of version 1, and the reserved pattern. */
function isVersion(version: number): boolean {
  if (version === 0 || VERSIONS.has(version)) return true;
  const draft = version >= 0xff00001b && version <= 0xff000022;
  return draft || (version & 0x0f0f0f0f) === 0x0a0a0a0a;
}

function readVersions(bytes: Uint8Array): readonly number[] {
  const reader = new Reader(bytes);
  const versions: number[] = [];
  while (reader.left >= 4 && versions.length < 16) versions.push(reader.u32());
  // Servers add one of the reserved pattern so that clients keep ignoring them.
  return versions.filter((version) => (version & 0x0f0f0f0f) !== 0x0a0a0a0a);
}
