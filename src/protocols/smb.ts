import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Overheard, Peer, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { hexOf, join, u16, u32 } from './shared/bytes.ts';
import { eitherSide } from './shared/either.ts';
import { detail, likely, proved, speaks } from './shared/facts.ts';

/** `\xfeSMB` and `\xffSMB` (MS-SMB2 §2.2.1, MS-CIFS §2.2.3.1). */
const SMB2 = 0xfe534d42;
const SMB1 = 0xff534d42;
const MARKS: readonly number[] = [SMB2, SMB1, 0xfd534d42];
const SESSION_REQUEST = 0x81;
const NEGOTIATE_1 = 0x72;
/** A server that knows SMB 2 answers an SMB 1 question with this dialect: "ask again" (§3.3.5.3.1). */
const WILDCARD = 0x02ff;
/** Bytes of a message that are awaited: a negotiation is some 300. */
const MESSAGE_CAP = 65_536;

const DIALECTS: ReadonlyMap<number, string> = new Map([
  [0x0202, '2.0.2'],
  [0x0210, '2.1'],
  [0x0300, '3.0'],
  [0x0302, '3.0.2'],
  [0x0311, '3.1.1'],
  [WILDCARD, '2'],
]);

export interface SmbMessage {
  /** `1`, or the dialect; a client's question offers several, so there it is `unknown`. */
  readonly version: string;
  readonly answer: boolean;
  /** Whether every message must be signed; undefined where it is not said. */
  readonly signing?: boolean;
  /** In hex; it names the server for as long as it runs, at least. */
  readonly guid?: string;
}

export const smb = {
  id: 'smb',
  title: 'SMB',
  ports: [
    { port: 445, over: 'tcp', iana: 'microsoft-ds' },
    { port: 139, over: 'tcp', iana: 'netbios-ssn' },
  ],
  sources: ['MS-SMB2 §2.1, §2.2.1, §2.2.3, §2.2.4', 'MS-CIFS §2.2.3, §2.2.4.52', 'RFC 1002 §4.3'],
  depth: 128,
  recognise,
  overhear,
  probe: { impact: 'handshake', over: ['tcp'], dialogue },
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const asked = parseSmb(client);
  const answered = parseSmb(server);
  if (asked.kind === 'bad' || answered.kind === 'bad') return NO;
  if (asked.kind === 'ok' && asked.value.answer) return NO;
  if (answered.kind === 'ok') {
    if (!answered.value.answer) return NO;
    const facts = factsOf(answered.value);
    return asked.kind === 'ok' ? proved(facts) : likely(facts);
  }
  return asked.kind === 'ok' ? likely([speaks('smb', asked.value.version)]) : WAIT;
}

/** From the middle, or inside a session that was asked for by names (RFC 1002 §4.3.2). */
function overhear(heard: Overheard): Recognition {
  return heard.transport === 'tcp' ? eitherSide(heard, isSession, [speaks('smb')]) : NO;
}

/** A message with SMB's mark (encrypted ones have 0xFD); or a request with two names of 32 letters. */
function isSession(bytes: Uint8Array): boolean {
  const reader = new Reader(bytes);
  const type = reader.u8();
  const length = reader.u24();
  const mark = reader.u32();
  if (reader.failed || length < 4 || length > 0x1ffff) return false;
  if (type === 0) return MARKS.includes(mark);
  const names = [bytes.subarray(5, 37), bytes.subarray(39, 71)];
  const isLetter = (octet: number): boolean => octet >= 0x41 && octet <= 0x50;
  return type === SESSION_REQUEST && length === 68 && names.every((name) => name.every(isLetter));
}

/** Negotiates a dialect and leaves; who hangs up on SMB 2 is asked for SMB 1. */
function* dialogue(peer: Peer): Dialogue {
  const complete = (received: Uint8Array): boolean => parseSmb(received).kind !== 'more';
  const first = yield { send: negotiate2(peer.nonce.subarray(0, 16)), complete };
  const modern = parseSmb(first);
  if (modern.kind === 'ok') return modern.value.answer ? factsOf(modern.value) : [];
  if (first.length > 0) return [];
  const old = parseSmb(yield { send: negotiate1(), complete, reconnect: true });
  return old.kind === 'ok' && old.value.answer ? factsOf(old.value) : [];
}

