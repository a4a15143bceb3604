import { Reader } from '../../base/reader.ts';
import type { Field } from '../../model/flow.ts';
import type { FirstBytes } from '../protocol.ts';
import { begins } from '../shared/bytes.ts';
import { CLASS, parseQuestion } from '../shared/dns-message.ts';
import type { FieldList } from '../shared/field-list.ts';
import { ofSide } from '../shared/field-list.ts';
import { isSettings, PREFACE } from '../shared/http2.ts';

/** Kinds of frame and flags (RFC 9113 §6.1). */
const DATA = 0x00;
const PADDED = 0x08;
/** Octets of a DNS header, and the greatest type that IANA assigned outside the reserved ones. */
const DNS_HEADER = 12;
const LAST_TYPE = 263;

/**
 * Names asked for by DNS over HTTPS (RFC 8484) where it is not encrypted, as between a proxy and its
 * resolver: each message is the body of one request or answer. Undefined for what is no version 2.
 */
export function http2Fields({ client, server }: FirstBytes): readonly Field[] | undefined {
  const greeted = begins(client, PREFACE) === 'yes';
  if (!greeted && !(client.length === 0 && isSettings(server) === 'yes')) return undefined;
  return [...ofSide(readFrames, client.subarray(PREFACE.length)), ...ofSide(readFrames, server)];
}

/** RFC 9113 §4.1. */
function readFrames(bytes: Uint8Array, fields: FieldList): void {
  const reader = new Reader(bytes);
  while (reader.left >= 9 && !fields.isFull) {
    const length = reader.u24();
    const type = reader.u8();
    const flags = reader.u8();
    reader.skip(4);
    const body = reader.take(Math.min(length, reader.left));
    if (type === DATA) readMessage((flags & PADDED) === 0 ? body : unpadded(body), fields);
  }
}

function unpadded(body: Uint8Array): Uint8Array {
  const [padding = 0] = body;
  return body.subarray(1, Math.max(1, body.length - padding));
}

/** One question of the Internet and a plain header: anything else is some other body. */
function readMessage(body: Uint8Array, fields: FieldList): void {
  const reader = new Reader(body);
  reader.skip(2);
  const flags = reader.u16();
  const questions = reader.u16();
  const question = parseQuestion(body, DNS_HEADER);
  // Opcode 0, and the reserved bit (RFC 1035 §4.1.1).
  if (question.kind !== 'ok' || questions !== 1 || (flags & 0x7840) !== 0) return;
  const { name, type, class: kind } = question.value;
  if (kind === CLASS.IN && type > 0 && type <= LAST_TYPE) {
    fields.add('dns.query', name.join('.'));
  }
}
