import { decode } from './decode.ts';
import { extensionSize, FRAGMENT, isExtension } from './ip.ts';
import { LINK_ETHERNET } from './numbers.ts';
import type { Decoded } from './packet.ts';
import { Packet } from './packet.ts';

/** Datagrams that are put together at the same time; the oldest one gives way. */
const SLOT_LIMIT = 64;
/** Octets of a datagram without its header (RFC 791 §3.1: the length has 16 bits). */
const DATA_LIMIT = 65_535;
/** Microseconds between the first fragment that was seen and the last; RFC 8200 §4.5 has 60 s. */
const PATIENCE = 60_000_000;
const UNIT = 8;
/** Largest header before the fragmented part: Ethernet, a tag, and IP with options or extensions. */
const HEAD_LIMIT = 512;
const ETHERNET = 14;
const TAG = 4;

/** What became of fragments: nothing that was given up is silent. */
export interface DefragmentCounts {
  readonly whole: number;
  /** Datagrams that gave way to others, or whose rest did not come in time. */
  readonly incomplete: number;
  /** Fragments that were not captured to their end, or that contradict their datagram. */
  readonly refused: number;
  /** Units of 8 octets that came twice; the first copy was kept. */
  readonly overlaps: number;
}

/** One datagram in the making. Its memory is kept for the next one. */
class Slot {
  isUsed = false;
  hash = 0;
  since = 0;
  /** Octets of data, known from the last fragment; -1 until then. */
  total = -1;
  /** Highest octet that was seen. */
  reach = 0;
  units = 0;
  /** Addresses (4 or 16 octets each), identification, protocol. */
  readonly key = new Uint8Array(37);
  keyLength = 0;
  readonly has = new Uint8Array(DATA_LIMIT / UNIT / 8 + 1);
  data = new Uint8Array(4096);
  /** Header of the first fragment as it lies in the frame to be made; 0 octets until it came. */
  readonly head = new Uint8Array(HEAD_LIMIT);
  headLength = 0;
}

/**
 * Puts fragmented datagrams together, so that what is hidden in later fragments is seen.
 *
 * Policy: the first copy of an octet stands, as with most systems of devices; a fragment that
 * contradicts the length of its datagram is refused. Memory is bounded: `SLOT_LIMIT` datagrams of
 * 64 KiB. Only for packets with `isFragment` or `hasFragments`: they are rare.
 */
export class Defragmenter {
  readonly #slots: Slot[] = [];
  readonly #packet = new Packet();
  readonly #key = new Uint8Array(37);
  #bytes = new Uint8Array(0);
  #outcome: Decoded = 'whole';
  #whole = 0;
  #incomplete = 0;
  #refused = 0;
  #overlaps = 0;

  get counts(): DefragmentCounts {
    return {
      whole: this.#whole,
      incomplete: this.#incomplete,
      refused: this.#refused,
      overlaps: this.#overlaps,
    };
  }

  /** What `decode` said of the packet that `add` gave last. */
  get outcome(): Decoded {
    return this.#outcome;
  }

  /**
   * Takes a decoded fragment. Gives back the whole datagram, decoded, when this was what lacked; it
   * has the frame number, time and interface of this fragment and is good until the next call.
   */
  add(packet: Packet): Packet | undefined {
    const at = fragmentedPart(packet);
    if (at < 0) return undefined;
    const slot = this.#slotOf(packet, at);
    if (!this.#store(slot, packet, at)) {
      this.#refused += 1;
      return undefined;
    }
    const isWhole = slot.total >= 0 && slot.headLength > 0 && slot.units * UNIT >= slot.total;
    return isWhole ? this.#finish(slot, packet) : undefined;
  }

