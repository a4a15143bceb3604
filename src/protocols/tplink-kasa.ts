import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import { untrusted } from '../base/untrusted.ts';
import type { AttributeName, Fact } from '../model/evidence.ts';
import type {
  Dialogue,
  FirstBytes,
  Peer,
  Protocol,
  Recognition,
  SearchSender,
  Sighting,
} from './protocol.ts';
import { ascii, join, u32 } from './shared/bytes.ts';
import { access, amplification, attribute, detail, speaks } from './shared/facts.ts';
import { memberOf, parseJson, textMember } from './shared/json.ts';
import { ask, pair } from './shared/pair.ts';
import { utf8 } from './shared/strings.ts';
import { textOf } from './shared/text.ts';

const PORT = 9999;
/** First key of the autokey cipher: each octet is the key of the next. */
const KEY = 171;
const MESSAGE_CAP = 8192;
const QUESTION = '{"system":{"get_sysinfo":{}}}';

const MEMBERS: readonly (readonly [member: string, name: AttributeName])[] = [
  ['alias', 'name'],
  ['model', 'model'],
  ['sw_ver', 'firmware'],
  ['hw_ver', 'hardware'],
];

/** The vendor has published nothing of it: the sources are an analysis and a free client. */
export const tplinkKasa = {
  id: 'tplink-kasa',
  title: 'TP-Link Kasa',
  ports: [
    { port: PORT, over: 'tcp' },
    { port: PORT, over: 'udp' },
  ],
  sources: [
    'https://www.softscheck.com/en/blog/tp-link-reverse-engineering/',
    'https://github.com/python-kasa/python-kasa',
  ],
  depth: 16,
  recognise,
  probe: { impact: 'reads', over: ['tcp', 'udp'], dialogue },
  search: { transport: 'udp', port: PORT, groups: ['broadcast'], questions, read },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, tplinkKasa.depth, {
    asked: parseStart(first.client),
    answered: parseStart(first.server),
    facts: () => [speaks('tplink-kasa')],
  });
}

/** The first octets in clear text: an object whose first member has a name. */
export function parseStart(bytes: Uint8Array): Parsed<null> {
  const framed = bytes.length === 0 || bytes[0] === 0;
  const reader = new Reader(bytes);
  if (framed) {
    const length = reader.u32();
    if (bytes.length >= 4 && (length < 2 || length > MESSAGE_CAP)) return bad('no such length');
  }
  const text = textOf(decipher(reader.rest().subarray(0, 16)), 16);
  if (text.length < 8) return '{"'.startsWith(text.slice(0, 2)) ? MORE : bad('no object');
  return /^\{"[a-z_.]{6}/.test(text) ? { kind: 'ok', value: null, size: 8 } : bad('no object');
}

function* dialogue({ over }: Peer): Dialogue {
  const send = over === 'udp' ? question() : join(u32(QUESTION.length), question());
  const parse = over === 'udp' ? parseDatagram : parseStream;
  const received = yield ask(send, parse);
  const answer = parse(received);
  if (answer.kind !== 'ok') return [];
  const size = over === 'udp' ? amplification(send, received) : [];
  return [...answer.value, ...size];
}

/** Length, then the object. */
function parseStream(bytes: Uint8Array): Parsed<readonly Fact[]> {
  const reader = new Reader(bytes);
  const length = reader.u32();
  if (length > MESSAGE_CAP) return bad('too long');
  const body = reader.take(length);
  return reader.failed ? MORE : parseDatagram(body);
}

export function parseDatagram(bytes: Uint8Array): Parsed<readonly Fact[]> {
  if (bytes.length === 0) return MORE;
  if (bytes.length > MESSAGE_CAP) return bad('too long');
  const said = parseJson(utf8(decipher(bytes), MESSAGE_CAP));
  const info = memberOf(memberOf(said, 'system'), 'get_sysinfo');
  // The question, echoed, has an empty object there.
  if (textMember(info, 'model') === undefined) return bad('no description of a device');
  return { kind: 'ok', value: factsOf(info), size: bytes.length };
}

/** Where it stands on the map is in the answer too, and is not kept. */
function factsOf(info: unknown): readonly Fact[] {
  const id = textMember(info, 'deviceId');
  const mac = textMember(info, 'mac') ?? textMember(info, 'mic_mac');
  const identity: readonly Fact[] =
    id === undefined ? [] : [{ kind: 'identifier', scheme: 'serial', value: untrusted(id) }];
  const named = MEMBERS.flatMap(([member, name]) => {
    const text = textMember(info, member);
    return text === undefined ? [] : [attribute(name, text)];
  });
  return [
    speaks('tplink-kasa'),
    access('open'),
    attribute('vendor', 'TP-Link'),
    ...named,
    ...identity,
    ...(mac === undefined ? [] : [detail('mac', mac)]),
  ];
}

function question(): Uint8Array {
  let key = KEY;
  return ascii(QUESTION).map((octet) => {
    key ^= octet;
    return key;
  });
}

function decipher(bytes: Uint8Array): Uint8Array {
  return bytes.map((octet, index) => octet ^ (index === 0 ? KEY : (bytes[index - 1] ?? 0)));
}

function questions(): readonly Uint8Array[] {
  return [question()];
}

function read(datagram: Uint8Array, { address, port }: SearchSender): readonly Sighting[] {
  const answer = parseDatagram(datagram);
  return answer.kind === 'ok' ? [{ address, transport: 'udp', port, facts: answer.value }] : [];
}
