import type { Parsed } from '../base/reader.ts';
import { bad, MORE } from '../base/reader.ts';
import { laterTlsFields } from './fields/tls.ts';
import type { Dialogue, FirstBytes, Overheard, Peer, Protocol, Recognition } from './protocol.ts';
import { ascii } from './shared/bytes.ts';
import { eitherSide } from './shared/either.ts';
import { detail, speaks } from './shared/facts.ts';
import { ask, leave, pair } from './shared/pair.ts';
import { TEXT_CAP, textOf } from './shared/text.ts';

const DEPTH = 512;
const STREAMS = 'http://etherx.jabber.org/streams';

/** A stanza (§8.1) with an attribute, or the end of a stream (§4.4). */
const STANZA = /^\s{0,4}<(?:(?:iq|message|presence)\s[^<>]{0,400}=|\/stream:stream>)/;

export const xmpp = {
  id: 'xmpp',
  title: 'XMPP',
  ports: [
    { port: 5222, over: 'tcp', iana: 'xmpp-client' },
    { port: 5269, over: 'tcp', iana: 'xmpp-server' },
    { port: 5223, over: 'tls' },
  ],
  sources: ['RFC 6120 §4.2, §4.3, §4.9, §5'],
  depth: DEPTH,
  recognise,
  overhear,
  fields: laterTlsFields,
  probe: { impact: 'handshake', over: ['tcp', 'tls'], dialogue },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseStream(first.client, DEPTH),
    answered: parseStream(first.server, DEPTH),
    facts: () => [speaks('xmpp')],
  });
}

/** From the middle of a stream. */
function overhear(heard: Overheard): Recognition {
  const isIts = (bytes: Uint8Array): boolean => STANZA.test(textOf(bytes, DEPTH));
  return eitherSide(heard, isIts, [speaks('xmpp')]);
}

/** Opens a stream, reads how a login would go, and closes the stream. */
function* dialogue(peer: Peer): Dialogue {
  const opening =
    `<?xml version='1.0'?><stream:stream to='${peer.address}' version='1.0' ` +
    `xmlns='jabber:client' xmlns:stream='${STREAMS}'>`;
  const answer = yield ask(ascii(opening), wholeFeatures);
  yield leave(ascii('</stream:stream>'));
  const text = textOf(answer);
  // A server gives the stream an id, or says why not (§4.7.3, §4.9.2): an echo does neither.
  const stream = parseStream(answer, TEXT_CAP);
  if (stream.kind !== 'ok' || !/ id=['"]|<stream:error[ >]/.test(text)) return [];
  const tls = /<starttls[ />]/.test(text) ? 'offered' : 'not offered';
  return [speaks('xmpp'), ...(text.includes('<stream:features') ? [detail('STARTTLS', tls)] : [])];
}

/** A stream header, after an XML declaration or none. */
function parseStream(bytes: Uint8Array, depth: number): Parsed<true> {
  const text = textOf(bytes, depth);
  const more = bytes.length < depth ? MORE : bad('the header does not end');
  const declaration = /^<\?xml[^<>?]*\?>\s*/.exec(text)?.[0] ?? '';
  const rest = text.slice(declaration.length);
  if (declaration === '' && /^<(?:$|\?(?:$|x(?:$|m(?:$|l[^<>]*$))))/.test(text)) return more;
  if (!agree(rest, '<stream:stream ')) return bad('no stream header');
  const end = rest.indexOf('>');
  if (end === -1) return more;
  if (!rest.slice(0, end).includes(STREAMS)) return bad('another namespace');
  return { kind: 'ok', value: true, size: declaration.length + end + 1 };
}

/** Whether one is the beginning of the other. */
function agree(text: string, wanted: string): boolean {
  return text.startsWith(wanted) || wanted.startsWith(text);
}

function wholeFeatures(received: Uint8Array): Parsed<true> {
  const stream = parseStream(received, TEXT_CAP);
  if (stream.kind !== 'ok') return stream;
  const text = textOf(received);
  const ended = /<\/stream:features>|<stream:features\/>|<\/stream:error>|<\/stream:stream>/.test(
    text,
  );
  return ended || received.length >= TEXT_CAP ? stream : MORE;
}
