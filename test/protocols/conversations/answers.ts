import { join, u16, u32le } from '../../../src/protocols/shared/bytes.ts';
import { attribute, detail } from '../../../src/protocols/shared/facts.ts';
import { hex } from './conversation.ts';

/** S7: an answer to a question of the group "read SZL", its entries of one size. */
export function szl(
  list: number,
  entries: readonly (readonly [number, string])[],
  size: number,
): string {
  const body = entries.map(([index, text]) => {
    const entry = new Uint8Array(size);
    entry.set(u16(index));
    entry.set(join(text), 2);
    return entry;
  });
  const data = join(u16(list), u16(0), u16(size), u16(entries.length), ...body);
  const head = join([0xff, 0x09], u16(data.length));
  const parameters = [0, 1, 0x12, 8, 0x12, 0x84, 1, 1, 0, 0, 0, 0];
  const s7 = join(
    [0x32, 7, 0, 0, 0, 1],
    u16(12),
    u16(head.length + data.length),
    parameters,
    head,
    data,
  );
  return hex([3, 0], u16(s7.length + 7), [2, 0xf0, 0x80], s7);
}

export const CONFIRM = '0300001611d00001000300c0010ac1020100c2020102';
export const REFUSE = '0300000b06800001000080';
export const SET_UP = '0300001b02f0803203000000010008000000 00f000000100010 0f0'.replaceAll(
  ' ',
  '',
);

/** BACnet: ComplexACK of one property with a character string. */
export function bacnetText(invoke: number, property: number, text: string): string {
  const value = [0x75, text.length + 1, 0];
  const apdu = join(
    [0x30, invoke, 0x0c, 0x0c, 2, 0, 1, 0xf4, 0x19, property, 0x3e],
    value,
    text,
    [0x3f],
  );
  return hex([0x81, 0x0a], u16(apdu.length + 6), [1, 0], apdu);
}

export const BACNET_OBJECT = '810a0017 0100 30000c 0c023fffff 194b 3ec4020001f43f';

/** OPC UA: header of an answer, of which only the status matters. */
const UA_HEADER = join(new Uint8Array(16), [0], [0xff, 0xff, 0xff, 0xff], [0, 0, 0]);

function uaText(text: string): Uint8Array {
  return join(u32le(text.length), text);
}

function uaMessage(type: string, body: Uint8Array): string {
  return hex(type, u32le(body.length + 8), body);
}

export const UA_ACK = uaMessage(
  'ACKF',
  join(u32le(0), u32le(65_536), u32le(65_536), u32le(0), u32le(0)),
);
const UA_NULL = [0xff, 0xff, 0xff, 0xff];
export const UA_CHANNEL = uaMessage(
  'OPNF',
  join(
    u32le(7),
    uaText('http://opcfoundation.org/UA/SecurityPolicy#None'),
    UA_NULL,
    UA_NULL,
    u32le(1),
    u32le(1),
    [1, 0, 0xc1, 1],
    UA_HEADER,
    u32le(0),
    u32le(7),
    u32le(9),
    new Uint8Array(12),
    UA_NULL,
  ),
);

export function uaEndpoint(policy: string, mode: number, tokens: readonly number[]): Uint8Array {
  return join(
    uaText('opc.tcp://plc:4840'),
    uaText('urn:plc'),
    uaText('urn:maker:plc'),
    [2],
    uaText('Line 3'),
    u32le(0),
    UA_NULL,
    UA_NULL,
    UA_NULL,
    uaText('certificate'),
    u32le(mode),
    uaText(`http://opcfoundation.org/UA/SecurityPolicy#${policy}`),
    u32le(tokens.length),
    ...tokens.map((token) => join(uaText('id'), u32le(token), UA_NULL, UA_NULL, UA_NULL)),
    uaText('http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary'),
    [1],
  );
}

export function uaEndpoints(...endpoints: readonly Uint8Array[]): string {
  const head = join(u32le(7), u32le(9), u32le(2), u32le(2), [1, 0, 0xaf, 1], UA_HEADER);
  return uaMessage('MSGF', join(head, u32le(endpoints.length), ...endpoints));
}

export const UA_NAMES = [
  attribute('name', 'Line 3'),
  detail('product', 'urn:maker:plc'),
  detail('application-uri', 'urn:plc'),
];

/** Modbus: an answer to Read Device Identification. */
export function identity(
  transaction: number,
  more: number,
  next: number,
  ...objects: readonly string[]
): string {
  const list = objects.map((text, index) =>
    join([(next === 0 ? 0 : next - 1) + index, text.length], text),
  );
  const body = join([0xff, 0x2b, 0x0e, 1, 0x81, more, next, objects.length], ...list);
  return hex(u16(transaction), [0, 0], u16(body.length), body);
}
