import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import { untrusted } from '../base/untrusted.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Peer, Protocol, Recognition } from './protocol.ts';
import { join, NOTHING, u32 } from './shared/bytes.ts';
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
  return pair(first, DEPTH, {
    asked: parseCall(first.client),
    answered: parseReply(first.server),
    facts: (asked, answered) =>
      asked && answered && asked.id !== answered.id
        ? undefined
        : [speaks('rpcbind', `${asked?.version ?? 'unknown'}`)],
  });
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

/** On a stream a record mark stands before the message: it alone has the first bit set there. */
function skipMark(bytes: Uint8Array): Uint8Array {
  return bytes.length >= 12 && isMarked(bytes) ? bytes.subarray(4) : bytes;
}

/** With a mark, CALL or REPLY is the third word, and not the second. */
function isMarked(bytes: Uint8Array): boolean {
  const reader = new Reader(bytes);
  const mark = reader.u32();
  reader.skip(4);
  const type = reader.u32();
  return mark > LAST && mark < LAST + RECORD_CAP && (type === CALL || type === REPLY);
}

function parseCall(bytes: Uint8Array): Parsed<Call> {
  const reader = new Reader(skipMark(bytes));
  const id = reader.u32();
  const [type, rpc, program] = [reader.u32(), reader.u32(), reader.u32()];
  const version = reader.u32();
  if (reader.failed) return bytes.length < 24 ? MORE : bad('no call');
  if (type !== CALL || rpc !== RPC_VERSION || program !== PROGRAM) return bad('no call of it');
  return version >= 2 && version <= 4
    ? { kind: 'ok', value: { id, version }, size: bytes.length }
    : bad('no such version');
}

/** An accepted reply of success, without a verifier; its size is the offset of the result. */
function parseReply(bytes: Uint8Array): Parsed<{ id: number }> {
  const message = skipMark(bytes);
  const reader = new Reader(message);
  const id = reader.u32();
  const [type, accepted, flavour, length, status] = Array.from({ length: 5 }, () => reader.u32());
  if (reader.failed) return bytes.length < 28 ? MORE : bad('no reply');
  if (type !== REPLY || accepted !== 0 || flavour !== 0 || length !== 0 || status !== 0) {
    return bad('no reply of success');
  }
  return { kind: 'ok', value: { id }, size: bytes.length - message.length + reader.offset };
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