  #slotOf(packet: Packet, at: number): Slot {
    const length = writeKey(this.#key, packet, at);
    const hash = hashOf(this.#key, length);
    for (const slot of this.#slots) {
      if (!slot.isUsed || slot.hash !== hash || !hasKey(slot, this.#key, length)) continue;
      if (Math.abs(packet.time - slot.since) <= PATIENCE) return slot;
      slot.isUsed = false;
      this.#incomplete += 1;
    }
    const slot = this.#freeSlot();
    slot.isUsed = true;
    slot.hash = hash;
    slot.key.set(this.#key);
    slot.keyLength = length;
    slot.since = packet.time;
    slot.total = -1;
    slot.reach = 0;
    slot.units = 0;
    slot.headLength = 0;
    slot.has.fill(0);
    return slot;
  }

  #freeSlot(): Slot {
    let oldest: Slot | undefined;
    for (const slot of this.#slots) {
      if (!slot.isUsed) return slot;
      if (oldest === undefined || slot.since < oldest.since) oldest = slot;
    }
    if (oldest === undefined || this.#slots.length < SLOT_LIMIT) {
      const slot = new Slot();
      this.#slots.push(slot);
      return slot;
    }
    this.#incomplete += 1;
    return oldest;
  }

  /** Whether the fragment fits: then its octets are kept, but for those that are there. */
  #store(slot: Slot, packet: Packet, at: number): boolean {
    const { offset, hasMore } = placeOf(packet, at);
    const from = dataOf(packet, at);
    const end = datagramEnd(packet);
    const length = end - from;
    if (length <= 0 || end > packet.offset + packet.captured) return false;
    if (offset + length > DATA_LIMIT || (hasMore && length % UNIT !== 0)) return false;
    if (!agrees(slot, offset + length, hasMore)) return false;
    if (offset === 0 && slot.headLength === 0 && !keepHead(slot, packet, at)) return false;
    if (!hasMore) slot.total = offset + length;
    slot.reach = Math.max(slot.reach, offset + length);
    this.#copy(slot, packet.bytes, from, offset, length);
    return true;
  }

  #copy(slot: Slot, bytes: Uint8Array, from: number, offset: number, length: number): void {
    if (slot.data.length < offset + length) {
      const larger = new Uint8Array(Math.min(DATA_LIMIT, (offset + length) * 2));
      larger.set(slot.data);
      slot.data = larger;
    }
    let start = 0;
    for (let done = 0; done < length; done += UNIT) {
      const unit = (offset + done) / UNIT;
      const bit = 1 << (unit & 7);
      const octet = slot.has[unit >> 3] ?? 0;
      if ((octet & bit) === 0) {
        slot.has[unit >> 3] = octet | bit;
        slot.units += 1;
        continue;
      }
      this.#overlaps += 1;
      slot.data.set(bytes.subarray(from + start, from + done), offset + start);
      start = Math.min(done + UNIT, length);
    }
    slot.data.set(bytes.subarray(from + start, from + length), offset + start);
  }

  #finish(slot: Slot, last: Packet): Packet {
    const length = slot.headLength + slot.total;
    if (this.#bytes.length < length) {
      this.#bytes = new Uint8Array(HEAD_LIMIT + DATA_LIMIT);
    }
    this.#bytes.set(slot.head.subarray(0, slot.headLength));
    this.#bytes.set(slot.data.subarray(0, slot.total), slot.headLength);
    slot.isUsed = false;
    this.#whole += 1;
    const packet = this.#packet;
    packet.bytes = this.#bytes;
    packet.view = new DataView(this.#bytes.buffer);
    packet.captured = length;
    packet.length = length;
    packet.frame = last.frame;
    packet.time = last.time;
    packet.interface = last.interface;
    packet.linkType = LINK_ETHERNET;
    this.#outcome = decode(packet);
    // A frame that had no MAC addresses was given room for them only.
    if (last.sourceMac < 0) packet.sourceMac = -1;
    if (last.destinationMac < 0) packet.destinationMac = -1;
    return packet;
  }
}

/** IPv4: where its header begins. IPv6: where the fragment header does. -1 where it is no fragment. */
function fragmentedPart(packet: Packet): number {
  if (!packet.isFragment && !packet.hasFragments) return -1;
  if (packet.family === 4) return packet.source - 12;
  const { view } = packet;
  let next = view.getUint8(packet.source - 2);
  let at = packet.source + 32;
  while (next !== FRAGMENT && isExtension(next)) {
    // The decoder came this way, so all of it was captured and the chain has an end.
    const size = extensionSize(next, view.getUint8(at + 1));
    next = view.getUint8(at);
    at += size;
  }
  return next === FRAGMENT ? at : -1;
}

/** RFC 791 §3.2 and RFC 8200 §4.5: both addresses and the identification; for IPv4 the protocol too. */
function writeKey(key: Uint8Array, packet: Packet, at: number): number {
  const { bytes, family } = packet;
  const size = family === 4 ? 4 : 16;
  key.set(bytes.subarray(packet.source, packet.source + size), 0);
  key.set(bytes.subarray(packet.destination, packet.destination + size), size);
  const identification =
    family === 4 ? bytes.subarray(at + 4, at + 6) : bytes.subarray(at + 4, at + 8);
  key.set(identification, 2 * size);
  const length = 2 * size + identification.length;
  key[length] = family === 4 ? packet.protocol : 0;
  return length + 1;
}

/** FNV-1a, 32 bits: only to leave out comparisons. */
function hashOf(key: Uint8Array, length: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < length; index += 1) {
    hash = Math.imul(hash ^ (key[index] ?? 0), 0x01000193);
  }
  return hash;
}