/** Session header of four bytes, then the SMB header and the fixed part of a negotiation. */
export function parseSmb(bytes: Uint8Array): Parsed<SmbMessage> {
  const reader = new Reader(bytes);
  const type = reader.u8();
  const length = reader.u24();
  if (bytes.length > 0 && type !== 0) return bad('no session message');
  if (bytes.length >= 4 && (length < 35 || length > MESSAGE_CAP)) return bad('no such length');
  const magic = reader.u32();
  if (reader.failed) return MORE;
  if (magic === SMB2) return parseSmb2(reader, length);
  return magic === SMB1 ? parseSmb1(reader, length) : bad('no SMB');
}

/** MS-SMB2 §2.2.1.2, §2.2.3, §2.2.4. */
function parseSmb2(reader: Reader, length: number): Parsed<SmbMessage> {
  const header = reader.u16le();
  reader.skip(6); // Credit charge and status.
  const command = reader.u16le();
  reader.skip(2);
  const flags = reader.u32le();
  reader.skip(44); // Next command, message id, process, tree, session and signature.
  const structure = reader.u16le();
  const security = reader.u16le();
  const dialect = reader.u16le();
  reader.skip(2);
  const guid = reader.take(16);
  if (reader.failed) return MORE;
  if (header !== 64 || command !== 0) return bad('no negotiation');
  const answer = (flags & 1) === 1;
  if (structure !== (answer ? 65 : 36)) return bad('no negotiation');
  const size = length + 4;
  if (!answer) return { kind: 'ok', value: { version: 'unknown', answer }, size };
  const version = DIALECTS.get(dialect);
  if (version === undefined) return bad('no such dialect');
  return {
    kind: 'ok',
    value: { version, answer, signing: (security & 2) !== 0, guid: hexOf(guid) },
    size,
  };
}

/** MS-CIFS §2.2.3.1; the flag 0x80 marks an answer. */
function parseSmb1(reader: Reader, length: number): Parsed<SmbMessage> {
  const command = reader.u8();
  reader.skip(4);
  const flags = reader.u8();
  if (reader.failed) return MORE;
  if (command !== NEGOTIATE_1) return bad('no negotiation');
  return { kind: 'ok', value: { version: '1', answer: (flags & 0x80) !== 0 }, size: length + 4 };
}

/** 3.1.1 is not among the dialects: it needs contexts, and who knows it knows 3.0.2 as well. */
function negotiate2(guid: Uint8Array): Uint8Array {
  const dialects = [0x0202, 0x0210, 0x0300, 0x0302];
  const message = join(
    ...[u32(SMB2), [64, 0], [0, 0], new Uint8Array(4), [0, 0], [1, 0], new Uint8Array(48)],
    ...[[36, 0], [dialects.length, 0], [1, 0], [0, 0], new Uint8Array(4), guid, new Uint8Array(8)],
    ...dialects.map((dialect) => u16(dialect).toReversed()),
  );
  return join(u32(message.length), message);
}

/** MS-CIFS §2.2.4.52.1: one dialect, Unicode and long names. */
function negotiate1(): Uint8Array {
  const dialect = join([2], 'NT LM 0.12', [0]);
  const message = join(
    ...[u32(SMB1), [NEGOTIATE_1], new Uint8Array(4), [0x18], [0x01, 0x28], new Uint8Array(12)],
    ...[[0, 0], [1, 0], [0, 0], [1, 0], [0], [dialect.length, 0], dialect],
  );
  return join(u32(message.length), message);
}

function factsOf({ version, signing, guid }: SmbMessage): readonly Fact[] {
  return [
    speaks('smb', version),
    ...(signing === undefined ? [] : [detail('signing', signing ? 'required' : 'not required')]),
    ...(guid === undefined ? [] : [detail('server id', guid)]),
  ];
}
