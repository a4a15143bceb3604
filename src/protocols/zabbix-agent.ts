import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { begins, join, u32le } from './shared/bytes.ts';
import { access, speaks } from './shared/facts.ts';
import { ask, pair } from './shared/pair.ts';
import { textOf } from './shared/text.ts';

const DEPTH = 32;
const MAGIC = 'ZBXD';
const KEY = 'agent.ping';
/** Protocol, compressed, large packet. */
const FLAGS = 0x07;

export const zabbixAgent = {
  id: 'zabbix-agent',
  title: 'Zabbix agent',
  ports: [{ port: 10050, over: 'tcp', iana: 'zabbix-agent' }],
  sources: ['Zabbix manual: Header and data length, Passive and active agent checks'],
  depth: DEPTH,
  recognise,
  probe: { impact: 'handshake', over: ['tcp'], dialogue },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseHeader(first.client),
    answered: parseHeader(first.server),
    facts: () => [speaks('zabbix-agent')],
  });
}

/** Asks whether it is alive; an agent answers only those whom it was told of. */
function* dialogue(): Dialogue {
  const question = join(MAGIC, [1], u32le(KEY.length), u32le(0), KEY);
  const received = yield ask(question, parseHeader);
  const answer = parseHeader(received);
  if (answer.kind !== 'ok' || answer.value !== 1) return [];
  // "1" is the only answer to this question; an echo gives the question back.
  if (textOf(received.subarray(13), 2) !== '1') return [];
  return [speaks('zabbix-agent'), access('open')];
}

/** The magic, flags, and two lengths of four bytes; the value is the length of the data. */
function parseHeader(bytes: Uint8Array): Parsed<number> {
  if (begins(bytes, MAGIC) === 'no') return bad('no header of Zabbix');
  const reader = new Reader(bytes);
  reader.skip(MAGIC.length);
  const flags = reader.u8();
  const length = reader.u32le();
  reader.skip(4);
  if (bytes.length > 4 && ((flags & 1) === 0 || (flags & ~FLAGS) !== 0))
    return bad('no such flags');
  if (reader.failed || reader.left < Math.min(length, DEPTH - 13)) return MORE;
  return { kind: 'ok', value: length, size: reader.offset + length };
}
