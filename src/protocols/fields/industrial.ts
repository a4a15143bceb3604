import { Reader } from '../../base/reader.ts';
import type { FieldList } from '../shared/field-list.ts';
import { ofBoth } from '../shared/field-list.ts';

/** Unit and function of each message (Modbus Messaging on TCP/IP 1.0b §3.1.3); an exception's too. */
export const modbusFields = ofBoth((bytes, fields) => {
  const reader = new Reader(bytes);
  while (reader.left >= 8 && !fields.isFull) {
    reader.skip(2);
    const protocol = reader.u16();
    const length = reader.u16();
    if (protocol !== 0 || length < 2 || length > 260) return;
    const message = new Reader(reader.take(Math.min(length, reader.left)));
    fields.add('modbus.unit', message.u8());
    const functionCode = message.u8();
    if (!message.failed) fields.add('modbus.function', functionCode & 0x7f);
  }
});

/** Octets of one block of user data, behind each of which stands a checksum (IEEE 1815 §9.2.2). */
const DNP3_BLOCK = 16;
const FIRST_SEGMENT = 0x40;

/** Function of each application message (IEEE 1815 §4.2.2), which begins in a first segment (§8.2.2). */
export const dnp3Fields = ofBoth((bytes, fields) => {
  const reader = new Reader(bytes);
  while (reader.left >= 10 && !fields.isFull) {
    const start = reader.u16();
    const length = reader.u8();
    if (start !== 0x0564 || length < 5) return;
    reader.skip(7);
    const user = length - 5;
    const blocks = Math.ceil(user / DNP3_BLOCK);
    const data = new Reader(reader.take(Math.min(user + 2 * blocks, reader.left)));
    const transport = data.u8();
    const control = data.u8();
    const functionCode = data.u8();
    const begins = (transport & FIRST_SEGMENT) !== 0 && (control & 0x80) !== 0;
    if (user >= 3 && !data.failed && begins) fields.add('dnp3.function', functionCode);
  }
});

/** Type of each information that is sent (IEC 60870-5-104 §5, IEC 60870-5-101 §7.2.1). */
export const iec104Fields = ofBoth((bytes, fields) => {
  const reader = new Reader(bytes);
  while (reader.left >= 6 && !fields.isFull) {
    const start = reader.u8();
    const length = reader.u8();
    if (start !== 0x68 || length < 4) return;
    const body = new Reader(reader.take(Math.min(length, reader.left)));
    const isInformation = (body.u8() & 1) === 0;
    body.skip(3);
    const type = body.u8();
    if (isInformation && !body.failed) fields.add('iec104.type', type);
  }
});

const LIST_IDENTITY = 0x63;
const IDENTITY_ITEM = 0x0c;

/** What a device answers to ListIdentity (CIP Networks Library Volume 2 §2-4.3.3). */
export const enipFields = ofBoth((bytes, fields) => {
  const reader = new Reader(bytes);
  while (reader.left >= 24 && !fields.isFull) {
    const command = reader.u16le();
    const length = reader.u16le();
    reader.skip(20);
    const data = new Reader(reader.take(Math.min(length, reader.left)));
    if (command === LIST_IDENTITY) readItems(data, fields);
  }
});

function readItems(reader: Reader, fields: FieldList): void {
  const count = reader.u16le();
  for (let index = 0; index < count && reader.left > 0; index += 1) {
    const type = reader.u16le();
    const item = new Reader(reader.take(reader.u16le()));
    if (type === IDENTITY_ITEM) readIdentity(item, fields);
  }
}

/** Version, socket address (16 octets), vendor, type, product, revision, status, serial, name. */
function readIdentity(reader: Reader, fields: FieldList): void {
  reader.skip(18);
  const vendor = reader.u16le();
  reader.skip(8);
  const serial = reader.u32le();
  const name = reader.text(reader.u8());
  if (reader.failed) return;
  fields.add('enip.vendor_id', vendor);
  fields.add('enip.product', name.trim());
  fields.add('enip.serial', `0x${serial.toString(16).padStart(8, '0')}`);
}
