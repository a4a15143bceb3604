import { FAMILY_4, FAMILY_6, FAMILY_MASK } from './flow-state.ts';
import type { Interner } from './interner.ts';
import type { FlowTable } from './table.ts';

/** Texts of IPv4 addresses that are kept: the same ones come again and again. */
const KEPT = 65_536;

/** Writes addresses of the flow table as text, when somebody wants to read them. */
export class AddressText {
  readonly #table: FlowTable;
  readonly #ipv4 = new Map<number, string>();

  constructor(table: FlowTable) {
    this.#table = table;
  }

  /** The address of a side: IP, or the MAC where there is no IP. */
  of(record: number, side: number): string {
    const { records } = this.#table;
    const address = records.address(record, side);
    switch (records.kind(record) & FAMILY_MASK) {
      case FAMILY_4:
        return this.ipv4(address);
      case FAMILY_6:
        return textIn(this.#table.ipv6, address, ipText);
      default:
        return textIn(this.#table.macs, address, macText);
    }
  }

  ipv4(address: number): string {
    const known = this.#ipv4.get(address);
    if (known !== undefined) return known;
    if (this.#ipv4.size === KEPT) this.#ipv4.clear();
    const text = `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
    this.#ipv4.set(address, text);
    return text;
  }

  mac(number: number): string | undefined {
    return number < 0 ? undefined : textIn(this.#table.macs, number, macText);
  }
}

/** Written once for as long as anything holds the number. */
function textIn(interner: Interner, number: number, write: (octets: Uint8Array) => string): string {
  const known = interner.notes[number];
  if (known !== undefined) return known;
  const text = write(interner.bytesOf(number));
  interner.notes[number] = text;
  return text;
}

/** Of 4 or 16 octets; of IPv6 as RFC 5952 has it. */
export function ipText(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  const { start, end } = longestZeros(octets);
  return end - start < 4
    ? groups(octets, 0, 16)
    : `${groups(octets, 0, start)}::${groups(octets, end, 16)}`;
}

function groups(octets: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += 2) {
    const group = ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);
    text += at === from ? group.toString(16) : `:${group.toString(16)}`;
  }
  return text;
}

/** The first of the longest runs of groups that are 0, in octets. */
function longestZeros(octets: Uint8Array): { readonly start: number; readonly end: number } {
  let best = { start: 0, end: 0 };
  let start = 0;
  for (let at = 0; at < 16; at += 2) {
    if (octets[at] !== 0 || octets[at + 1] !== 0) start = at + 2;
    else if (at + 2 - start > best.end - best.start) best = { start, end: at + 2 };
  }
  return best;
}

/** Two digits for each octet. */
const HEX = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));

export function macText(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += `${text === '' ? '' : ':'}${HEX[octet] ?? ''}`;
  return text;
}

/** Networks that nobody outside can own (RFC 1918, RFC 3927), and loopback; the number has a sign. */
export function isPrivateIpv4(address: number): boolean {
  const top = address >>> 24;
  const next = (address >>> 16) & 255;
  if (top === 10 || top === 127) return true;
  if (top === 192) return next === 168;
  return top === 172 ? next >= 16 && next < 32 : top === 169 && next === 254;
}

/** Link-local (RFC 4291 §2.5.6), unique local (RFC 4193), loopback. */
export function isPrivateIpv6(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at] ?? 0;
  if (first === 0xfe) return ((bytes[at + 1] ?? 0) & 0xc0) === 0x80;
  if ((first & 0xfe) === 0xfc) return true;
  return (
    first === 0 && bytes[at + 15] === 1 && bytes.subarray(at, at + 15).every((one) => one === 0)
  );
}

/** Multicast, or everybody on the link; `.255` of a private network is taken for its broadcast. */
export function isGroupIpv4(address: number): boolean {
  return (
    address >>> 28 === 14 ||
    address === -1 ||
    ((address & 255) === 255 && isPrivateIpv4(address) && address >>> 24 !== 127)
  );
}