function hasKey(slot: Slot, key: Uint8Array, length: number): boolean {
  if (slot.keyLength !== length) return false;
  for (let index = 0; index < length; index += 1) {
    if (slot.key[index] !== key[index]) return false;
  }
  return true;
}

function placeOf(packet: Packet, at: number): { offset: number; hasMore: boolean } {
  const field = packet.view.getUint16(packet.family === 4 ? at + 6 : at + 2);
  return packet.family === 4
    ? { offset: (field & 0x1fff) * UNIT, hasMore: (field & 0x2000) !== 0 }
    : { offset: field & 0xfff8, hasMore: (field & 1) === 1 };
}

function dataOf(packet: Packet, at: number): number {
  return packet.family === 4 ? at + (packet.view.getUint8(at) & 0x0f) * 4 : at + 8;
}

function datagramEnd({ view, family, source }: Packet): number {
  if (family === 4) return source - 12 + view.getUint16(source - 10);
  return source + 32 + view.getUint16(source - 4);
}

function agrees({ total, reach }: Slot, end: number, hasMore: boolean): boolean {
  if (total >= 0) return hasMore ? end <= total : end === total;
  return hasMore || end >= reach;
}

/** Makes the head of the frame to come: Ethernet with the tag, and IP without the fragmentation. */
function keepHead(slot: Slot, packet: Packet, at: number): boolean {
  const ip = packet.family === 4 ? at : packet.source - 8;
  const end = packet.family === 4 ? dataOf(packet, at) : at;
  const link = packet.vlan < 0 ? ETHERNET : ETHERNET + TAG;
  if (link + end - ip > HEAD_LIMIT) return false;
  const { head } = slot;
  head.fill(0, 0, link);
  copyMac(head, 0, packet, packet.destinationMac);
  copyMac(head, 6, packet, packet.sourceMac);
  const view = new DataView(head.buffer);
  if (packet.vlan >= 0) {
    view.setUint16(12, 0x8100);
    view.setUint16(14, packet.vlan);
  }
  view.setUint16(link - 2, packet.family === 4 ? 0x0800 : 0x86dd);
  head.set(packet.bytes.subarray(ip, end), link);
  slot.headLength = link + end - ip;
  // A length of 0: the frame says it. Fragments of more than 16 bits could not be told otherwise.
  if (packet.family === 4) {
    view.setUint16(link + 2, 0);
    view.setUint16(link + 6, 0);
  } else {
    view.setUint16(link + 4, 0);
    head[lastNextHeader(head, link, slot.headLength)] = packet.view.getUint8(at);
  }
  return true;
}

/** Place of the octet that announced the fragment header, which is left out. */
function lastNextHeader(head: Uint8Array, ip: number, end: number): number {
  let place = ip + 6;
  let at = ip + 40;
  while (at < end) {
    const size = extensionSize(head[place] ?? 0, head[at + 1] ?? 0);
    place = at;
    at += size;
  }
  return place;
}

function copyMac(head: Uint8Array, to: number, packet: Packet, from: number): void {
  if (from >= 0) head.set(packet.bytes.subarray(from, from + 6), to);
}
