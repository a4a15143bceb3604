import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { access, detail, speaks } from './shared/facts.ts';
import { ask, pair } from './shared/pair.ts';

const DEPTH = 64;
/** Least significant byte first, version 11.0, no name and no data of an authorisation. */
const SETUP = Uint8Array.of(0x6c, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0);
const FAILED = 0;
const SUCCESS = 1;

export interface SetupReply {
  readonly status: number;
  /** Of a success the vendor, of a failure the reason. */
  readonly text: string;
}

export const x11 = {
  id: 'x11',
  title: 'X Window System',
  ports: [
    { port: 6000, over: 'tcp', iana: 'x11' },
    { port: 6001, over: 'tcp', iana: 'x11' },
  ],
  sources: ['X Window System Protocol, X Version 11 Release 7: chapter 8 (Connection Setup)'],
  depth: DEPTH,
  recognise,
  probe: { impact: 'handshake', over: ['tcp'], dialogue },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseSetup(first.client),
    answered: parseReply(first.server),
    facts: (_, answered) => (answered === undefined ? [speaks('x11')] : factsOf(answered)),
  });
}

/** Asks to be let in without a key, and leaves at once; no request is made. */
function* dialogue(): Dialogue {
  const reply = parseReply(yield ask(SETUP, parseReply));
  return reply.kind === 'ok' ? factsOf(reply.value) : [];
}

function parseSetup(bytes: Uint8Array): Parsed<number> {
  const [order] = bytes;
  if (order !== undefined && order !== 0x6c && order !== 0x42) return bad('no byte order');
  const reader = new Reader(bytes);
  reader.skip(2);
  const u16 = (): number => (order === 0x6c ? reader.u16le() : reader.u16());
  const [major, minor, name, data, unused] = [u16(), u16(), u16(), u16(), u16()];
  if (bytes.length >= 4 && major !== 11) return bad('not version 11');
  if (reader.failed) return MORE;
  return minor === 0 && name <= 64 && data <= 256 && unused === 0
    ? { kind: 'ok', value: major, size: 12 + name + data }
    : bad('no setup of X11');
}

/** Least significant byte first, as we asked, or the other way round for another client. */
function parseReply(bytes: Uint8Array): Parsed<SetupReply> {
  const [status] = bytes;
  if (status !== undefined && status > SUCCESS) return bad('no such status');
  const reader = new Reader(bytes);
  reader.skip(1);
  const reasonSize = reader.u8();
  const major = reader.u16le();
  reader.skip(2); // Minor version.
  const length = reader.u16le();
  if (bytes.length >= 4 && major !== 11 && major !== 11 << 8) return bad('not version 11');
  if (reader.failed || status === undefined) return MORE;
  if (status === FAILED) {
    const text = reader.text(reasonSize);
    return reader.failed ? MORE : { kind: 'ok', value: { status, text }, size: 8 + length * 4 };
  }
  reader.skip(16); // Release, resource ids, and the motion buffer.
  const vendorSize = major === 11 ? reader.u16le() : reader.u16();
  reader.skip(14);
  const text = reader.text(Math.min(vendorSize, DEPTH - 40));
  return reader.failed ? MORE : { kind: 'ok', value: { status, text }, size: 8 + length * 4 };
}

function factsOf({ status, text }: SetupReply): readonly Fact[] {
  return [
    speaks('x11', '11'),
    access(status === SUCCESS ? 'open' : 'credentials'),
    ...(status === SUCCESS && text !== '' ? [detail('server', text)] : []),
  ];
}
