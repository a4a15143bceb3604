import { Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { attribute, detail, proved, speaks } from './shared/facts.ts';
import { trimmed, utf8 } from './shared/strings.ts';

const DEPTH = 1500;
/** IEC 61158-6-10 §4.3: frames of DCP by their FrameID: hello, get and set, identify and its answer. */
const HELLO = 0xfefc;
const IDENTIFY = 0xfefe;
const IDENTIFIED = 0xfeff;
/** Services: get, set, identify, hello. Types: request, success, refused. */
const SERVICES = [3, 4, 5, 6];
const SERVICE_IDENTIFY = 5;
const REQUEST = 0;
const SUCCESS = 1;
const TYPES = [REQUEST, SUCCESS, 5];
/** FrameID, service, type, xid, delay factor, length of the blocks. */
const HEAD = 12;
/** ResponseDelayFactor: answers are spread over so many times 10 ms (1 to 0x1900). */
const MOST_DELAY = 0x1900;
/** Blocks of one frame: a device has about ten. */
const BLOCKS = 64;

/** Options with their suboptions, as one number. */
const IP_PARAMETER = 0x0102;
const STATION_TYPE = 0x0201;
const STATION_NAME = 0x0202;
const DEVICE_ID = 0x0203;
const DEVICE_ROLE = 0x0204;

/** Bits of a role, the one that says most first. */
const KINDS = [
  [0x02, 'plc'],
  [0x08, 'engineering station'],
  [0x04, 'io-device'],
  [0x01, 'io-device'],
] as const;

/** PROFINET's discovery, directly over Ethernet. Only the service Identify is ever asked: it reads. */
export const pnDcp = {
  id: 'pn-dcp',
  title: 'PROFINET DCP',
  ports: [],
  sources: ['IEC 61158-6-10 §4.3 (DCP APDU)', 'PROFINET System Description, PI 4.132'],
  depth: DEPTH,
  etherTypes: [0x8892],
  fragile: true,
  recognise,
} as const satisfies Protocol;

/** What a station says of itself. */
export interface DcpStation {
  readonly name: string;
  /** The maker's word for what it is: `S7-1200`. */
  readonly type: string;
  /** Undefined where it has none yet. */
  readonly address?: string;
  readonly facts: readonly Fact[];
}

/**
 * The frame's content after EtherType 0x8892 that asks every station to identify itself.
 *
 * @param xid told again in each answer
 * @param delayFactor answers come spread over so many times 10 ms
 */
export function identifyAll(xid: number, delayFactor: number): Uint8Array {
  const bytes = new Uint8Array(HEAD + 4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, IDENTIFY);
  view.setUint8(2, SERVICE_IDENTIFY);
  view.setUint8(3, REQUEST);
  view.setUint32(4, xid);
  view.setUint16(8, Math.min(Math.max(1, delayFactor), MOST_DELAY));
  view.setUint16(10, 4);
  // AllSelector: option and suboption 255, of no length.
  view.setUint16(12, 0xffff);
  return bytes;
}

/** What an answer to `identifyAll` says; undefined where it is none, or answers somebody else. */
export function readIdentified(bytes: Uint8Array, xid: number): DcpStation | undefined {
  const frame = headOf(bytes);
  if (frame === undefined || frame === 'more') return undefined;
  const isOurs = frame.frameId === IDENTIFIED && frame.type === SUCCESS && frame.xid === xid;
  return isOurs ? stationIn(frame.blocks) : undefined;
}

function recognise({ client, server, transport }: FirstBytes): Recognition {
  if ((transport !== undefined && transport !== 'other') || server.length > 0) return NO;
  if (client.length < HEAD) return isBegun(client) ? WAIT : NO;
  const frame = headOf(client);
  if (frame === undefined) return NO;
  if (frame === 'more') return WAIT;
  const { frameId, blocks } = frame;
  const tells = frameId === IDENTIFIED || frameId === HELLO;
  return proved([speaks('pn-dcp'), ...(tells ? stationIn(blocks).facts : [])]);
}

function isBegun(bytes: Uint8Array): boolean {
  const [first = 0xfe, second = HELLO & 0xff] = bytes;
  return first === 0xfe && second >= (HELLO & 0xff);
}

interface Frame {
  readonly frameId: number;
  readonly type: number;
  readonly xid: number;
  readonly blocks: Uint8Array;
}

function headOf(bytes: Uint8Array): Frame | 'more' | undefined {
  const reader = new Reader(bytes);
  const frameId = reader.u16();
  const service = reader.u8();
  const type = reader.u8();
  const xid = reader.u32();
  reader.skip(2);
  const length = reader.u16();
  const fits = frameId >= HELLO && fitsFrame(frameId, service, type);
  if (!fits || reader.failed || length < 4 || length > DEPTH - HEAD) return undefined;
  return reader.left < length ? 'more' : { frameId, type, xid, blocks: reader.take(length) };
}

/** Each kind of frame carries its own service, and its own side of it. */
function fitsFrame(frameId: number, service: number, type: number): boolean {
  if (!SERVICES.includes(service) || !TYPES.includes(type)) return false;
  if (frameId === HELLO) return service === 6 && type === REQUEST;
  if (frameId === IDENTIFY) return service === SERVICE_IDENTIFY && type === REQUEST;
  if (frameId === IDENTIFIED) return service === SERVICE_IDENTIFY && type === SUCCESS;
  return service === 3 || service === 4;
}

interface Draft {
  name: string;
  type: string;
  address: string | undefined;
  readonly facts: Fact[];
}

/** Option, suboption, length, then two octets of information and the value, padded to an even number. */
function stationIn(bytes: Uint8Array): DcpStation {
  const draft: Draft = { name: '', type: '', address: undefined, facts: [] };
  const reader = new Reader(bytes);
  for (let count = 0; count < BLOCKS && reader.left >= 4; count += 1) {
    const option = reader.u16();
    const length = reader.u16();
    const value = new Reader(reader.take(length));
    if (length % 2 === 1 && reader.left > 0) reader.skip(1);
    if (reader.failed) break;
    take(option, value, draft);
  }
  const { name, type, address } = draft;
  const facts = [
    ...(name === '' ? [] : [attribute('name', name)]),
    ...(type === '' ? [] : [attribute('model', type)]),
    attribute('category', 'industrial'),
    ...draft.facts,
  ];
  return { name, type, facts, ...(address === undefined ? {} : { address }) };
}

function take(option: number, value: Reader, draft: Draft): void {
  const info = value.u16();
  switch (option) {
    case IP_PARAMETER:
      // Not set (0), set, or set by DHCP; with bit 7 somebody else has it too.
      if ((info & 0x7f) !== 0) draft.address = addressOf(value.take(4));
      return;
    case STATION_NAME:
      draft.name = trimmed(utf8(value.take(value.left), 240));
      return;
    case STATION_TYPE:
      draft.type = trimmed(utf8(value.take(value.left), 255));
      return;
    case DEVICE_ID:
      draft.facts.push(
        detail('profinet vendor id', `0x${value.u16().toString(16).padStart(4, '0')}`),
        detail('profinet device id', `0x${value.u16().toString(16).padStart(4, '0')}`),
      );
      return;
    case DEVICE_ROLE: {
      const role = value.u8();
      const kind = KINDS.find(([bit]) => (role & bit) !== 0)?.[1];
      if (kind !== undefined) draft.facts.push(attribute('kind', kind));
      return;
    }
    default:
      return;
  }
}

function addressOf(octets: Uint8Array): string | undefined {
  return octets.length === 4 && octets.some((octet) => octet !== 0) ? octets.join('.') : undefined;
}
