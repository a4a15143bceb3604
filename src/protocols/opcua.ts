import type { Parsed } from '../base/reader.ts';
import { bad, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Peer, Protocol, Recognition } from './protocol.ts';
import { join, u32le } from './shared/bytes.ts';
import { access, attribute, detail, speaks } from './shared/facts.ts';
import {
  message,
  nodeId,
  parseChunk,
  parseMessage,
  readNodeId,
  readResponseHeader,
  readUaBytes,
  readUaCount,
  requestHeader,
  uaString,
} from './shared/opcua-messages.ts';
import { ask, leave, pair } from './shared/pair.ts';
import { utf8 } from './shared/strings.ts';

const NULL = [0xff, 0xff, 0xff, 0xff];
const POLICY = 'http://opcfoundation.org/UA/SecurityPolicy#';
/** Binary encodings of the services (Part 6 annex A, NodeIds.csv). */
const OPEN_CHANNEL = 446;
const OPEN_CHANNEL_RESPONSE = 449;
const GET_ENDPOINTS = 428;
const GET_ENDPOINTS_RESPONSE = 431;
const CLOSE_CHANNEL = 452;

/** By number (Part 4 §7.20, §7.42). */
const MODES = ['invalid', 'None', 'Sign', 'SignAndEncrypt'];
const TOKENS = ['anonymous', 'user name', 'certificate', 'issued'];
const ENDPOINTS_CAP = 32;

/** GetEndpoints is answered without a session and without credentials (Part 4 §5.4.4). */
export const opcua = {
  id: 'opcua',
  title: 'OPC UA',
  ports: [
    { port: 4840, over: 'tcp', iana: 'opcua-tcp' },
    { port: 4843, over: 'tls', iana: 'opcua-tls' },
  ],
  sources: [
    'OPC 10000-4 §5.4.4, §7.10, §7.33',
    'OPC 10000-6 §5.2, §6.7, §7.1',
    'IANA service-names-port-numbers',
  ],
  depth: 32,
  fragile: true,
  recognise,
  probe: { impact: 'reads', over: ['tcp'], dialogue },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, opcua.depth, {
    asked: parseChunk(first.client, opcua.depth),
    answered: parseChunk(first.server, opcua.depth),
    facts: (asked, answered) => {
      // A server may call first: reverse hello (Part 6 §7.1.2.6).
      if (asked && !['HEL', 'RHE', 'OPN'].includes(asked.type)) return undefined;
      if (answered && !['ACK', 'ERR', 'HEL', 'OPN'].includes(answered.type)) return undefined;
      return [speaks('opcua')];
    },
  });
}

function* dialogue(peer: Peer): Dialogue {
  const host = peer.address.includes(':') ? `[${peer.address.split('%', 1)[0]}]` : peer.address;
  const url = `opc.tcp://${host}:${peer.port}`;
  const answer = parseMessage(yield ask(message('HEL', hello(url)), parseMessage));
  if (answer.kind !== 'ok') return [];
  // An error in answer to our greeting is the protocol's own (§7.1.2.5).
  if (answer.value.type === 'ERR') return [speaks('opcua')];
  if (answer.value.type !== 'ACK' || answer.value.body.length !== 20) return [];

  const channel = parseChannel(yield ask(message('OPN', openChannel()), parseMessage));
  if (channel.kind !== 'ok') return [speaks('opcua')];
  const header = join(u32le(channel.value.id), u32le(channel.value.token));
  const send = message('MSG', join(header, getEndpoints(url)));
  const endpoints = parseEndpoints(yield ask(send, parseMessage));
  yield leave(message('CLO', join(header, closeChannel())));
  return [speaks('opcua'), ...endpointFacts(endpoints)];
}

/** Version 0, 64 KiB a chunk, at most 1 MiB and 16 chunks a message (§7.1.2.3). */
function hello(url: string): Uint8Array {
  return join(u32le(0), u32le(65_536), u32le(65_536), u32le(1_048_576), u32le(16), uaString(url));
}

/** A channel without security for a minute: what GetEndpoints is made for (Part 6 §6.7.4). */
function openChannel(): Uint8Array {
  const security = join(u32le(0), uaString(`${POLICY}None`), NULL, NULL);
  const parameters = join(u32le(0), u32le(0), u32le(1), NULL, u32le(60_000));
  return join(security, u32le(1), u32le(1), nodeId(OPEN_CHANNEL), requestHeader(1), parameters);
}

function getEndpoints(url: string): Uint8Array {
  const parameters = join(uaString(url), NULL, NULL);
  return join(u32le(2), u32le(2), nodeId(GET_ENDPOINTS), requestHeader(2), parameters);
}

