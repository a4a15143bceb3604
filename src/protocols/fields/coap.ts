import { Reader } from '../../base/reader.ts';
import type { Field } from '../../model/flow.ts';
import type { FirstBytes } from '../protocol.ts';
import { readOptionValues } from '../shared/coap-message.ts';
import type { FieldList } from '../shared/field-list.ts';
import { ofBoth } from '../shared/field-list.ts';
import { maskQuery } from '../shared/mask.ts';
import { utf8 } from '../shared/strings.ts';

/** RFC 7252 §5.10. */
const URI_HOST = 3;
const URI_PATH = 11;
const URI_QUERY = 15;
/** Messages of one connection that are read. */
const MESSAGES_CAP = 512;

export function coapFields(first: FirstBytes): readonly Field[] {
  return first.transport === 'tcp' ? inStreams(first) : inDatagrams(first);
}

/** RFC 7252 §3. */
const inDatagrams = ofBoth((bytes, fields) => {
  const reader = new Reader(bytes);
  const first = reader.u8();
  const code = reader.u8();
  reader.skip(2 + (first & 0x0f));
  if (!reader.failed && first >> 6 === 1) addMessage(code, reader, fields);
});

/** RFC 8323 §3.2. */
const inStreams = ofBoth((bytes, fields) => {
  const reader = new Reader(bytes);
  for (let messages = 0; reader.left > 1 && messages < MESSAGES_CAP; messages += 1) {
    const first = reader.u8();
    const nibble = first >> 4;
    const extended = nibble === 13 ? reader.u8() + 13 : nibble === 14 ? reader.u16() + 269 : nibble;
    const length = nibble === 15 ? reader.u32() + 65_805 : extended;
    const code = reader.u8();
    reader.skip(first & 0x0f);
    const message = new Reader(reader.take(Math.min(length, reader.left)));
    addMessage(code, message, fields);
    // What is none has put the stream out of step: what follows would be read wrongly too.
    if (message.failed) return;
  }
});

function addMessage(code: number, reader: Reader, fields: FieldList): void {
  fields.add('coap.code', code);
  const path: string[] = [];
  for (const { number, value } of readOptionValues(reader)) {
    if (number === URI_PATH) path.push(utf8(value, 255));
    if (number === URI_HOST) fields.addText('coap.host', value);
    if (number === URI_QUERY) fields.add('coap.query', maskQuery(utf8(value, 255)));
  }
  if (path.length > 0) fields.add('coap.path', `/${path.join('/')}`);
}
