import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { AttributeName, Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { join } from './shared/bytes.ts';
import { access, attribute, detail, likely, proved, speaks, undecided } from './shared/facts.ts';
import { ask, leave } from './shared/pair.ts';
import { readFields, readVarint, textField } from './shared/protobuf.ts';
import { utf8 } from './shared/strings.ts';

/** First octet of a message: in the clear, or inside the Noise protocol. */
const PLAIN = 0x00;
const NOISE = 0x01;
/** Types of message (api.proto). */
const HELLO_REQUEST = 1;
const HELLO_RESPONSE = 2;
const DISCONNECT_REQUEST = 5;
const DEVICE_INFO_REQUEST = 9;
const DEVICE_INFO_RESPONSE = 10;
const MESSAGE_CAP = 8192;

/** Fields of DeviceInfoResponse that say who it is. */
const ATTRIBUTES: readonly (readonly [field: number, name: AttributeName])[] = [
  [12, 'vendor'],
  [6, 'model'],
];

export const esphomeApi = {
  id: 'esphome-api',
  title: 'ESPHome native API',
  ports: [{ port: 6053, over: 'tcp' }],
  sources: [
    'https://github.com/esphome/aioesphomeapi/blob/main/aioesphomeapi/api.proto',
    'https://esphome.io/components/api.html',
    'https://developers.esphome.io/architecture/api/protocol_details/',
  ],
  depth: 32,
  touchy: true,
  recognise,
  probe: { impact: 'reads', over: ['tcp'], dialogue },
} as const satisfies Protocol;

interface Message {
  readonly type: number;
  readonly body: Uint8Array;
}

function recognise(first: FirstBytes): Recognition {
  const { client, server } = first;
  const asked = parseHello(client);
  if (asked.kind === 'bad') return NO;
  // Nobody speaks before the client, or answers half of its greeting.
  if (asked.kind === 'more') return server.length > 0 ? NO : undecided(first, esphomeApi.depth);
  const version = asked.value;
  if (server.length === 0) return likely([speaks('esphome-api', version)]);
  const answered = parseServerHello(server, version);
  if (answered.kind === 'bad') return NO;
  const facts = [speaks('esphome-api', version)];
  return answered.kind === 'ok' ? proved(facts) : likely(facts);
}

/** A client begins with HelloRequest, or with the empty frame that opens Noise and its handshake. */
function parseHello(client: Uint8Array): Parsed<'plain' | 'noise'> {
  if (client[0] === NOISE) return parseNoiseHello(client);
  const start = parseStart(client);
  if (start.kind !== 'ok') return start;
  const { type, body } = start.value;
  // Its first field is the client's name.
  const named = body.length === 0 || body[0] === 0x0a;
  return type === HELLO_REQUEST && named ? { ...start, value: 'plain' } : bad('no HelloRequest');
}

/** `01 0000`, then a frame whose first octet is 0 and whose handshake begins with a key of 32 octets. */
function parseNoiseHello(client: Uint8Array): Parsed<'noise'> {
  const reader = new Reader(client);
  reader.skip(1);
  const empty = reader.u16();
  if (empty !== 0) return bad('no empty hello');
  const next = reader.u8();
  const length = reader.u16();
  const zero = reader.u8();
  if (reader.failed) return next > NOISE ? bad('no Noise frame') : MORE;
  if (next !== NOISE || zero !== 0 || length < 49) return bad('no Noise frame');
  return { kind: 'ok', value: 'noise', size: reader.offset };
}

function parseServerHello(server: Uint8Array, version: 'plain' | 'noise'): Parsed<unknown> {
  if (version === 'noise') return parseNoiseFrame(server, esphomeApi.depth);
  if (server[0] === NOISE) return bad('refused: it wants Noise');
  const start = parseStart(server);
  return start.kind === 'ok' && start.value.type !== HELLO_RESPONSE ? bad('no response') : start;
}

/** The header and what has come of the body. */
function parseStart(bytes: Uint8Array): Parsed<Message> {
  const reader = new Reader(bytes);
  const indicator = reader.u8();
  const length = readVarint(reader);
  const type = readVarint(reader);
  if (bytes.length > 0 && indicator !== PLAIN) return bad('no preamble');
  if (length > MESSAGE_CAP || type > 0x3ff) return bad('no such message');
  if (reader.failed) return bytes.length < 8 ? MORE : bad('no such message');
  return {
    kind: 'ok',
    value: { type, body: reader.take(Math.min(length, reader.left)) },
    size: reader.offset,
  };
}

export function parseMessage(bytes: Uint8Array): Parsed<Message> {
  const reader = new Reader(bytes);
  const start = parseStart(bytes);
  if (start.kind !== 'ok') return start;
  reader.skip(1);
  const length = readVarint(reader);
  readVarint(reader);
  const body = reader.take(length);
  if (reader.failed) return MORE;
  return { kind: 'ok', value: { type: start.value.type, body }, size: reader.offset };
}

/** `01`, a length of 16 bits, and a body that begins with 1 for the protocol chosen or a refusal. */
export function parseNoiseFrame(
  bytes: Uint8Array,
  depth = Number.POSITIVE_INFINITY,
): Parsed<Uint8Array> {
  const reader = new Reader(bytes);
  const indicator = reader.u8();
  const length = reader.u16();
  if (bytes.length > 0 && indicator !== NOISE) return bad('no Noise frame');
  if (length > 512) return bad('too long for a hello');
  const body = reader.take(bytes.length >= depth ? Math.min(length, reader.left) : length);
  if (reader.failed) return MORE;
  return body[0] === 1 ? { kind: 'ok', value: body, size: reader.offset } : bad('no server hello');
}

/** Greets it in the clear; a device that wants encryption is asked for its name in the way of Noise. */
function* dialogue(): Dialogue {
  const hello = message(HELLO_REQUEST, join([0x0a, 8], 'portolan', [0x10, 1, 0x18, 10]));
  const received = yield ask(hello, parseEither);
  if (received[0] === NOISE) return yield* askNoise(received);
  const answer = parseMessage(received);
  if (answer.kind !== 'ok' || answer.value.type !== HELLO_RESPONSE) return [];
  const greeting = readFields(answer.value.body);
  const server = textField(greeting, 3);
  const name = textField(greeting, 4);
  const info = parseMessage(yield ask(message(DEVICE_INFO_REQUEST), parseMessage));
  yield leave(message(DISCONNECT_REQUEST));
  return [
    speaks('esphome-api', 'plain'),
    ...(server === undefined ? [] : [detail('product', server)]),
    ...(name === undefined ? [] : [attribute('name', name)]),
    ...(info.kind === 'ok' && info.value.type === DEVICE_INFO_RESPONSE
      ? deviceFacts(info.value.body)
      : []),
  ];
}

function parseEither(bytes: Uint8Array): Parsed<unknown> {
  return bytes[0] === NOISE ? parseNoiseFrame(bytes) : parseMessage(bytes);
}

/** The refusal of our greeting is half a proof; the server hello, with its name, is the other. */
function* askNoise(refusal: Uint8Array): Dialogue {
  if (parseNoiseFrame(refusal).kind !== 'ok') return [];
  const hello = parseNoiseFrame(yield ask(Uint8Array.of(NOISE, 0, 0), parseNoiseFrame, true));
  if (hello.kind !== 'ok') return [];
  const [name = '', mac = ''] = utf8(hello.value.subarray(1)).split('\u0000');
  return [
    speaks('esphome-api', 'noise'),
    access('credentials'),
    ...(name === '' ? [] : [attribute('name', name)]),
    ...(mac === '' ? [] : [detail('mac', mac)]),
  ];
}

function deviceFacts(body: Uint8Array): readonly Fact[] {
  const fields = readFields(body);
  const usesPassword = fields.some(({ number, value }) => number === 1 && value === 1);
  const mac = textField(fields, 3);
  const version = textField(fields, 4);
  const project = textField(fields, 8);
  const named = ATTRIBUTES.flatMap(([field, name]) => {
    const text = textField(fields, field);
    return text === undefined ? [] : [attribute(name, text)];
  });
  return [
    access(usesPassword ? 'credentials' : 'open'),
    ...(version === undefined ? [] : [attribute('firmware', `ESPHome ${version}`)]),
    ...named,
    ...(project === undefined ? [] : [detail('project', project)]),
    ...(mac === undefined ? [] : [detail('mac', mac)]),
  ];
}

function message(type: number, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  return join([PLAIN, body.length, type], body);
}
