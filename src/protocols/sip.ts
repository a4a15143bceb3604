import type { Parsed } from '../base/reader.ts';
import { bad, MORE } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import { sipFields } from './fields/sip.ts';
import type { Dialogue, FirstBytes, Peer, Protocol, Recognition } from './protocol.ts';
import { ascii, hexOf } from './shared/bytes.ts';
import { access, amplification, detail, speaks } from './shared/facts.ts';
import type { Sides } from './shared/http-dialect.ts';
import { DIALECT_DEPTH, recogniseAs } from './shared/http-dialect.ts';
import type { Head } from './shared/http-head.ts';
import { field, parseHead } from './shared/http-head.ts';
import { ask } from './shared/pair.ts';
import { uriHost } from './shared/url.ts';

export const sip = {
  id: 'sip',
  title: 'SIP',
  ports: [
    { port: 5060, over: 'udp', iana: 'sip' },
    { port: 5060, over: 'tcp', iana: 'sip' },
    { port: 5061, over: 'tls', iana: 'sips' },
  ],
  sources: ['RFC 3261 §7, §8.1.1, §11', 'RFC 3581 (rport)'],
  depth: DIALECT_DEPTH,
  recognise,
  fields: sipFields,
  probe: { impact: 'handshake', over: ['udp', 'tcp', 'tls'], dialogue },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return recogniseAs('sip', first, headFacts);
}

function headFacts({ client, server }: Sides): readonly Fact[] {
  return [speaks('sip', (server ?? client)?.version), ...productOf(server)];
}

/** Asks what it can do, which rings nobody (§11). */
function* dialogue(peer: Peer): Dialogue {
  const send = options(peer);
  const received = yield ask(send, parseAnswer);
  const answer = parseAnswer(received);
  if (answer.kind !== 'ok') return [];
  const { version, status, reason, headers } = answer.value;
  const methods = field(headers, 'allow');
  const refuses = status === 401 || status === 407;
  return [
    speaks('sip', version),
    detail('status', `${status} ${reason}`.trim()),
    ...productOf(answer.value),
    ...(methods === undefined ? [] : [detail('methods', methods)]),
    ...(refuses ? [access('credentials')] : []),
    ...(peer.over === 'udp' ? amplification(send, received) : []),
  ];
}

/**
 * The fields that every request has (§8.1.1). The sender does not know its own address: `rport`
 * asks for the answer to come back to where the question came from.
 */
function options({ address, port, over, nonce }: Peer): Uint8Array {
  const id = hexOf(nonce.subarray(0, 16));
  const target = `${uriHost(address)}:${port}`;
  const lines = [
    `OPTIONS sip:${target} SIP/2.0`,
    `Via: SIP/2.0/${over.toUpperCase()} portolan.invalid:5060;branch=z9hG4bK${id.slice(0, 16)};rport`,
    'Max-Forwards: 70',
    `From: <sip:portolan@portolan.invalid>;tag=${id.slice(16, 24)}`,
    `To: <sip:${target}>`,
    `Call-ID: ${id}@portolan.invalid`,
    'CSeq: 1 OPTIONS',
    'Contact: <sip:portolan@portolan.invalid>',
    'Accept: application/sdp',
    'User-Agent: portolan',
    'Content-Length: 0',
  ];
  return ascii(`${lines.join('\r\n')}\r\n\r\n`);
}

/** The final response among those that came; 1xx only says that it is being worked on (§21.1). */
export function parseAnswer(bytes: Uint8Array): Parsed<Head> {
  let rest = bytes;
  for (let provisional = 0; provisional < 4; provisional += 1) {
    const parsed = parseHead(rest, 'response');
    if (parsed.kind !== 'ok') return parsed;
    const { value: head, size } = parsed;
    if (head.protocol !== 'SIP') return bad(`it is ${head.protocol}`);
    if (!head.ended) return MORE;
    if (head.status >= 200) return { kind: 'ok', value: head, size: bytes.length };
    rest = rest.subarray(size);
  }
  return bad('only provisional answers');
}

/** §20.35, §20.41: servers have the first, phones the second. */
function productOf(server: Head | undefined): readonly Fact[] {
  if (server === undefined) return [];
  const product = field(server.headers, 'server') ?? field(server.headers, 'user-agent') ?? '';
  return product === '' ? [] : [detail('product', product)];
}
