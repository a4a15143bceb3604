import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Peer, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { ANY, hexOf, join, matches, repeats, u16 } from './shared/bytes.ts';
import { amplification, attribute, detail, speaks } from './shared/facts.ts';
import { ask, pair } from './shared/pair.ts';
import { isReadable } from './shared/text.ts';

const DEPTH = 60;
const HEADER = 12;
/** Length of a name in first-level encoding: two letters for each half of 16 octets. */
const NAME = 32;
/** Question types (RFC 1002 §4.2.1.2). */
const NB = 0x20;
const NBSTAT = 0x21;
/** Query, registration, release, wait, refresh (two numbers of which one was a misprint; §4.2.1.1). */
const OPERATIONS = [0, 5, 6, 7, 8, 9];
/** Bit of a name's flags: the name belongs to a group (RFC 1002 §4.2.18). */
const GROUP = 0x8000;
/** Names of one node that are read. */
const NAMES_CAP = 32;

export interface NbnsMessage {
  readonly id: number;
  readonly type: number;
}

export const nbns = {
  id: 'nbns',
  title: 'NetBIOS name service',
  ports: [{ port: 137, over: 'udp', iana: 'netbios-ns' }],
  sources: ['RFC 1001 §14.1 (encoding)', 'RFC 1002 §4.2 (packets), §4.2.18 (node status)'],
  depth: DEPTH,
  recognise,
  probe: { impact: 'reads', over: ['udp'], dialogue },
} as const satisfies Protocol;

/** It has the header of DNS, but its names are 32 letters from A to P, and its types are its own. */
function recognise(first: FirstBytes): Recognition {
  if (!repeats(first, 0, 2)) return NO;
  return pair(first, DEPTH, {
    asked: parseMessage(first.client, false),
    answered: parseMessage(first.server, true),
    facts: () => [speaks('nbns')],
  });
}

/** Asks for the status of the node: its names, its group and the address of its interface. */
function* dialogue(peer: Peer): Dialogue {
  const id = new Reader(peer.nonce).u16();
  const question = join(
    ...[id, 0, 1, 0, 0, 0].map(u16),
    ...[[NAME], `CK${'A'.repeat(NAME - 2)}`, [0]], // "*" and 15 octets of 0.
    ...[NBSTAT, 1].map(u16),
  );
  const received = yield ask(question, (bytes) => parseMessage(bytes, true));
  const message = parseMessage(received, true);
  if (message.kind !== 'ok' || message.value.id !== id || message.value.type !== NBSTAT) return [];
  return [
    speaks('nbns'),
    ...readStatus(received.subarray(message.size)),
    ...amplification(question, received),
  ];
}

export function parseMessage(bytes: Uint8Array, response: boolean): Parsed<NbnsMessage> {
  // One question or one answer, at most one additional record, and a name of 32 letters.
  const [questions, answers] = response ? [0, 1] : [1, 0];
  const header = [ANY, ANY, ANY, ANY, 0, questions, 0, answers, 0, 0, 0, ANY, NAME];
  if (matches(bytes, header) === 'no') return bad('no header of NetBIOS');
  // A query or its answer; the outcome in the low bits is 0 in a question (RFC 1002 §4.2.1.1).
  const [, , first = response ? 0x84 : 0, second = 0] = bytes;
  const operation = (first >> 3) & 0x0f;
  const direction = first & (response ? 0x84 : 0x86);
  const fits = OPERATIONS.includes(operation) && direction === (response ? 0x84 : 0);
  if (!fits || (!response && (second & 0x0f) !== 0)) {
    return bad('another direction');
  }
  return parseName(bytes);
}

function parseName(bytes: Uint8Array): Parsed<NbnsMessage> {
  const reader = new Reader(bytes);
  const id = reader.u16();
  reader.skip(HEADER + 1 - 2);
  const name = reader.text(NAME);
  const end = reader.u8();
  const type = reader.u16();
  const kind = reader.u16();
  if (reader.failed) return MORE;
  const own = /^[A-P]{32}$/.test(name) && end === 0 && kind === 1;
  return own && (type === NB || type === NBSTAT)
    ? { kind: 'ok', value: { id, type }, size: reader.offset }
    : bad('no name of NetBIOS');
}

/** RFC 1002 §4.2.18: time to live, length, the names, and the address of the interface. */
function readStatus(bytes: Uint8Array): readonly Fact[] {
  const reader = new Reader(bytes);
  reader.skip(6);
  const count = Math.min(reader.u8(), NAMES_CAP);
  const names = Array.from({ length: count }, () => ({
    text: reader.text(15).trim(),
    suffix: reader.u8(),
    group: (reader.u16() & GROUP) !== 0,
  }));
  const mac = reader.take(6);
  if (reader.failed) return [];
  const known = names.filter(({ text, suffix }) => suffix === 0 && text !== '' && isReadable(text));
  const own = known.find(({ group }) => !group);
  const workgroup = known.find(({ group }) => group);
  return [
    ...(own === undefined ? [] : [attribute('name', own.text)]),
    ...(workgroup === undefined ? [] : [detail('workgroup', workgroup.text)]),
    // Samba leaves it at 0.
    ...(mac.some((octet) => octet !== 0) ? [detail('interface address', hexOf(mac))] : []),
  ];
}
