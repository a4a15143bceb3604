import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
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
  const reader = new Reader(bytes);
  const opcode = reader.u16();
  if (bytes.length >= 2 && opcode !== READ && opcode !== WRITE) return bad('no request');
  if (bytes.length === 1 && bytes[0] !== 0) return bad('no request');
  const file = readCString(reader, 255);
  const mode = readCString(reader, 8).toLowerCase();
  if (file === '' && bytes.length > 2 && bytes[2] === 0) return bad('no file');
  if (mode === '') return bytes.length < DEPTH && mayGrow(bytes) ? MORE : bad('no mode');
  const known = mode === 'octet' || mode === 'netascii' || mode === 'mail';
  if (!known || !/^[\x20-\x7e]+$/.test(file)) return bad('no such mode');
  return { kind: 'ok', value: opcode, size: reader.offset };
}

/** Fewer than two NULs behind the opcode: file and mode are not both there. */
function mayGrow(bytes: Uint8Array): boolean {
  return bytes.subarray(2).filter((byte) => byte === 0).length < 2;
}

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
