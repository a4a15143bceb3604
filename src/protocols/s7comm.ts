import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import { s7commFields } from './fields/s7comm.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { join, u16 } from './shared/bytes.ts';
import { access, attribute, detail, likely, proved, speaks } from './shared/facts.ts';
import { ask } from './shared/pair.ts';
import { trimmed } from './shared/strings.ts';
import type { TransportMessage } from './shared/tpkt.ts';
import {
  CONNECT_CONFIRM,
  connectRequest,
  DATA,
  DISCONNECT_REQUEST,
  dataMessage,
  opening,
  parseTpkt,
  transportMessages,
} from './shared/tpkt.ts';

const S7 = 0x32;
/** Kinds of message: what asks, what answers with data, what does neither of both. */
const JOB = 0x01;
const ACK_DATA = 0x03;
const USERDATA = 0x07;
const SETUP = 0xf0;

/**
 * Endpoints of the programmer's link in rack 0: slot 2 (S7-300), slot 1 (S7-1200 and 1500), slot 0
 * (LOGO!, soft controllers). The next is tried only where one was refused in so many words.
 */
const ENDPOINTS = [0x0102, 0x0101, 0x0100];

/** System status lists that are read (Siemens, System Software Reference Volume 2, §34). */
const MODULE_IDENTIFICATION = 0x0011;
const COMPONENT_IDENTIFICATION = 0x001c;

/** It is connected to and asked who it is: never for a block, a variable, a start or a stop. */
export const s7comm = {
  id: 's7comm',
  title: 'Siemens S7 communication',
  ports: [{ port: 102, over: 'tcp', iana: 'iso-tsap' }],
  sources: [
    'RFC 1006',
    'RFC 905 §13',
    'Siemens A5E00709327 System and Standard Functions for S7-300/400, Volume 2 (SZL 0x0011, 0x001C)',
    'https://wiki.wireshark.org/S7comm',
    'IANA service-names-port-numbers',
  ],
  depth: 128,
  fragile: true,
  recognise,
  fields: s7commFields,
  probe: { impact: 'reads', over: ['tcp'], dialogue },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  const start = opening(first, s7comm.depth);
  if (start.kind !== 'open') return start;
  const { question, answers } = start;
  if (question === undefined || !isClassic(question)) return NO;
  return (answers.some(isClassic) ? proved : likely)([speaks('s7comm', 'classic')]);
}

function isClassic({ type, data }: TransportMessage): boolean {
  return type === DATA && data[0] === S7;
}

/** A device that knows the transport and not S7 is said to speak `cotp`, not taken for nothing. */
function* dialogue(): Dialogue {
  let reconnect = false;
  for (const endpoint of ENDPOINTS) {
    const answer = parseTpkt(yield ask(connectRequest(endpoint), parseTpkt, reconnect));
    if (answer.kind !== 'ok') return [];
    if (answer.value.type === CONNECT_CONFIRM) return yield* setUp();
    if (answer.value.type !== DISCONNECT_REQUEST) return [];
    reconnect = true;
  }
  return [speaks('cotp')];
}

function* setUp(): Dialogue {
  const parameters = join([SETUP, 0], u16(1), u16(1), u16(480));
  const send = message(JOB, parameters, new Uint8Array(0));
  const answer = parseAnswer(yield ask(send, parseAnswer));
  const accepted =
    answer.kind === 'ok' && answer.value.type === ACK_DATA && answer.value.parameters[0] === SETUP;
  if (!accepted) return [speaks('cotp')];

  const modules = readList(
    yield ask(listRequest(MODULE_IDENTIFICATION), parseAnswer),
    MODULE_IDENTIFICATION,
  );
  const components = readList(
    yield ask(listRequest(COMPONENT_IDENTIFICATION), parseAnswer),
    COMPONENT_IDENTIFICATION,
  );
  const facts = [...modules.flatMap(moduleFacts), ...components.flatMap(componentFacts)];
  // The later controllers answer the set-up and refuse the rest: that is no proof of open access.
  const open = modules.length + components.length > 0 ? [access('open')] : [];
  const vendor = facts.length > 0 ? [attribute('vendor', 'Siemens')] : [];
  return [speaks('s7comm', 'classic'), ...open, ...vendor, ...facts];
}

