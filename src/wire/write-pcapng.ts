import { visible } from '../base/untrusted.ts';

/*
 * Writes pcapng (draft-ietf-opsawg-pcapng), little-endian: a section, its interfaces, packets with
 * comments. Each function gives the octets of one block; a file is these one after the other.
 */

const UTF8 = new TextEncoder();
const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const PACKET = 6;
const COMMENT = 1;
const APPLICATION = 4;
const NAME = 2;
const TS_RESOLUTION = 9;
const END = new Uint8Array(4);
/** Octets of one option: its length has 16 bits. */
const OPTION_LIMIT = 65_535;

export interface SectionText {
  /** What wrote it, with its version. */
  readonly application: string;
  readonly comment?: string;
}

export function sectionBlock({ application, comment }: SectionText): Uint8Array {
  const body = new Uint8Array(16);
  const view = new DataView(body.buffer);
  view.setUint32(0, 0x1a2b3c4d, true);
  view.setUint16(4, 1, true);
  // The length of the section is not known before its end: all bits set.
  view.setUint32(8, 0xffffffff, true);
  view.setUint32(12, 0xffffffff, true);
  return block(SECTION, [
    body,
    ...options([textOption(APPLICATION, application), ...commented(comment)]),
  ]);
}

export interface InterfaceText {
  /** tcpdump.org/linktypes.html */
  readonly linkType: number;
  readonly name?: string;
  /** Digits after the second: 6 for microseconds, 9 for nanoseconds. */
  readonly digits?: 6 | 9;
}

export function interfaceBlock({ linkType, name, digits = 6 }: InterfaceText): Uint8Array {
  const body = new Uint8Array(8);
  new DataView(body.buffer).setUint16(0, linkType, true);
  const named = name === undefined ? [] : [textOption(NAME, name)];
  return block(INTERFACE, [
    body,
    ...options([...named, option(TS_RESOLUTION, Uint8Array.of(digits))]),
  ]);
}

export interface PacketText {
  /** Number of the interface block in the section, from 0. */
  readonly interface: number;
  /** Microseconds since 1970; a fraction is written where the interface has nanoseconds. */
  readonly time: number;
  readonly digits?: 6 | 9;
  /** What was captured of the frame, and how long it was on the wire. */
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly comment?: string;
}

export function packetBlock(packet: PacketText): Uint8Array {
  const body = new Uint8Array(20);
  const view = new DataView(body.buffer);
  const units = ticks(packet.time, packet.digits ?? 6);
  view.setUint32(0, packet.interface, true);
  view.setUint32(4, Number(units >> 32n), true);
  view.setUint32(8, Number(units & 0xffffffffn), true);
  view.setUint32(12, packet.bytes.length, true);
  view.setUint32(16, packet.length, true);
  return block(PACKET, [body, padded(packet.bytes), ...options(commented(packet.comment))]);
}

/** A double holds no nanoseconds of our century, so they are counted in 64 bits. */
function ticks(micros: number, digits: 6 | 9): bigint {
  const whole = Math.floor(micros);
  if (digits === 6) return BigInt(whole);
  return BigInt(whole) * 1000n + BigInt(Math.floor((micros - whole) * 1000));
}

function commented(comment: string | undefined): Uint8Array[] {
  return comment === undefined ? [] : [textOption(COMMENT, comment)];
}

/** Comments may quote a stranger's text, and are shown in terminals: no control gets through. */
function textOption(code: number, text: string): Uint8Array {
  const whole = UTF8.encode(visible(text));
  return option(code, whole.subarray(0, characterEnd(whole, OPTION_LIMIT)));
}

/** At most `limit` octets, without cutting a character in two. */
function characterEnd(bytes: Uint8Array, limit: number): number {
  let end = Math.min(bytes.length, limit);
  while (end > 0 && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}

function option(code: number, value: Uint8Array): Uint8Array {
  const result = new Uint8Array(4 + roundUp(value.length));
  const view = new DataView(result.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  result.set(value, 4);
  return result;
}

function options(list: readonly Uint8Array[]): readonly Uint8Array[] {
  return list.length === 0 ? [] : [...list, END];
}

function padded(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(roundUp(bytes.length));
  result.set(bytes);
  return result;
}

/** §3.1: type, length, what it holds, length again. */
function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 12);
  const result = new Uint8Array(length);
  const view = new DataView(result.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  let at = 8;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  view.setUint32(length - 4, length, true);
  return result;
}

function roundUp(length: number): number {
  return (length + 3) & ~3;
}