function closeChannel(): Uint8Array {
  return join(u32le(3), u32le(3), nodeId(CLOSE_CHANNEL), requestHeader(3));
}

interface Channel {
  readonly id: number;
  readonly token: number;
}

export function parseChannel(bytes: Uint8Array): Parsed<Channel> {
  const answer = parseMessage(bytes);
  if (answer.kind !== 'ok') return answer;
  if (answer.value.type !== 'OPN') return bad('no channel');
  const reader = new Reader(answer.value.body);
  reader.skip(4);
  for (let part = 0; part < 3; part += 1) readUaBytes(reader);
  reader.skip(8);
  const service = readNodeId(reader);
  const status = readResponseHeader(reader);
  reader.skip(4);
  const id = reader.u32le();
  const token = reader.u32le();
  if (reader.failed || service !== OPEN_CHANNEL_RESPONSE || status !== 0) return bad('refused');
  return { kind: 'ok', value: { id, token }, size: answer.size };
}

interface Endpoint {
  readonly application: string;
  readonly product: string;
  readonly uri: string;
  readonly mode: string;
  readonly policy: string;
  readonly tokens: readonly string[];
}

export function parseEndpoints(bytes: Uint8Array): readonly Endpoint[] {
  const answer = parseMessage(bytes);
  if (answer.kind !== 'ok' || answer.value.type !== 'MSG') return [];
  const reader = new Reader(answer.value.body);
  reader.skip(16);
  const service = readNodeId(reader);
  const status = readResponseHeader(reader);
  if (service !== GET_ENDPOINTS_RESPONSE || status !== 0) return [];
  const count = readUaCount(reader, ENDPOINTS_CAP);
  const endpoints: Endpoint[] = [];
  for (let index = 0; index < count; index += 1) {
    const endpoint = readEndpoint(reader);
    if (reader.failed) break;
    endpoints.push(endpoint);
  }
  return endpoints;
}

/** EndpointDescription (Part 4 §7.10) with its ApplicationDescription (§7.1). */
function readEndpoint(reader: Reader): Endpoint {
  readUaBytes(reader);
  const uri = utf8(readUaBytes(reader));
  const product = utf8(readUaBytes(reader));
  const application = readLocalizedText(reader);
  reader.skip(4);
  readUaBytes(reader);
  readUaBytes(reader);
  const urls = readUaCount(reader, 64);
  for (let index = 0; index < urls; index += 1) readUaBytes(reader);
  readUaBytes(reader); // the certificate
  const mode = MODES[reader.u32le()] ?? 'invalid';
  const policy = utf8(readUaBytes(reader)).replace(POLICY, '');
  const tokens = readTokens(reader);
  readUaBytes(reader);
  reader.skip(1);
  return { application, product, uri, mode, policy, tokens };
}

/** A mask of what is there: locale, text (Part 6 §5.2.2.14). */
function readLocalizedText(reader: Reader): string {
  const mask = reader.u8();
  if ((mask & 1) !== 0) readUaBytes(reader);
  return (mask & 2) === 0 ? '' : utf8(readUaBytes(reader));
}

/** UserTokenPolicy (Part 4 §7.42). */
function readTokens(reader: Reader): readonly string[] {
  const tokens = new Set<string>();
  const count = readUaCount(reader, 16);
  for (let index = 0; index < count; index += 1) {
    readUaBytes(reader);
    tokens.add(TOKENS[reader.u32le()] ?? 'unknown');
    for (let part = 0; part < 3; part += 1) readUaBytes(reader);
  }
  return [...tokens];
}

function endpointFacts(endpoints: readonly Endpoint[]): readonly Fact[] {
  const [first] = endpoints;
  if (first === undefined) return [];
  const bare = endpoints.filter(({ mode }) => mode === 'None');
  const open = bare.some(({ tokens }) => tokens.includes('anonymous'));
  // Anonymous on a signed channel still asks for a certificate of ours that it trusts: not known.
  const guarded = endpoints.every(({ tokens }) => !tokens.includes('anonymous'));
  const level = open ? [access('open')] : guarded ? [access('credentials')] : [];
  return [
    ...level,
    ...(first.application === '' ? [] : [attribute('name', first.application)]),
    ...(first.product === '' ? [] : [detail('product', first.product)]),
    ...(first.uri === '' ? [] : [detail('application-uri', first.uri)]),
    ...endpoints.map(({ policy, mode, tokens }) =>
      detail('endpoint', `${policy}, ${mode}: ${tokens.join(', ')}`),
    ),
  ];
}
