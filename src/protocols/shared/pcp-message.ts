import { formatAddress } from '../../base/address.ts';
import type { Parsed } from '../../base/reader.ts';
import { bad, MORE, Reader } from '../../base/reader.ts';

const VERSION = 2;
/** Bytes of a message (RFC 6887 §7). */
export const PCP_SIZE_CAP = 1100;
/** What follows the header of ANNOUNCE, MAP and PEER (§14.1, §11.1, §12.1). */
const BODIES = [0, 36, 56] as const;
const RESPONSE_BIT = 0x80;
/** Highest result code that is registered (§7.4, RFC 7652). */
const RESULT_CAP = 14;

/** A message of the Port Control Protocol. */
export interface PcpMessage {
  /** 0 ANNOUNCE, 1 MAP, 2 PEER. */
  readonly opcode: number;
  readonly isResponse: boolean;
  /** 0 for a request. */
  readonly result: number;
  /** Seconds that are wanted, or given. */
  readonly lifetime: number;
  readonly body: Uint8Array;
}

/** One datagram (RFC 6887 §7.1, §7.2). */
export function parsePcp(bytes: Uint8Array): Parsed<PcpMessage> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const code = reader.u8();
  const reserved = reader.u8();
  const result = reader.u8();
  const lifetime = reader.u32();
  const rest = reader.take(16);
  if (bytes.length > 0 && version !== VERSION) return bad('another version');
  if (bytes.length > PCP_SIZE_CAP) return bad('too long');
  if (reader.failed) return MORE;
  const isResponse = (code & RESPONSE_BIT) !== 0;
  const opcode = code & 0x7f;
  if (reserved !== 0 || opcode >= BODIES.length) return bad('no such opcode');
  if (!isFilled(isResponse, result, rest)) return bad('sets reserved bits');
  const body = reader.rest();
  // Whoever refuses may send the header alone.
  if (body.length < (BODIES[opcode] ?? 0) && result === 0) return MORE;
  if (body.length % 4 !== 0) return bad('not a multiple of four');
  const value = { opcode, isResponse, result, lifetime, body };
  return { kind: 'ok', value, size: bytes.length };
}

/** An answer has an epoch and twelve zeroes where a question has the client's address. */
function isFilled(isResponse: boolean, result: number, rest: Uint8Array): boolean {
  if (!isResponse) return result === 0;
  return result <= RESULT_CAP && rest.subarray(4).every((octet) => octet === 0);
}

/** Sixteen octets, an IPv4 address in its IPv4-mapped form (§5); empty where it is all zeroes. */
export function pcpAddress(octets: Uint8Array): string {
  let value = 0n;
  for (const octet of octets) value = value * 256n + BigInt(octet);
  if (value >> 32n !== 0xffffn) return value === 0n ? '' : formatAddress({ family: 6, value });
  const low = value & 0xffff_ffffn;
  return low === 0n ? '' : formatAddress({ family: 4, value: low });
}
