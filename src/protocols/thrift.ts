import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

const DEPTH = 128;
const NAME_CAP = 96;
/** Version 1 of the strict binary form, and the first octet of the compact one. */
const BINARY = 0x8001;
const COMPACT = 0x82;
/** Call, reply, exception, one-way. */
const CALL = 1;
const ONE_WAY = 4;
const ASKED = [CALL, ONE_WAY];
const ANSWERED = [2, 3];

/** Jaeger's agents and many an appliance's inside; it has no question that every service knows. */
export const thrift = {
  id: 'thrift',
  title: 'Apache Thrift',
  ports: [
    { port: 9090, over: 'tcp' },
    { port: 6831, over: 'udp' },
  ],
  sources: [
    'https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md',
    'https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md',
    'https://github.com/apache/thrift/blob/master/doc/specs/thrift-rpc.md (framed transport)',
  ],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

interface Message {
  readonly form: 'binary' | 'compact';
  readonly name: string;
}

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseMessage(first.client, ASKED),
    answered: parseMessage(first.server, ANSWERED),
    facts: (asked, answered) => {
      const same = asked?.name === answered?.name && asked?.form === answered?.form;
      return asked && answered && !same ? undefined : [speaks('thrift')];
    },
  });
}

/** As it is, or after the four octets of length of the framed transport. */
function parseMessage(bytes: Uint8Array, types: readonly number[]): Parsed<Message> {
  const [first, second] = bytes;
  if (first === COMPACT) return parseCompact(new Reader(bytes), types);
  if (first === 0x80) return parseBinary(new Reader(bytes), types);
  const reader = new Reader(bytes);
  const length = reader.u32();
  if (first !== undefined && (first !== 0 || (second ?? 0) > 0x10)) return bad('no message');
  if (reader.failed) return MORE;
  if (length < 8) return bad('no such length');
  const start = reader.rest();
  if (start.length === 0) return MORE;
  if (start[0] === COMPACT) return parseCompact(new Reader(start), types);
  return start[0] === 0x80 ? parseBinary(new Reader(start), types) : bad('no message');
}

/** Version, 0, type, name, sequence number. */
function parseBinary(reader: Reader, types: readonly number[]): Parsed<Message> {
  const version = reader.u16();
  const reserved = reader.u8();
  const type = reader.u8();
  const size = reader.u32();
  if (reader.failed) return version === 0 || version === BINARY ? MORE : bad('no version');
  if (version !== BINARY || reserved !== 0 || !types.includes(type)) return bad('no message');
  if (size === 0 || size > NAME_CAP) return bad('no name');
  const name = reader.text(size);
  reader.skip(4);
  return finish(reader, 'binary', name);
}

/** Type in the upper three bits and version 1, then sequence number and length of the name as varints. */
function parseCompact(reader: Reader, types: readonly number[]): Parsed<Message> {
  reader.skip(1);
  const kind = reader.u8();
  readVarint(reader);
  const size = readVarint(reader);
  if (reader.failed) return MORE;
  if ((kind & 0x1f) !== 1 || !types.includes(kind >> 5)) return bad('no message');
  if (size === 0 || size > NAME_CAP) return bad('no name');
  return finish(reader, 'compact', reader.text(size));
}

function finish(reader: Reader, form: Message['form'], name: string): Parsed<Message> {
  if (reader.failed) return MORE;
  return /^[A-Za-z_][\w.:$-]*$/.test(name)
    ? { kind: 'ok', value: { form, name }, size: reader.offset }
    : bad('no name');
}

function readVarint(reader: Reader): number {
  let value = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const octet = reader.u8();
    value |= (octet & 0x7f) << shift;
    if ((octet & 0x80) === 0) return value;
  }
  reader.skip(1);
  return value;
}
