import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Overheard, Peer, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { hexOf, join, u16, u32 } from './shared/bytes.ts';
import { access, amplification, detail, likely, speaks } from './shared/facts.ts';
import { ask, leave, pair } from './shared/pair.ts';

const REQUEST = 0;
const RESPONSE = 1;
const INITIATE = 0;
const CLOSE = 1;
const TOKEN_PASSING = 3;
/** Seconds after which the device forgets a session that says nothing, in milliseconds. */
const INACTIVITY = 10_000;

/** Universal command 0, read unique identifier, short frame to polling address 0 (HCF_SPEC-127 §6.1). */
const READ_UNIQUE_IDENTIFIER = [0x02, 0x80, 0x00, 0x00, 0x82];

export const hartIp = {
  id: 'hart-ip',
  title: 'HART-IP',
  ports: [
    { port: 5094, over: 'udp', iana: 'hart-ip' },
    { port: 5094, over: 'tcp', iana: 'hart-ip' },
  ],
  sources: [
    'FieldComm Group HCF_SPEC-085 (TDMA, HART-IP) §10',
    'FieldComm Group HCF_SPEC-127 §6.1',
    'IANA service-names-port-numbers',
  ],
  depth: 16,
  fragile: true,
  recognise,
  overhear,
  probe: { impact: 'reads', over: ['udp', 'tcp'], dialogue },
} as const satisfies Protocol;

export interface Header {
  readonly type: number;
  readonly id: number;
  readonly status: number;
  readonly sequence: number;
  readonly body: Uint8Array;
}

function recognise(first: FirstBytes): Recognition {
  return pair(first, hartIp.depth, {
    asked: parseHeader(first.client, hartIp.depth),
    answered: parseHeader(first.server, hartIp.depth),
    facts: (asked, answered) => {
      if (asked && asked.type !== REQUEST) return undefined;
      if (answered && answered.type === REQUEST) return undefined;
      const apart = asked && answered && asked.sequence !== answered.sequence;
      return apart ? undefined : [speaks('hart-ip', '1')];
    },
  });
}

/** What a device publishes, and its acknowledgements, do not go in step (HCF_SPEC-085 §10.2). */
function overhear({ client, server, transport }: Overheard): Recognition {
  const said = [client, server].filter(({ length }) => length > 0);
  const fitting = said.every((bytes) => {
    const header = parseHeader(bytes);
    return header.kind === 'ok' && (transport === 'tcp' || header.size === bytes.length);
  });
  return said.length > 0 && fitting ? likely([speaks('hart-ip', '1')]) : NO;
}

/** Version 1, type, id, status, sequence number, length of the whole. */
export function parseHeader(bytes: Uint8Array, depth = Number.POSITIVE_INFINITY): Parsed<Header> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const type = reader.u8();
  const id = reader.u8();
  const status = reader.u8();
  const sequence = reader.u16();
  const length = reader.u16();
  if (bytes.length > 0 && version !== 1) return bad('another version');
  if (type > 3 || id > 5) return bad('no such message');
  if (reader.failed) return MORE;
  if (length < 8 || length > 2048 || !fits(type, id, length)) return bad('no such length');
  const cut = bytes.length < length;
  if (cut && bytes.length < depth) return MORE;
  const body = reader.take(cut ? reader.left : length - 8);
  return { kind: 'ok', value: { type, id, status, sequence, body }, size: reader.offset };
}

/** The length that a kind dictates: host and timer, nothing, nothing, a frame. */
function fits(type: number, id: number, length: number): boolean {
  if (id === INITIATE) return length === 13 || (type !== REQUEST && length === 8);
  if (id === TOKEN_PASSING) return length >= 13;
  return length === 8 || type > RESPONSE;
}

/** Opens a session of ten seconds, reads the unique identifier, closes it. */
function* dialogue(peer: Peer): Dialogue {
  const opening = message(INITIATE, 1, join([1], u32(INACTIVITY)));
  const received = yield ask(opening, parseHeader);
  const opened = responseIn(received, INITIATE, 1);
  if (opened === undefined) return [];
  const size = peer.over === 'udp' ? amplification(opening, received) : [];
  const facts: Fact[] = [speaks('hart-ip', '1'), ...size];
  // Status 8 is a warning: the timer was set to another value.
  if (opened.status !== 0 && opened.status !== 8) return facts;
  const question = message(TOKEN_PASSING, 2, Uint8Array.from(READ_UNIQUE_IDENTIFIER));
  const answer = responseIn(yield ask(question, parseHeader), TOKEN_PASSING, 2);
  yield leave(message(CLOSE, 3, new Uint8Array(0)));
  return [...facts, access('open'), ...(answer === undefined ? [] : identity(answer.body))];
}

function message(id: number, sequence: number, body: Uint8Array): Uint8Array {
  return join([1, REQUEST, id, 0], u16(sequence), u16(body.length + 8), body);
}

function responseIn(bytes: Uint8Array, id: number, sequence: number): Header | undefined {
  const header = parseHeader(bytes);
  if (header.kind !== 'ok') return undefined;
  const { value } = header;
  return value.type === RESPONSE && value.id === id && value.sequence === sequence
    ? value
    : undefined;
}

/**
 * Answer to command 0: two octets of status, 254, expanded device type, preambles, revisions
 * (universal, device, software, hardware), flags, device identifier.
 */
function identity(frame: Uint8Array): readonly Fact[] {
  const reader = new Reader(frame);
  const delimiter = reader.u8();
  reader.skip((delimiter & 0x80) !== 0 ? 5 : 1);
  const command = reader.u8();
  const data = new Reader(reader.take(reader.u8()));
  data.skip(2);
  const expansion = data.u8();
  const deviceType = data.u16();
  data.skip(2);
  const revision = data.u8();
  const software = data.u8();
  data.skip(2);
  const device = data.take(3);
  if (reader.failed || data.failed || command !== 0 || expansion !== 254) return [];
  return [
    detail('expanded-device-type', hexOf(Uint8Array.from(u16(deviceType)))),
    detail('device-id', hexOf(device)),
    detail('device-revision', String(revision)),
    detail('software-revision', String(software)),
  ];
}
