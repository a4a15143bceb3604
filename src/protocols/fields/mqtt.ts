import { Reader } from '../../base/reader.ts';
import type { FieldList } from '../shared/field-list.ts';
import { ofBoth } from '../shared/field-list.ts';

/** Kinds of packet, in the first four bits (MQTT 5.0 §2.1.2). */
const CONNECT = 1;
const PUBLISH = 3;
const SUBSCRIBE = 8;
const UNSUBSCRIBE = 10;
/** Bits of the connect flags (§3.1.2.3). */
const WILL = 0x04;
const USER_NAME = 0x80;
/** Topics of one subscription that are read. */
const TOPICS_CAP = 64;

/** Client id, user name, version and topics of either side; the password is never looked at. */
export const mqttFields = ofBoth(readPackets);

/** Level of the protocol where CONNECT was not seen: of 3 and 4, without properties. */
const USUAL_LEVEL = 4;

function readPackets(bytes: Uint8Array, fields: FieldList): void {
  const reader = new Reader(bytes);
  let level = USUAL_LEVEL;
  while (reader.left > 1 && !fields.isFull) {
    const first = reader.u8();
    const length = readVariable(reader);
    // The last packet that was kept may be cut: its topic stands at its beginning.
    const body = new Reader(reader.take(Math.min(length, reader.left)));
    const kind = first >> 4;
    if (kind === CONNECT) level = readConnect(body, fields);
    if (kind === PUBLISH) readTopic(body, fields);
    if (kind === SUBSCRIBE) readTopics(body, level, 1, fields);
    if (kind === UNSUBSCRIBE) readTopics(body, level, 0, fields);
  }
}

/** §3.1: name, level, flags, keep-alive, properties; id, will, user name. */
function readConnect(reader: Reader, fields: FieldList): number {
  const name = reader.text(reader.u16());
  const level = reader.u8() & 0x7f; // The top bit is a bridge's (mosquitto).
  const flags = reader.u8();
  reader.skip(2);
  if (reader.failed || !['MQTT', 'MQIsdp'].includes(name)) return USUAL_LEVEL;
  fields.add('mqtt.version', level);
  if (level === 5) skipProperties(reader);
  readText(reader, 'mqtt.client_id', fields);
  if ((flags & WILL) !== 0) readWill(reader, level, fields);
  if ((flags & USER_NAME) !== 0) readText(reader, 'mqtt.username', fields);
  return level;
}

function readWill(reader: Reader, level: number, fields: FieldList): void {
  if (level === 5) skipProperties(reader);
  readText(reader, 'mqtt.will_topic', fields);
  reader.skip(reader.u16());
}

/** §3.3.2.1; a later packet may name its topic by a number alone (§3.3.2.3.4). */
function readTopic(reader: Reader, fields: FieldList): void {
  readText(reader, 'mqtt.topic', fields);
}

/** §3.8, §3.10: packet id, properties, topics with `options` octets behind each. */
function readTopics(reader: Reader, level: number, options: number, fields: FieldList): void {
  reader.skip(2);
  if (level === 5) skipProperties(reader);
  for (let topics = 0; reader.left > 2 && topics < TOPICS_CAP; topics += 1) {
    readText(reader, 'mqtt.topic', fields);
    reader.skip(options);
  }
}

function readText(reader: Reader, name: string, fields: FieldList): void {
  const text = reader.take(reader.u16());
  if (!reader.failed) fields.addText(name, text);
}

function skipProperties(reader: Reader): void {
  reader.skip(readVariable(reader));
}

/** §1.5.5: seven bits an octet, least significant first, at most four octets. */
function readVariable(reader: Reader): number {
  let value = 0;
  for (let scale = 1; scale <= 128 ** 3; scale *= 128) {
    const octet = reader.u8();
    value += (octet & 0x7f) * scale;
    if ((octet & 0x80) === 0) break;
  }
  return value;
}
