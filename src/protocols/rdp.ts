import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import { laterTlsFields } from './fields/tls.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { begins } from './shared/bytes.ts';
import { access, detail, likely, proved, speaks } from './shared/facts.ts';

/** X.224 codes (ITU-T X.224 §13.3, §13.4). */
const CONNECTION_REQUEST = 0xe0;
const CONNECTION_CONFIRM = 0xd0;
/** MS-RDPBCGR §2.2.1.1.1, §2.2.1.2.1, §2.2.1.2.2. */
const NEGOTIATION_REQUEST = 1;
const NEGOTIATION_RESPONSE = 2;
const NEGOTIATION_FAILURE = 3;
/** No negotiation at all. */
const NONE = 0;

/** TPKT, X.224 Connection Request, and a negotiation that offers TLS and CredSSP. */
const HELLO = Uint8Array.of(
  ...[3, 0, 0, 19],
  ...[14, CONNECTION_REQUEST, 0, 0, 0, 0, 0],
  ...[NEGOTIATION_REQUEST, 0, 8, 0, 3, 0, 0, 0],
);

export interface Negotiation {
  readonly type: number;
  /** Protocols on offer, the protocol chosen, or the code of the failure. */
  readonly value: number;
}

export const rdp = {
  id: 'rdp',
  title: 'RDP',
  ports: [{ port: 3389, over: 'tcp', iana: 'ms-wbt-server' }],
  sources: ['MS-RDPBCGR §2.2.1.1, §2.2.1.2', 'RFC 1006 (TPKT)', 'ITU-T X.224 (1995)'],
  depth: 80,
  recognise,
  fields: laterTlsFields,
  probe: { impact: 'handshake', over: ['tcp'], dialogue },
} as const satisfies Protocol;

/**
 * Siemens S7 and MMS open with the same TPKT and X.224; only the negotiation and the cookie are
 * RDP's. A request without both is nobody's for certain, and not taken.
 */
function recognise({ client, server }: FirstBytes): Recognition {
  const asked = parseRequest(client);
  const answered = parseConfirm(server);
  if (asked.kind === 'bad' || answered.kind === 'bad') return NO;
  if (answered.kind === 'more') return asked.kind === 'ok' ? likely([speaks('rdp')]) : WAIT;
  const facts = factsOf(answered.value);
  if (asked.kind === 'ok') return proved(facts);
  return answered.value.type === NONE ? WAIT : likely(facts);
}

/** Asks for a connection and hears how a login would be protected; none is begun. */
function* dialogue(): Dialogue {
  const answer = parseConfirm(
    yield { send: HELLO, complete: (received) => parseConfirm(received).kind !== 'more' },
  );
  if (answer.kind !== 'ok' || answer.value.type === NONE) return [];
  return factsOf(answer.value);
}

/** A request with a cookie (`Cookie: mstshash=NAME`, a routing token) or a negotiation (§2.2.1.1). */
export function parseRequest(bytes: Uint8Array): Parsed<'cookie' | 'negotiation'> {
  const header = parseHeader(bytes, CONNECTION_REQUEST);
  if (header.kind !== 'ok') return header;
  const rest = bytes.subarray(header.size);
  const cookie = begins(rest, 'Cookie: msts');
  const negotiation = begins(rest, [NEGOTIATION_REQUEST]);
  if (cookie === 'more' && rest.length + header.size < header.value) return MORE;
  if (cookie === 'yes') return { kind: 'ok', value: 'cookie', size: header.value };
  if (negotiation === 'no' || header.value !== header.size + 8) return bad('no request of RDP');
  const { size, complete } = readNegotiation(rest);
  if (!complete) return MORE;
  if (size !== 8) return bad('no negotiation');
  return { kind: 'ok', value: 'negotiation', size: header.value };
}

/** A confirm with the outcome of the negotiation, or (`NONE`) of a server older than it. */
export function parseConfirm(bytes: Uint8Array): Parsed<Negotiation> {
  const header = parseHeader(bytes, CONNECTION_CONFIRM);
  if (header.kind !== 'ok') return header;
  if (header.value === header.size) {
    return { kind: 'ok', value: { type: NONE, value: 0 }, size: header.size };
  }
  if (header.value !== header.size + 8) return bad('parameters of another protocol');
  const { type, size, value, complete } = readNegotiation(bytes.subarray(header.size));
  if (!complete) return MORE;
  if ((type !== NEGOTIATION_RESPONSE && type !== NEGOTIATION_FAILURE) || size !== 8) {
    return bad('no negotiation');
  }
  return { kind: 'ok', value: { type, value }, size: header.value };
}

/** TPKT and the fixed part of X.224: 11 bytes; the value is the length of the whole. */
function parseHeader(bytes: Uint8Array, code: number): Parsed<number> {
  if (begins(bytes, [3, 0]) === 'no') return bad('no TPKT');
  const reader = new Reader(bytes);
  reader.skip(2);
  const length = reader.u16();
  const indicator = reader.u8();
  const type = reader.u8();
  reader.skip(5); // References and class.
  if (bytes.length >= 6 && (type !== code || indicator !== length - 5)) {
    return bad('no such X.224 message'); // It fills the packet: no data comes with it.
  }
  return reader.failed ? MORE : { kind: 'ok', value: length, size: reader.offset };
}

function readNegotiation(bytes: Uint8Array): Negotiation & { size: number; complete: boolean } {
  const reader = new Reader(bytes);
  const type = reader.u8();
  reader.skip(1); // Flags.
  const size = reader.u16le();
  const value = reader.u32le();
  return { type, size, value, complete: !reader.failed };
}

const PROTECTION: ReadonlyMap<number, string> = new Map([
  [0, 'RDP security (RC4)'],
  [1, 'TLS'],
  [2, 'CredSSP (network level authentication)'],
  [4, 'RDSTLS'],
  [8, 'CredSSP with early user authorisation'],
]);
/** The server wants CredSSP (§2.2.1.2.2, HYBRID_REQUIRED_BY_SERVER). */
const HYBRID_REQUIRED = 5;

function factsOf({ type, value }: Negotiation): readonly Fact[] {
  if (type === NONE) return [speaks('rdp'), detail('login protection', 'RDP security (RC4)')];
  if (type === NEGOTIATION_FAILURE) {
    return [speaks('rdp'), ...(value === HYBRID_REQUIRED ? [access('credentials')] : [])];
  }
  const protection = PROTECTION.get(value);
  return [
    speaks('rdp'),
    ...(value === 2 || value === 8 ? [access('credentials')] : []),
    ...(protection === undefined ? [] : [detail('login protection', protection)]),
  ];
}
