import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import { untrusted } from '../base/untrusted.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Peer, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { ANY, join, matches, NOTHING, repeats, u32 } from './shared/bytes.ts';
import { amplification, speaks } from './shared/facts.ts';
import { ask, pair } from './shared/pair.ts';

const DEPTH = 64;
/** RFC 5531 §9. */
const CALL = 0;
const REPLY = 1;
const RPC_VERSION = 2;
/** RFC 1833 §3: the port mapper, its second version, and the list of everything registered. */
const PROGRAM = 100_000;
const VERSION = 2;
const DUMP = 4;
/** Marks the last fragment of a record on a stream (RFC 5531 §11). */
const LAST = 0x80000000;
/** Entries of the list that are read. */
const ENTRIES_CAP = 64;
const RECORD_CAP = 65_536;

export const rpcbind = {
  id: 'rpcbind',
  title: 'ONC RPC port mapper',
  ports: [
    { port: 111, over: 'tcp', iana: 'sunrpc' },
    { port: 111, over: 'udp', iana: 'sunrpc' },
  ],
  sources: ['RFC 5531 §9, §11', 'RFC 1833 §3'],
  depth: DEPTH,
  recognise,
  probe: { impact: 'reads', over: ['tcp', 'udp'], dialogue },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  // Nobody answers half a question.
  const half = first.server.length > 0 && parseCall(first.client).kind === 'more';
  if ((half && first.client.length > 0) || !sameStart(first)) return NO;
  return pair(first, DEPTH, {
    asked: parseCall(first.client),
    answered: parseReply(first.server),
    // An answer does not say which program it is from.
    facts: (asked) => (asked === undefined ? undefined : [speaks('rpcbind', `${asked.version}`)]),
  });
}

/** The answer repeats the mark's first byte and the id of the question; over UDP the id alone. */
function sameStart(first: FirstBytes): boolean {
  const marked = first.client[0] === 0x80 && first.server[0] === 0x80;
  return marked ? repeats(first, 4, 8) : repeats(first, 0, 4);
}

/** Asks for the list of registered programs, which the port mapper reads out to everybody. */
function* dialogue(peer: Peer): Dialogue {
  const id = new Reader(peer.nonce).u32();
  const none = [...u32(0), ...u32(0)];
  const call = join(
    ...[id, CALL, RPC_VERSION, PROGRAM, VERSION, DUMP].map(u32),
    ...[none, none], // Credentials and verifier of the kind "none".
  );
  const stream = peer.over !== 'udp';
  const question = stream ? join(u32(LAST + call.length), call) : call;
  const received = yield ask(question, stream ? wholeRecord : parseReply);
  const reply = parseReply(received);
  if (reply.kind !== 'ok' || reply.value.id !== id) return [];
  return [
    speaks('rpcbind', `${VERSION}`),
    ...readList(received.subarray(reply.size)),
    ...(stream ? [] : amplification(question, received)),
  ];
}

interface Call {
  readonly id: number;
  readonly version: number;
}

/** After the id: CALL, the version of RPC, the program; REPLY, accepted, no verifier, success. */
const CALL_WORDS = [CALL, RPC_VERSION, PROGRAM].flatMap(u32);
const REPLY_WORDS = [REPLY, 0, 0, 0, 0].flatMap(u32);
const ID = [ANY, ANY, ANY, ANY];
/** Marks the only fragment of a record on a stream; no first message has 65,536 bytes. */
const MARK = [0x80, 0, ANY, ANY];

/** The message behind the mark of a stream or without one, or what cannot become one. */
function unmarked(bytes: Uint8Array, words: readonly number[]): Parsed<Uint8Array> {
  for (const before of [ID, [...MARK, ...ID]]) {
    const verdict = matches(bytes, [...before, ...words]);
    if (verdict === 'more') return MORE;
    if (verdict === 'yes') {
      const offset = before.length - ID.length;
      return { kind: 'ok', value: bytes.subarray(offset), size: offset };
    }
  }
  return bad('no message of RPC');
}

function parseCall(bytes: Uint8Array): Parsed<Call> {
  const message = unmarked(bytes, CALL_WORDS);
  if (message.kind !== 'ok') return message;
  const reader = new Reader(message.value);
  const id = reader.u32();
  reader.skip(12);
  const version = reader.u32();
  if (reader.failed) return MORE;
  return version >= 2 && version <= 4
    ? { kind: 'ok', value: { id, version }, size: bytes.length }
    : bad('no such version');
}

/** An accepted reply of success, without a verifier; its size is the offset of the result. */
function parseReply(bytes: Uint8Array): Parsed<{ id: number }> {
  const message = unmarked(bytes, REPLY_WORDS);
  if (message.kind !== 'ok') return message;
  const size = message.size + ID.length + REPLY_WORDS.length;
  return { kind: 'ok', value: { id: new Reader(message.value).u32() }, size };
}

function wholeRecord(bytes: Uint8Array): Parsed<unknown> {
  const size = new Reader(bytes).u32() - LAST + 4;
  if (bytes.length < 4) return MORE;
  if (size < 28 || size > RECORD_CAP) return bad('no record');
  return bytes.length < size ? MORE : { kind: 'ok', value: NOTHING, size };
}

/** IANA "Remote Procedure Call (RPC) Program Numbers". */
const PROGRAMS: ReadonlyMap<number, string> = new Map([
  [100_000, 'rpcbind'],
  [100_003, 'nfs'],
  [100_004, 'ypserv'],
  [100_005, 'mountd'],
  [100_007, 'ypbind'],
  [100_021, 'nlockmgr'],
  [100_024, 'status'],
  [100_227, 'nfs_acl'],
]);

/** A list of program, version, IP protocol and port, each entry after a 1, ended by a 0. */
function readList(bytes: Uint8Array): readonly Fact[] {
  const reader = new Reader(bytes);
  const found = new Map<string, Fact>();
  for (let count = 0; count < ENTRIES_CAP && reader.u32() === 1; count += 1) {
    const [program, , protocol, port] = [reader.u32(), reader.u32(), reader.u32(), reader.u32()];
    const transport = protocol === 6 ? 'tcp' : 'udp';
    if (reader.failed || (protocol !== 6 && protocol !== 17)) continue;
    if (port === 0 || port > 65_535) continue;
    const service = PROGRAMS.get(program) ?? `rpc program ${program}`;
    found.set(`${service} ${transport} ${port}`, {
      kind: 'advertises',
      service: untrusted(service),
      transport,
      port,
    });
  }
  return [...found.values()];
}
