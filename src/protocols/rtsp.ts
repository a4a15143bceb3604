import type { Parsed } from '../base/reader.ts';
import { bad, MORE } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import { rtspFields } from './fields/sip.ts';
import type { Dialogue, FirstBytes, Peer, Protocol, Recognition } from './protocol.ts';
import { ascii } from './shared/bytes.ts';
import { access, detail, speaks } from './shared/facts.ts';
import type { Sides } from './shared/http-dialect.ts';
import { DIALECT_DEPTH, recogniseAs } from './shared/http-dialect.ts';
import type { Head } from './shared/http-head.ts';
import { challenge, field, parseHead } from './shared/http-head.ts';
import { ask } from './shared/pair.ts';
import { uriHost } from './shared/url.ts';

/** Bytes of a description that are waited for; an SDP of a camera takes some hundred. */
const BODY_CAP = 16_384;

export const rtsp = {
  id: 'rtsp',
  title: 'RTSP',
  ports: [
    { port: 554, over: 'tcp', iana: 'rtsp' },
    { port: 322, over: 'tls', iana: 'rtsps' },
    { port: 8554, over: 'tcp', iana: 'rtsp-alt' },
    { port: 10_554, over: 'tcp' },
  ],
  sources: [
    'RFC 2326 §6, §10.1, §10.2',
    'RFC 7826 §13.1, §13.2',
    'ONVIF Streaming Specification §5.2',
  ],
  depth: DIALECT_DEPTH,
  recognise,
  fields: rtspFields,
  probe: { impact: 'reads', over: ['tcp', 'tls'], dialogue },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return recogniseAs('rtsp', first, headFacts);
}

function headFacts({ client, server }: Sides): readonly Fact[] {
  return [speaks('rtsp', (server ?? client)?.version), ...serverFact(server)];
}

/** What it can do, and whether it describes its stream to a stranger; nothing is set up or played. */
function* dialogue(peer: Peer): Dialogue {
  const url = `${peer.over === 'tls' ? 'rtsps' : 'rtsp'}://${uriHost(peer.address)}:${peer.port}/`;
  const options = parseAnswer(yield ask(request('OPTIONS', url, 1), parseAnswer));
  if (options.kind !== 'ok') return [];
  const spoken = [speaks('rtsp', options.value.version), ...serverFact(options.value)];
  const methods = field(options.value.headers, 'public');
  const facts = [...spoken, ...(methods === undefined ? [] : [detail('methods', methods)])];
  if (options.value.status === 401) return [...facts, ...accessFacts(options.value)];
  const described = parseAnswer(yield ask(request('DESCRIBE', url, 2), parseAnswer));
  return described.kind === 'ok' ? [...facts, ...accessFacts(described.value)] : facts;
}

/** RFC 2326 §12.17: each request has a number that its answer repeats. */
function request(method: 'OPTIONS' | 'DESCRIBE', url: string, number: number): Uint8Array {
  const lines = [
    `${method} ${url} RTSP/1.0`,
    `CSeq: ${number}`,
    'User-Agent: portolan',
    ...(method === 'DESCRIBE' ? ['Accept: application/sdp'] : []),
  ];
  return ascii(`${lines.join('\r\n')}\r\n\r\n`);
}

/** A response of RTSP with its body. */
export function parseAnswer(bytes: Uint8Array): Parsed<Head> {
  const parsed = parseHead(bytes, 'response');
  if (parsed.kind !== 'ok') return parsed;
  const { value: head, size } = parsed;
  if (head.protocol !== 'RTSP') return bad(`it is ${head.protocol}`);
  if (!head.ended) return bytes.length < BODY_CAP ? MORE : { kind: 'ok', value: head, size };
  const length = Number(/^\d{1,6}$/.exec(field(head.headers, 'content-length') ?? '')?.[0] ?? 0);
  const whole = size + Math.min(length, BODY_CAP);
  return bytes.length < whole ? MORE : { kind: 'ok', value: head, size: whole };
}

/** 404 says that the stream has another path, and nothing about who may see it. */
function accessFacts({ status, headers }: Head): readonly Fact[] {
  if (status === 200) return [access('open')];
  if (status !== 401) return [];
  const { scheme = '', realm = '' } = challenge(headers) ?? {};
  return [
    access('credentials'),
    ...(scheme === '' ? [] : [detail('authentication', scheme)]),
    ...(realm === '' ? [] : [detail('realm', realm)]),
  ];
}

function serverFact(server: Head | undefined): readonly Fact[] {
  const product = server === undefined ? undefined : field(server.headers, 'server');
  return product === undefined || product === '' ? [] : [detail('server', product)];
}
