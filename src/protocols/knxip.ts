import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type {
  Dialogue,
  FirstBytes,
  Peer,
  Protocol,
  Recognition,
  SearchSender,
  Sighting,
} from './protocol.ts';
import { hexOf, join, u16 } from './shared/bytes.ts';
import { access, amplification, attribute, detail, speaks } from './shared/facts.ts';
import { ask, pair } from './shared/pair.ts';
import { trimmed } from './shared/strings.ts';

const PORT = 3671;
const GROUP = '224.0.23.12';
const SEARCH_REQUEST = 0x0201;
const SEARCH_RESPONSE = 0x0202;
const DESCRIPTION_REQUEST = 0x0203;
const DESCRIPTION_RESPONSE = 0x0204;
/** Description of the device (KNX 03.08.02 §7.5.4.2). */
const DEVICE_INFO = 0x01;

/** Blocks of core, device management, tunnelling, routing, remote diagnosis, secure. */
const SERVICES: readonly number[] = [0x02, 0x03, 0x04, 0x05, 0x07, 0x09];
/** Media of the bus, a bit each (§7.5.4.2.1). */
const MEDIA: ReadonlyMap<number, string> = new Map([
  [0x02, 'TP1'],
  [0x04, 'PL110'],
  [0x10, 'RF'],
  [0x20, 'KNX IP'],
]);

export const knxip = {
  id: 'knxip',
  title: 'KNXnet/IP',
  ports: [
    { port: PORT, over: 'udp', iana: 'efcp' },
    { port: PORT, over: 'tcp', iana: 'efcp' },
  ],
  sources: [
    'KNX Standard 03.08.01 KNXnet/IP Overview, 03.08.02 Core',
    'ISO 22510:2019',
    'IANA service-names-port-numbers',
  ],
  depth: 16,
  fragile: true,
  recognise,
  probe: { impact: 'reads', over: ['udp', 'tcp'], dialogue },
  search: { transport: 'udp', port: PORT, groups: [GROUP], questions, read },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, knxip.depth, {
    asked: parseHeader(first.client),
    answered: parseHeader(first.server),
    facts: () => [speaks('knxip')],
  });
}

export interface Header {
  readonly service: number;
  readonly length: number;
}

/** 03.08.01 §2.3: size 6, version 1.0, service, length of the whole. */
export function parseHeader(bytes: Uint8Array): Parsed<Header> {
  const reader = new Reader(bytes);
  const size = reader.u8();
  const version = reader.u8();
  const service = reader.u16();
  const length = reader.u16();
  if (bytes.length > 0 && size !== 0x06) return bad('no header of six octets');
  if (bytes.length > 1 && version !== 0x10) return bad('another version');
  if (reader.failed) return MORE;
  if (!SERVICES.includes(service >> 8) || length < 6) return bad('no such service');
  return { kind: 'ok', value: { service, length }, size: reader.offset };
}

function* dialogue(peer: Peer): Dialogue {
  const send = request(DESCRIPTION_REQUEST, peer.over);
  const received = yield ask(send, parseDescription);
  const answer = parseDescription(received);
  if (answer.kind !== 'ok') return [];
  const size = peer.over === 'udp' ? amplification(send, received) : [];
  return [speaks('knxip', '1'), access('open'), ...answer.value, ...size];
}

/** Its endpoint is 0.0.0.0:0, "route back": the answer goes to whoever asked (03.08.02 §8.6.2.2). */
function request(service: number, over: Peer['over']): Uint8Array {
  const endpoint = [8, over === 'tcp' ? 2 : 1, 0, 0, 0, 0, 0, 0];
  return join([6, 0x10], u16(service), u16(14), endpoint);
}

/** The answer to a description or a search: the same blocks, the latter after an endpoint. */
export function parseDescription(bytes: Uint8Array): Parsed<readonly Fact[]> {
  const header = parseHeader(bytes);
  if (header.kind !== 'ok') return header;
  const { service, length } = header.value;
  if (service !== DESCRIPTION_RESPONSE && service !== SEARCH_RESPONSE) return bad('no description');
  if (bytes.length < length) return MORE;
  const reader = new Reader(bytes.subarray(header.size, length));
  if (service === SEARCH_RESPONSE) reader.skip(8);
  const facts = readBlocks(reader);
  return facts.length === 0 ? bad('no device') : { kind: 'ok', value: facts, size: length };
}

function readBlocks(reader: Reader): readonly Fact[] {
  for (let blocks = 0; reader.left > 1 && blocks < 16; blocks += 1) {
    const size = reader.u8();
    const type = reader.u8();
    if (size < 2) return [];
    const body = reader.take(size - 2);
    if (type === DEVICE_INFO && !reader.failed) return readDevice(new Reader(body));
  }
  return [];
}

/** Medium, status, address, installation, serial number, routing group, MAC address, name. */
function readDevice(reader: Reader): readonly Fact[] {
  const medium = reader.u8();
  reader.skip(1);
  const address = reader.u16();
  reader.skip(2);
  const serial = reader.take(6);
  reader.skip(4);
  const mac = hexOf(reader.take(6));
  const name = trimmed(reader.text(30));
  if (reader.failed) return [];
  const area = `${address >> 12}.${(address >> 8) & 0x0f}.${address & 0xff}`;
  return [
    ...(name === '' ? [] : [attribute('name', name)]),
    attribute('serial', hexOf(serial)),
    detail('individual-address', area),
    detail('mac', mac.replaceAll(/(..)(?!$)/g, '$1:')),
    detail('medium', MEDIA.get(medium) ?? String(medium)),
  ];
}

function questions(): readonly Uint8Array[] {
  return [request(SEARCH_REQUEST, 'udp')];
}

function read(datagram: Uint8Array, { address, port }: SearchSender): readonly Sighting[] {
  const answer = parseDescription(datagram);
  if (answer.kind !== 'ok') return [];
  return [{ address, transport: 'udp', port, facts: [speaks('knxip', '1'), ...answer.value] }];
}
