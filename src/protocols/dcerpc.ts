import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

const DEPTH = 80;
/** Types of connection-oriented PDUs by who sends them (C706 §12.6.4); some are of both. */
const STREAM_ASKED = [0, 11, 14, 16, 17, 18, 19];
const STREAM_ANSWERED = [2, 3, 12, 13, 15, 20];
/** Those of datagrams (§12.5.3): request, ping; response, fault, working, no call, reject, ack … */
const DATAGRAM_ASKED = [0, 1, 7, 8];
const DATAGRAM_ANSWERED = [2, 3, 4, 5, 6, 9, 10];
/** Bytes of the datagram's header. */
const HEADER = 80;

/** Windows' remote procedures, and what sets up PROFINET IO (context manager, port 34964). */
export const dcerpc = {
  id: 'dcerpc',
  title: 'DCE/RPC',
  ports: [
    { port: 135, over: 'tcp', iana: 'epmap' },
    { port: 34_964, over: 'udp', iana: 'profinet-cm' },
  ],
  sources: [
    'The Open Group C706 DCE 1.1: Remote Procedure Call, chapter 12',
    'IEC 61158-6-10 (PROFINET IO: connectionless RPC)',
    'IANA service-names-port-numbers',
  ],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

interface Pdu {
  readonly form: 'stream' | 'datagram';
  /** Call id, or the sequence number of the datagrams. */
  readonly call: number;
}

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parsePdu(first.client, STREAM_ASKED, DATAGRAM_ASKED),
    answered: parsePdu(first.server, STREAM_ANSWERED, DATAGRAM_ANSWERED),
    facts: (asked, answered) => {
      const apart = asked && answered && asked.form !== answered.form;
      const version = (asked ?? answered)?.form === 'stream' ? '5' : '4';
      return apart ? undefined : [speaks('dcerpc', version)];
    },
  });
}

function parsePdu(
  bytes: Uint8Array,
  stream: readonly number[],
  datagram: readonly number[],
): Parsed<Pdu> {
  return bytes[0] === 4 ? parseDatagram(bytes, datagram) : parseStream(bytes, stream);
}

/** §12.6.3.1: version 5.0 or 5.1, type, flags, data representation, lengths of all and of the verifier. */
function parseStream(bytes: Uint8Array, types: readonly number[]): Parsed<Pdu> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const minor = reader.u8();
  const type = reader.u8();
  reader.skip(1);
  const little = isLittle(reader);
  const length = little === true ? reader.u16le() : reader.u16();
  const verifier = little === true ? reader.u16le() : reader.u16();
  const call = little === true ? reader.u32le() : reader.u32();
  if (bytes.length > 0 && version !== 5) return bad('another version');
  if (minor > 1 || (bytes.length > 2 && !types.includes(type))) return bad('no such type');
  if (reader.failed) return MORE;
  if (little === undefined || length < 16 || verifier > length) return bad('no header');
  return { kind: 'ok', value: { form: 'stream', call }, size: reader.offset };
}

/** §12.5.1: version 4, type, flags, representation, object, interface, activity, numbers, length. */
function parseDatagram(bytes: Uint8Array, types: readonly number[]): Parsed<Pdu> {
  const reader = new Reader(bytes);
  reader.skip(1);
  const type = reader.u8();
  reader.skip(2);
  const representation = new Reader(reader.take(3));
  const little = isLittle(representation, 3);
  // Half of the serial number, object, interface, activity, boot time, version of the interface.
  reader.skip(1 + 16 * 3 + 8);
  const call = reader.u32le();
  reader.skip(6);
  const length = little === true ? reader.u16le() : reader.u16();
  reader.skip(4);
  if (bytes.length > 1 && !types.includes(type)) return bad('no such type');
  if (bytes.length > 6 && little === undefined) return bad('no representation');
  if (reader.failed) return MORE;
  if (length > 65_507 - HEADER) return bad('no such length');
  return { kind: 'ok', value: { form: 'datagram', call }, size: HEADER };
}

/** §14.1: byte order and characters, kind of floating point, nothing; undefined for another. */
function isLittle(reader: Reader, size = 4): boolean | undefined {
  const order = reader.u8();
  const floating = reader.u8();
  const rest = reader.take(size - 2);
  const valid = (order & 0xee) === 0 && floating <= 3 && rest.every((octet) => octet === 0);
  return valid ? (order & 0x10) !== 0 : undefined;
}
