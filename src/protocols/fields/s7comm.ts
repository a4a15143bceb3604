import { Reader } from '../../base/reader.ts';
import type { FieldList } from '../shared/field-list.ts';
import { hexNumber, ofBoth } from '../shared/field-list.ts';
import { trimmed } from '../shared/strings.ts';
import { DATA, parseTpkt } from '../shared/tpkt.ts';

const S7 = 0x32;
const JOB = 0x01;
const ACK = 0x02;
const ACK_DATA = 0x03;
const USERDATA = 0x07;
/** Messages of one side that are read, and octets of one. */
const MESSAGES_CAP = 256;
const MESSAGE_CAP = 4096;

/** System status lists (Siemens A5E00709327 §34): order numbers, and names of the components. */
const MODULE_IDENTIFICATION = 0x11;
const COMPONENT_IDENTIFICATION = 0x1c;

const COMPONENTS: ReadonlyMap<number, string> = new Map([
  [1, 's7.name'],
  [2, 's7.module_name'],
  [3, 's7.plant'],
  [5, 's7.serial'],
  [7, 's7.module'],
  [11, 's7.location'],
]);

/** Functions of jobs and their answers, and what the controller says of itself. */
export const s7commFields = ofBoth((bytes, fields) => {
  for (const message of messagesIn(bytes)) readMessage(message, fields);
});

/** What the transport carries, a message in one or several of its data units (RFC 905 §13.7). */
function* messagesIn(bytes: Uint8Array): Generator<Uint8Array> {
  let parts: number[] = [];
  for (let rest = bytes, count = 0; count < MESSAGES_CAP; count += 1) {
    const next = parseTpkt(rest);
    if (next.kind !== 'ok') return;
    rest = rest.subarray(next.size);
    const { type, data, last } = next.value;
    if (type !== DATA || parts.length + data.length > MESSAGE_CAP) continue;
    parts.push(...data);
    if (!last) continue;
    yield Uint8Array.from(parts);
    parts = [];
  }
}

/** Header (Wireshark wiki, S7comm): kind, reference, lengths of parameters and of data. */
function readMessage(bytes: Uint8Array, fields: FieldList): void {
  const reader = new Reader(bytes);
  const protocol = reader.u8();
  const kind = reader.u8();
  reader.skip(4);
  const parameterLength = reader.u16();
  const dataLength = reader.u16();
  if (kind === ACK || kind === ACK_DATA) reader.skip(2);
  const parameters = new Reader(reader.take(parameterLength));
  if (reader.failed || protocol !== S7) return;
  const functionCode = parameters.u8();
  if (kind === USERDATA) readList(new Reader(reader.take(dataLength)), fields);
  else if ([JOB, ACK_DATA].includes(kind) && !parameters.failed) {
    fields.add('s7.function', hexNumber(functionCode, 2));
  }
}

/** Return code, transport size, length; then list, index, size and number of its entries. */
function readList(reader: Reader, fields: FieldList): void {
  const code = reader.u8();
  reader.skip(3);
  // The top bits say which part of the list it is: all of it, or the entry of one index.
  const list = reader.u16() & 0xff;
  reader.skip(2);
  const size = reader.u16();
  const count = reader.u16();
  if (code !== 0xff || size < 4 || reader.failed) return;
  for (let entry = 0; entry < count && reader.left >= size; entry += 1) {
    const index = reader.u16();
    const text = trimmed(reader.text(size - 2).slice(0, list === MODULE_IDENTIFICATION ? 20 : 32));
    if (list === MODULE_IDENTIFICATION) fields.add('s7.order_number', text);
    const name = list === COMPONENT_IDENTIFICATION ? COMPONENTS.get(index) : undefined;
    if (name !== undefined) fields.add(name, text);
  }
}
