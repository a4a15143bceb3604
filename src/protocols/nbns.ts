import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Peer, Protocol, Recognition } from './protocol.ts';
import { hexOf, join, u16 } from './shared/bytes.ts';
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
const RESPONSE = 0x8000;
/** Bit of a name's flags: the name belongs to a group (RFC 1002 §4.2.18). */
const GROUP = 0x8000;
/** Names of one node that are read. */
const NAMES_CAP = 32;

export interface NbnsMessage {
  readonly id: number;
  readonly response: boolean;
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
  return pair(first, DEPTH, {
    asked: parseMessage(first.client, false),
    answered: parseMessage(first.server, true),
    facts: (asked, answered) =>
      asked && answered && asked.id !== answered.id ? undefined : [speaks('nbns')],
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
  const reader = new Reader(bytes);
  const id = reader.u16();
  const flags = reader.u16();
  const counts = [reader.u16(), reader.u16(), reader.u16(), reader.u16()];
  const size = reader.u8();
  const name = reader.text(NAME);
  const end = reader.u8();
  const type = reader.u16();
  const kind = reader.u16();
  if (bytes.length >= 4 && flags >= RESPONSE !== response) return bad('another direction');
  if (bytes.length > HEADER && size !== NAME) return bad('no name of NetBIOS');
  if (reader.failed) return bytes.length < HEADER + 38 ? MORE : bad('it is cut off');
  const one = response ? counts[1] === 1 : counts[0] === 1;
  if (!one || !/^[A-P]{32}$/.test(name) || end !== 0 || kind !== 1)
    return bad('no name of NetBIOS');
  if (type !== NB && type !== NBSTAT) return bad('no such type');
  return { kind: 'ok', value: { id, response, type }, size: reader.offset };
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
