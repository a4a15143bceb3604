import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { begins } from './shared/bytes.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';
import { readCString } from './shared/text.ts';

const DEPTH = 300;
/** Opcodes (RFC 1350 §5, RFC 2347). */
const READ = 1;
const WRITE = 2;
const DATA = 3;
const ACKNOWLEDGEMENT = 4;
const ERROR = 5;
const OPTIONS = 6;

/** There is no probe: every request asks for a file, and the answer comes from another port. */
export const tftp = {
  id: 'tftp',
  title: 'TFTP',
  ports: [{ port: 69, over: 'udp', iana: 'tftp' }],
  sources: ['RFC 1350', 'RFC 2347'],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseRequest(first.client),
    answered: parseAnswer(first.server),
    // An answer alone is four bytes that could be anything's.
    facts: (asked) => (asked === undefined ? undefined : [speaks('tftp')]),
  });
}

/** An opcode, a file, and one of the three modes. */
function parseRequest(bytes: Uint8Array): Parsed<number> {
  if (begins(bytes, [0]) === 'no' || (bytes[1] ?? READ) > WRITE) return bad('no request');
  const reader = new Reader(bytes);
  const opcode = reader.u16();
  const file = readCString(reader, 255);
  const mode = readCString(reader, 8).toLowerCase();
  // Two NULs behind the opcode: file and mode are both there, or it is something else.
  const ends = bytes.subarray(2).filter((byte) => byte === 0).length;
  if (mode === '' && ends < 2 && bytes[2] !== 0)
    return bytes.length < DEPTH ? MORE : bad('no mode');
  if (opcode < READ || !MODES.has(mode) || !/^[\x20-\x7e]+$/.test(file)) return bad('no such mode');
  return { kind: 'ok', value: opcode, size: reader.offset };
}

const MODES = new Set(['octet', 'netascii', 'mail']);

/** The first block, its acknowledgement, an error, or the options that were accepted. */
function parseAnswer(bytes: Uint8Array): Parsed<number> {
  const reader = new Reader(bytes);
  const opcode = reader.u16();
  const number = reader.u16();
  if (reader.failed) return MORE;
  const first =
    (opcode === DATA && number === 1) ||
    (opcode === ACKNOWLEDGEMENT && number === 0) ||
    (opcode === ERROR && number <= 8) ||
    opcode === OPTIONS;
  return first ? { kind: 'ok', value: opcode, size: 4 } : bad('no first answer');
}
