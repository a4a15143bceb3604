import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { attribute, detail, proved, speaks } from './shared/facts.ts';
import { ofBoth } from './shared/field-list.ts';
import { trimmed, utf8 } from './shared/strings.ts';
import { isReadable, textOf } from './shared/text.ts';
import type { TypeLengthValue } from './shared/type-lengths.ts';
import { readCdpTlvs } from './shared/type-lengths.ts';

const DEPTH = 1500;
/** Version, time to live, checksum. */
const HEADER = 4;
const DEVICE_ID = 0x0001;
const CAPABILITIES = 0x0004;
const SOFTWARE = 0x0005;
const PLATFORM = 0x0006;
/** Bits of what a station is able to do; the one that says most first. */
const KINDS = [
  [0x01, 'router'],
  [0x08, 'switch'],
  [0x80, 'phone'],
] as const;

/** What Cisco's devices, and some phones and cameras, tell their neighbour; it is never asked for. */
export const cdp = {
  id: 'cdp',
  title: 'Cisco Discovery Protocol',
  ports: [],
  sources: [
    'https://wiki.wireshark.org/CDP',
    'Cisco, Catalyst switch documentation: Cisco Discovery Protocol, frame formats',
    'RFC 1042 (SNAP), protocol 0x2000 of 00-00-0C',
  ],
  depth: DEPTH,
  etherTypes: [0x2000],
  recognise,
  fields: ofBoth((bytes, fields) => {
    for (const { type, value } of tlvsIn(bytes)) {
      const text = trimmed(utf8(value, 255));
      if (type === DEVICE_ID) fields.add('cdp.device_id', text);
      if (type === PLATFORM) fields.add('cdp.platform', text);
      if (type === SOFTWARE) fields.add('cdp.software', text);
    }
  }),
} as const satisfies Protocol;

function tlvsIn(bytes: Uint8Array): readonly TypeLengthValue[] {
  return readCdpTlvs(bytes.subarray(HEADER));
}

function recognise({ client, server, transport }: FirstBytes): Recognition {
  if ((transport !== undefined && transport !== 'other') || server.length > 0) return NO;
  const start = parseStart(client);
  if (start.kind !== 'ok') return start.kind === 'more' ? WAIT : NO;
  return proved([speaks('cdp', String(start.value)), ...tlvsIn(client).flatMap(factsOf)]);
}

/** Version 1 or 2, and first of all the name of the device. */
function parseStart(bytes: Uint8Array): Parsed<number> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const life = reader.u8();
  reader.skip(2);
  const type = reader.u16();
  const length = reader.u16();
  if (bytes.length > 0 && version !== 1 && version !== 2) return bad('no version of CDP');
  if (bytes.length > 1 && life === 0) return bad('no time to live');
  if (reader.failed) return MORE;
  if (type !== DEVICE_ID || length < 5 || length > 260) return bad('no name of a device');
  const name = reader.take(length - 4);
  if (reader.failed) return MORE;
  return isReadable(textOf(name))
    ? { kind: 'ok', value: version, size: reader.offset }
    : bad('no name');
}

function factsOf({ type, value }: TypeLengthValue): readonly Fact[] {
  const text = trimmed(utf8(value, 255));
  switch (type) {
    case DEVICE_ID:
      return text === '' ? [] : [attribute('name', text)];
    case PLATFORM:
      return text === '' ? [] : [attribute('model', text)];
    case SOFTWARE:
      return text === '' ? [] : [detail('system-description', text)];
    case CAPABILITIES: {
      const kind = KINDS.find(([bit]) => ((value[3] ?? 0) & bit) !== 0)?.[1];
      return kind === undefined ? [] : [attribute('kind', kind)];
    }
    default:
      return [];
  }
}