function message(type: number, parameters: Uint8Array, data: Uint8Array): Uint8Array {
  const header = join([S7, type, 0, 0, 0, 1], u16(parameters.length), u16(data.length));
  return dataMessage(join(header, parameters, data));
}

/** Userdata request of the group "CPU functions", "read SZL". */
function listRequest(list: number): Uint8Array {
  const parameters = Uint8Array.of(0x00, 0x01, 0x12, 0x04, 0x11, 0x44, 0x01, 0x00);
  return message(USERDATA, parameters, join([0xff, 0x09], u16(4), u16(list), u16(0)));
}

interface Answer {
  readonly type: number;
  readonly parameters: Uint8Array;
  readonly data: Uint8Array;
}

/** An S7 message, whose data may come in several transport messages. */
export function parseAnswer(bytes: Uint8Array): Parsed<Answer> {
  const { messages, rest } = transportMessages(bytes);
  const end = messages.findIndex((part) => part.type !== DATA || part.last);
  if (end === -1) return rest === 'more' ? MORE : bad('the message does not end');
  const parts = messages.slice(0, end + 1);
  if (parts.some((part) => part.type !== DATA)) return bad('no data');
  const reader = new Reader(join(...parts.map((part) => part.data)));
  const protocol = reader.u8();
  const type = reader.u8();
  reader.skip(4);
  const parameterLength = reader.u16();
  const dataLength = reader.u16();
  // Answers tell an error of their own where requests have nothing (class and code).
  if (type === ACK_DATA || type === 0x02) reader.skip(2);
  const parameters = reader.take(parameterLength);
  const data = reader.take(dataLength);
  if (reader.failed || protocol !== S7) return bad('no S7 message');
  return { kind: 'ok', value: { type, parameters, data }, size: bytes.length };
}

interface Entry {
  readonly index: number;
  readonly data: Uint8Array;
}

/** Entries of a system status list: length and number of entries, each with an index. */
function readList(bytes: Uint8Array, list: number): readonly Entry[] {
  const answer = parseAnswer(bytes);
  if (answer.kind !== 'ok' || answer.value.type !== USERDATA) return [];
  const reader = new Reader(answer.value.data);
  const code = reader.u8();
  reader.skip(3);
  const id = reader.u16();
  reader.skip(2);
  const size = reader.u16();
  const count = reader.u16();
  if (code !== 0xff || id !== list || size < 4) return [];
  const entries: Entry[] = [];
  for (let number = 0; number < count && number < 32 && reader.left >= size; number += 1) {
    const index = reader.u16();
    entries.push({ index, data: reader.take(size - 2) });
  }
  return entries;
}

/** SZL 0x0011: order number, and in the last octets a version where its first is a `V`. */
function moduleFacts({ index, data }: Entry): readonly Fact[] {
  const reader = new Reader(data);
  const order = trimmed(reader.text(20));
  reader.skip(2);
  const [letter, major, minor, patch] = reader.take(4);
  const version = letter === 0x56 ? `V${major}.${minor}.${patch}` : undefined;
  switch (index) {
    case 1: // the module itself
      return order === '' ? [] : [detail('order-number', order)];
    case 6: // its hardware
      return version === undefined ? [] : [attribute('hardware', order || version)];
    case 7: // its firmware
      return version === undefined ? [] : [attribute('firmware', version)];
    default:
      return [];
  }
}

/** SZL 0x001C: names that were given, and those that the maker gave. */
function componentFacts({ index, data }: Entry): readonly Fact[] {
  const text = trimmed(new Reader(data).text(Math.min(data.length, 32)));
  if (text === '') return [];
  switch (index) {
    case 1: // of the automation system
      return [attribute('name', text)];
    case 2: // of the module
      return [detail('module-name', text)];
    case 3:
      return [detail('plant', text)];
    case 5:
      return [attribute('serial', text)];
    case 7: // type of the module
      return [attribute('model', text)];
    case 11:
      return [detail('location', text)];
    default:
      return [];
  }
}
