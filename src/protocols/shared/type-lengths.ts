import { Reader } from '../../base/reader.ts';

export interface TypeLengthValue {
  readonly type: number;
  readonly value: Uint8Array;
}

const CAP = 128;

/** Seven bits of type, nine of length (IEEE 802.1AB-2016 §8.4); what does not fit ends the list. */
export function readLldpTlvs(bytes: Uint8Array): readonly TypeLengthValue[] {
  const reader = new Reader(bytes);
  const found: TypeLengthValue[] = [];
  while (reader.left >= 2 && found.length < CAP) {
    const head = reader.u16();
    const value = reader.take(head & 0x1ff);
    if (reader.failed || head >> 9 === 0) break;
    found.push({ type: head >> 9, value });
  }
  return found;
}

/** Sixteen bits each, of which the length counts its own head too (CDP). */
export function readCdpTlvs(bytes: Uint8Array): readonly TypeLengthValue[] {
  const reader = new Reader(bytes);
  const found: TypeLengthValue[] = [];
  while (reader.left >= 4 && found.length < CAP) {
    const type = reader.u16();
    const value = reader.take(reader.u16() - 4);
    if (reader.failed) break;
    found.push({ type, value });
  }
  return found;
}
