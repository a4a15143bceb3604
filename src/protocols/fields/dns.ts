import { Reader } from '../../base/reader.ts';
import type { Field } from '../../model/flow.ts';
import type { FirstBytes } from '../protocol.ts';
import { parseQuestion } from '../shared/dns-message.ts';
import type { FieldList } from '../shared/field-list.ts';
import { ofBoth } from '../shared/field-list.ts';

const HEADER = 12;
/** Questions of one message that are read; mDNS asks a dozen at once. */
const QUESTIONS_CAP = 32;

/** Names asked for, of either side: an answer repeats its question (RFC 1035 §4.1). */
export function dnsFields(first: FirstBytes): readonly Field[] {
  return first.transport === 'tcp' ? inStreams(first) : inDatagrams(first);
}

const inDatagrams = ofBoth((bytes, fields) => {
  readQuestions(bytes, 'dns.query', fields);
});

/** RFC 1035 §4.2.2: two octets of length before each message. */
const inStreams = ofBoth((bytes, fields) => {
  const reader = new Reader(bytes);
  while (reader.left > HEADER && !fields.isFull) {
    const length = reader.u16();
    const message = reader.take(Math.min(length, reader.left));
    // What is none has put the stream out of step: what follows would be read wrongly too.
    if (!readQuestions(message, 'dns.query', fields)) return;
  }
});

/** Likewise for the link: questions alone, since what is announced is evidence of the device. */
export const mdnsFields = ofBoth((bytes, fields) => {
  readQuestions(bytes, 'mdns.name', fields);
});

/**
 * Any opcode: an update names its zone where a query names what it asks for (RFC 2136 §2.3).
 *
 * @returns whether all questions could be read
 */
function readQuestions(bytes: Uint8Array, name: string, fields: FieldList): boolean {
  const header = new Reader(bytes);
  header.skip(4);
  const count = Math.min(header.u16(), QUESTIONS_CAP);
  for (let at = HEADER, index = 0; index < count; index += 1) {
    const question = parseQuestion(bytes, at);
    if (question.kind !== 'ok') return false;
    fields.add(name, question.value.name.join('.'));
    at += question.size;
  }
  return bytes.length >= HEADER;
}
