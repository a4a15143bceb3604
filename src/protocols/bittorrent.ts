import type { Parsed } from '../base/reader.ts';
import { bad, MORE } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { begins } from './shared/bytes.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';
import { textOf } from './shared/text.ts';

const DEPTH = 48;
const HANDSHAKE = '\u0013BitTorrent protocol';
/** Dictionaries of the DHT: a query, an answer (with the asker's address first or not), an error. */
const QUERY = /^d1:ad2:id20:/;
const ANSWER = /^d(?:2:ip(?:6:.{6}|18:.{18}))?(?:1:rd2:id20:|1:eli\d{3}e)/s;

/** What a device in a home has no reason to speak. */
export const bittorrent = {
  id: 'bittorrent',
  title: 'BitTorrent',
  ports: [
    { port: 6881, over: 'tcp' },
    { port: 6881, over: 'udp' },
  ],
  sources: ['BEP 3 (peer protocol)', 'BEP 5 (DHT: KRPC)', 'BEP 42 (ip)'],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseStart(first.client, QUERY),
    answered: parseStart(first.server, ANSWER),
    facts: (asked, answered) =>
      asked && answered && asked !== answered ? undefined : [speaks('bittorrent')],
  });
}

function parseStart(bytes: Uint8Array, form: RegExp): Parsed<'peer' | 'dht'> {
  const greeting = begins(bytes, HANDSHAKE);
  if (greeting === 'yes') return { kind: 'ok', value: 'peer', size: HANDSHAKE.length };
  if (bytes.length === 0 || greeting === 'more') return MORE;
  const text = textOf(bytes, DEPTH);
  if (form.test(text)) return { kind: 'ok', value: 'dht', size: bytes.length };
  return text.length < 36 && /^d(?:$|[12](?:$|:))/.test(text) ? MORE : bad('no dictionary');
}
