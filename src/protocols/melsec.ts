import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Overheard, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { likely, speaks, undecided } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

/** Subheaders of questions and of answers: frames 3E and 4E (SH-080008 §4.2). */
const FRAMES: ReadonlyMap<number, Kind> = new Map([
  [0x5000, { form: '3E', response: false }],
  [0xd000, { form: '3E', response: true }],
  [0x5400, { form: '4E', response: false }],
  [0xd400, { form: '4E', response: true }],
]);
/** What the maker's own programming tool sends, and what comes back. */
const TOOL_QUESTION = 0x57;
const TOOL_ANSWER = 0xd7;
const LENGTH_CAP = 2048;
/** Bytes of a question after which nobody waits for its answer: a segment. */
const DEPTH = 1460;

/** It is not asked here: one of its commands stops the controller, and a wrong byte may be that one. */
export const melsec = {
  id: 'melsec',
  title: 'Mitsubishi MELSEC',
  ports: [
    { port: 5007, over: 'tcp' },
    { port: 5001, over: 'tcp' },
    { port: 5006, over: 'udp' },
  ],
  sources: [
    'Mitsubishi Electric SH(NA)-080008 MELSEC Communication Protocol Reference Manual §4, §5',
    'https://github.com/NozomiNetworks/blackhat23-melsoft (the tool’s own frames)',
  ],
  depth: DEPTH,
  fragile: true,
  recognise,
  overhear,
} as const satisfies Protocol;

interface Kind {
  readonly form: '3E' | '4E' | 'tool';
  readonly response: boolean;
}

function recognise(first: FirstBytes): Recognition {
  // Eleven octets of one side are weak: it takes both.
  if (first.client.length === 0 || first.server.length === 0) {
    const [said] = [first.client, first.server].filter(({ length }) => length > 0);
    return said && parseFrame(said).kind === 'bad' ? NO : undecided(first, DEPTH);
  }
  return pair(first, DEPTH, {
    asked: parseFrame(first.client),
    answered: parseFrame(first.server),
    facts: (asked, answered) => {
      if (asked === undefined || answered === undefined) return undefined;
      const together = asked.form === answered.form && !asked.response && answered.response;
      return together ? [speaks('melsec', asked.form)] : undefined;
    },
  });
}

/** The tool's frames have a longer head, in which one side alone is seen to be theirs. */
function overhear({ client, server }: Overheard): Recognition {
  const sides = [parseFrame(client), parseFrame(server)];
  const heard = sides.filter((side) => side.kind === 'ok');
  const isTool = heard.every(({ value }) => value.form === 'tool');
  return heard.length === 1 && isTool && sides.every((side) => side.kind !== 'bad')
    ? likely([speaks('melsec', 'tool')])
    : NO;
}

function parseFrame(bytes: Uint8Array): Parsed<Kind> {
  const [first] = bytes;
  if (first === TOOL_QUESTION || first === TOOL_ANSWER) return parseTool(bytes);
  if (bytes.length < 2) return first === undefined || isStart(first) ? MORE : bad('no subheader');
  const kind = FRAMES.get(new Reader(bytes).u16());
  return kind === undefined ? bad('no subheader') : parseRoute(bytes, kind);
}

/** Serial number (4E), network, station, module, its part, length of what follows (§4.3). */
function parseRoute(bytes: Uint8Array, kind: Kind): Parsed<Kind> {
  const reader = new Reader(bytes.subarray(2));
  if (kind.form === '4E') reader.skip(2);
  const reserved = kind.form === '4E' ? reader.u16() : 0;
  reader.skip(1);
  const station = reader.u8();
  const module = reader.u16le();
  reader.skip(1);
  const length = reader.u16le();
  if (reserved !== 0) return bad('not reserved');
  if (reader.failed) return MORE;
  // The own CPU is 0x03FF, one of several 0x03E0 to 0x03E3, a multi-dropped one below 0x0200.
  const addressed = (module & 0xfff0) === 0x03e0 || module === 0x03ff || module < 0x0200;
  const known = addressed && (station <= 0x78 || station >= 0x7d);
  if (!known || length < 2 || length > LENGTH_CAP) return bad('no route');
  return { kind: 'ok', value: kind, size: reader.offset + 2 };
}

function isStart(octet: number): boolean {
  return octet === 0x50 || octet === 0x54 || octet === 0xd0 || octet === 0xd4;
}

/** Kind, sequence, 0x1111, the way to the module and back, length of what follows (offset 19). */
function parseTool(bytes: Uint8Array): Parsed<Kind> {
  const reader = new Reader(bytes);
  const kind = reader.u8();
  reader.skip(1);
  const reserved = reader.u24();
  const mark = reader.u16();
  reader.skip(12);
  const length = reader.u16le();
  if (reserved !== 0 || (bytes.length >= 7 && mark !== 0x1111)) return bad('no head');
  if (reader.failed) return MORE;
  if (length < 4 || length > LENGTH_CAP) return bad('no such length');
  const response = kind === TOOL_ANSWER;
  return { kind: 'ok', value: { form: 'tool', response }, size: reader.offset };
}
