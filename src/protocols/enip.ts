import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import { enipFields } from './fields/industrial.ts';
import type {
  Dialogue,
  FirstBytes,
  Peer,
  Protocol,
  Recognition,
  SearchSender,
  Sighting,
} from './protocol.ts';
import { join, sameBytes } from './shared/bytes.ts';
import { access, amplification, attribute, detail, speaks } from './shared/facts.ts';
import { ask, pair } from './shared/pair.ts';
import { trimmed } from './shared/strings.ts';

const PORT = 44_818;
const LIST_IDENTITY = 0x63;
const HEADER = 24;
/** CIP identity item (EtherNet/IP Adaptation of CIP, §2-4.3.3). */
const IDENTITY_ITEM = 0x0c;

/** ListServices, ListIdentity, ListInterfaces, (Un)RegisterSession, SendRRData, SendUnitData. */
const COMMANDS: readonly number[] = [0x04, 0x63, 0x64, 0x65, 0x66, 0x6f, 0x70];

/** Makers whose devices are common, by their ODVA number; others stay a number. */
const VENDORS: ReadonlyMap<number, string> = new Map([
  [1, 'Rockwell Automation/Allen-Bradley'],
  [47, 'Omron'],
  [90, 'HMS Industrial Networks'],
  [243, 'Schneider Electric'],
]);

export const enip = {
  id: 'enip',
  title: 'EtherNet/IP',
  ports: [
    { port: PORT, over: 'tcp', iana: 'EtherNet-IP-2' },
    { port: PORT, over: 'udp', iana: 'EtherNet-IP-2' },
    { port: 2221, over: 'tls', iana: 'rockwell-csp1' },
  ],
  sources: [
    'ODVA, The CIP Networks Library Volume 2: EtherNet/IP Adaptation of CIP, chapter 2',
    'https://www.odva.org (vendor identifiers)',
    'IANA service-names-port-numbers',
  ],
  depth: 32,
  fragile: true,
  recognise,
  fields: enipFields,
  probe: { impact: 'reads', over: ['udp', 'tcp', 'tls'], dialogue },
  search: { transport: 'udp', port: PORT, groups: ['broadcast'], questions, read },
} as const satisfies Protocol;

interface Encapsulation {
  readonly command: number;
  readonly length: number;
  readonly status: number;
  readonly context: Uint8Array;
}

function recognise(first: FirstBytes): Recognition {
  return pair(first, enip.depth, {
    asked: parseHeader(first.client),
    answered: parseHeader(first.server),
    facts: (asked, answered) => {
      if (asked && asked.status !== 0) return undefined;
      const apart = asked && answered && asked.command !== answered.command;
      return apart ? undefined : [speaks('enip')];
    },
  });
}

/** Volume 2 §2-3.1: everything is little-endian; options are 0. */
export function parseHeader(bytes: Uint8Array): Parsed<Encapsulation> {
  const reader = new Reader(bytes);
  const command = reader.u16le();
  const length = reader.u16le();
  reader.skip(4);
  const status = reader.u32le();
  const context = reader.take(8);
  const options = reader.u32le();
  if (bytes.length > 1 && !COMMANDS.includes(command)) return bad('no such command');
  if (reader.failed) return MORE;
  if (options !== 0 || status > 0xff || length > 65_511) return bad('no encapsulation header');
  return { kind: 'ok', value: { command, length, status, context }, size: HEADER };
}

/** ListIdentity needs no session and changes nothing. */
function* dialogue(peer: Peer): Dialogue {
  const context = peer.nonce.subarray(0, 8);
  const send = listIdentity(context);
  const received = yield ask(send, parseIdentity);
  const answer = parseIdentity(received);
  if (answer.kind !== 'ok' || !sameBytes(answer.value.context, context)) return [];
  const size = peer.over === 'udp' ? amplification(send, received) : [];
  return [speaks('enip'), access('open'), ...answer.value.facts, ...size];
}

function listIdentity(context: Uint8Array): Uint8Array {
  return join([LIST_IDENTITY, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], context, [0, 0, 0, 0]);
}

interface Identity {
  readonly context: Uint8Array;
  readonly facts: readonly Fact[];
}

export function parseIdentity(bytes: Uint8Array): Parsed<Identity> {
  const header = parseHeader(bytes);
  if (header.kind !== 'ok') return header;
  if (header.value.command !== LIST_IDENTITY) return bad('another command');
  const end = HEADER + header.value.length;
  if (bytes.length < end) return MORE;
  const reader = new Reader(bytes.subarray(HEADER, end));
  const count = reader.u16le();
  const type = reader.u16le();
  const item = reader.take(reader.u16le());
  if (reader.failed || count === 0 || type !== IDENTITY_ITEM) return bad('no identity');
  const facts = readIdentity(new Reader(item));
  if (facts === undefined) return bad('the identity is cut');
  return { kind: 'ok', value: { context: header.value.context, facts }, size: end };
}

/** Version, socket address (16), vendor, type, product, revision, status, serial, name, state. */
function readIdentity(reader: Reader): readonly Fact[] | undefined {
  reader.skip(18);
  const vendor = reader.u16le();
  const type = reader.u16le();
  const product = reader.u16le();
  const major = reader.u8();
  const minor = reader.u8();
  reader.skip(2);
  const serial = reader.u32le();
  const name = trimmed(reader.text(reader.u8()));
  if (reader.failed) return undefined;
  const maker = VENDORS.get(vendor);
  return [
    ...(maker === undefined ? [] : [attribute('vendor', maker)]),
    ...(name === '' ? [] : [attribute('model', name)]),
    attribute('firmware', `${major}.${minor}`),
    attribute('serial', serial.toString(16).padStart(8, '0')),
    detail('vendor-id', String(vendor)),
    detail('device-type', String(type)),
    detail('product-code', String(product)),
  ];
}

function questions(nonce: Uint8Array): readonly Uint8Array[] {
  return [listIdentity(nonce.subarray(0, 8))];
}

function read(datagram: Uint8Array, { address, port }: SearchSender): readonly Sighting[] {
  const answer = parseIdentity(datagram);
  if (answer.kind !== 'ok') return [];
  return [
    {
      address,
      transport: 'udp',
      port,
      facts: [speaks('enip'), access('open'), ...answer.value.facts],
    },
  ];
}
