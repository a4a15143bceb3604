import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { Field } from '../model/flow.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { attribute, detail, proved, speaks } from './shared/facts.ts';
import { ofBoth } from './shared/field-list.ts';
import { trimmed, utf8 } from './shared/strings.ts';
import type { TypeLengthValue } from './shared/type-lengths.ts';
import { readLldpTlvs } from './shared/type-lengths.ts';

const DEPTH = 1500;
/** IEEE 802.1AB-2016 §8.5. */
const CHASSIS_ID = 1;
const PORT_ID = 2;
const TIME_TO_LIVE = 3;
const PORT_DESCRIPTION = 4;
const SYSTEM_NAME = 5;
const SYSTEM_DESCRIPTION = 6;
const CAPABILITIES = 7;
const ORGANISATION = 127;

/** LLDP-MED inventory (ANSI/TIA-1057 §10.2.6), by subtype under 00-12-BB. */
const MED = 0x0012bb;
const INVENTORY = new Map([
  [5, 'hardware'],
  [6, 'firmware'],
  [8, 'serial'],
  [9, 'vendor'],
  [10, 'model'],
] as const);
/** IANA's own, of which subtype 1 is a MUD URL (RFC 8520 §10.4). */
const IANA = 0x00005e;

/** Bits of what a station is able to do (§8.5.8.1), the one that says most first. */
const KINDS = [
  [0x10, 'router'],
  [0x08, 'access point'],
  [0x20, 'phone'],
  [0x04, 'switch'],
] as const;

/** What a station tells its neighbour on the cable; it is never asked for. */
export const lldp = {
  id: 'lldp',
  title: 'Link Layer Discovery Protocol',
  ports: [],
  sources: ['IEEE 802.1AB-2016 §8', 'ANSI/TIA-1057 §10.2', 'RFC 8520 §10.4'],
  depth: DEPTH,
  etherTypes: [0x88cc],
  recognise,
  fields: ofBoth((bytes, fields) => {
    for (const { name, value } of fieldsIn(readLldpTlvs(bytes))) fields.add(name, value);
  }),
} as const satisfies Protocol;

/** What stands first is told by its rules; who answers it is no neighbour. */
function recognise({ client, server, transport }: FirstBytes): Recognition {
  if ((transport !== undefined && transport !== 'other') || server.length > 0) return NO;
  const start = parseStart(client);
  if (start.kind !== 'ok') return start.kind === 'more' ? WAIT : NO;
  return proved([speaks('lldp'), ...readLldpTlvs(client).flatMap(factsOf)]);
}

/** Chassis, port and time to live, in this order and once each (§8.2). */
function parseStart(bytes: Uint8Array): Parsed<null> {
  const reader = new Reader(bytes);
  for (const [type, least, most] of START) {
    if (reader.left < 2) return MORE;
    const head = reader.u16();
    const length = head & 0x1ff;
    const fits = head >> 9 === type && length >= least && length <= most;
    if (!fits || !isSubtype(type, bytes[reader.offset] ?? 1)) return bad('no LLDP');
    reader.skip(length);
    if (reader.failed) return MORE;
  }
  return { kind: 'ok', value: null, size: reader.offset };
}

/** Kinds of id, of which each has seven (§8.5.2.2, §8.5.3.2). */
function isSubtype(type: number, subtype: number): boolean {
  return type === TIME_TO_LIVE || (subtype >= 1 && subtype <= 7);
}

/** Type, least and greatest length (§8.5.2 to §8.5.4); ids have a subtype of one octet. */
const START = [
  [CHASSIS_ID, 2, 256],
  [PORT_ID, 2, 256],
  [TIME_TO_LIVE, 2, 2],
] as const;

function factsOf({ type, value }: TypeLengthValue): readonly Fact[] {
  const text = trimmed(utf8(value, 255));
  switch (type) {
    case SYSTEM_NAME:
      return text === '' ? [] : [attribute('name', text)];
    case SYSTEM_DESCRIPTION:
      return text === '' ? [] : [detail('system-description', text)];
    case PORT_DESCRIPTION:
      return text === '' ? [] : [detail('port-description', text)];
    case CAPABILITIES:
      return kindOf(value);
    case ORGANISATION:
      return ofOrganisation(value);
    default:
      return [];
  }
}

/** What it is able to do, and what of it is switched on. */
function kindOf(value: Uint8Array): readonly Fact[] {
  const enabled = (value[2] ?? 0) * 256 + (value[3] ?? 0);
  const kind = KINDS.find(([bit]) => (enabled & bit) !== 0)?.[1];
  return kind === undefined ? [] : [attribute('kind', kind)];
}

function ofOrganisation(value: Uint8Array): readonly Fact[] {
  const [a = 0, b = 0, c = 0, subtype = 0] = value;
  const organisation = a * 0x10000 + b * 0x100 + c;
  const text = trimmed(utf8(value.subarray(4), 255));
  if (text === '') return [];
  if (organisation === IANA && subtype === 1) return [detail('mud-url', text)];
  const name = organisation === MED ? inventoryName(subtype) : undefined;
  return name === undefined ? [] : [attribute(name, text)];
}

function inventoryName(
  subtype: number,
): 'hardware' | 'firmware' | 'serial' | 'vendor' | 'model' | undefined {
  return [...INVENTORY].find(([number]) => number === subtype)?.[1];
}

function* fieldsIn(tlvs: readonly TypeLengthValue[]): Generator<Field> {
  for (const { type, value } of tlvs) {
    const text = trimmed(utf8(value, 255));
    if (type === SYSTEM_NAME) yield { name: 'lldp.system_name', value: text };
    if (type === SYSTEM_DESCRIPTION) yield { name: 'lldp.system_description', value: text };
    const [a, b, c, subtype] = value;
    const isUrl = type === ORGANISATION && a === 0 && b === 0 && c === 0x5e && subtype === 1;
    if (isUrl) yield { name: 'dhcp.mud_url', value: utf8(value.subarray(4), 255) };
  }
}
