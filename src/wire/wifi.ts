import { advance } from './cursor.ts';
import { decodeLlc, decodeNetwork } from './network.ts';
import type { Decoded, Packet } from './packet.ts';

const DATA = 2;
const NO_DATA = 0x4;
const QUALITY = 0x8;
const TO_DISTRIBUTION = 0x01;
const FROM_DISTRIBUTION = 0x02;
const PROTECTED = 0x40;
const ORDER = 0x80;
/** Words of the radiotap bitmap that are followed. */
const PRESENT_LIMIT = 16;

/** radiotap.org: little-endian; of its fields only the flags matter here. */
export function decodeRadiotap(packet: Packet): Decoded {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 8) return 'cut';
  const size = view.getUint16(at + 2, true);
  if (size < 8) return 'bad';
  if (size > packet.payloadCaptured) return 'cut';
  const flags = radiotapFlags(packet, size);
  advance(packet, size);
  // 0x20: the card pads between header and data to 4 octets.
  return wifi(packet, (flags & 0x20) !== 0);
}

function radiotapFlags({ view, payload: at }: Packet, size: number): number {
  const present = view.getUint32(at + 4, true);
  if ((present & 2) === 0) return 0;
  let next = 8;
  let more = present;
  for (let count = 0; more < 0 || more >= 0x8000_0000; count += 1) {
    if (count === PRESENT_LIMIT || next + 4 > size) return 0;
    more = view.getUint32(at + next, true);
    next += 4;
  }
  // The timer comes first: 8 octets, aligned to 8.
  if ((present & 1) === 1) next = ((next + 7) & ~7) + 8;
  return next < size ? view.getUint8(at + next) : 0;
}

export function decodeWifi(packet: Packet): Decoded {
  return wifi(packet, false);
}

/**
 * IEEE 802.11 §9.2.3, data frames only; management and control frames have addresses and no
 * protocol. What is encrypted stays with its EtherType unknown.
 */
function wifi(packet: Packet, isPadded: boolean): Decoded {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 10) return 'cut';
  const control = view.getUint8(at);
  const subtype = control >> 4;
  packet.destinationMac = at + 4;
  if (((control >> 2) & 3) !== DATA) return shortFrame(packet);
  if (packet.payloadCaptured < 24) return 'cut';
  const flags = view.getUint8(at + 1);
  addresses(packet, flags);
  const plain = (flags & 3) === 3 ? 30 : 24;
  const quality = qualitySize(subtype, flags);
  const size = isPadded ? (plain + quality + 3) & ~3 : plain + quality;
  if (size > packet.payloadCaptured) return 'cut';
  const isAggregate = quality > 0 && (view.getUint8(at + plain) & 0x80) !== 0;
  advance(packet, size);
  if ((flags & PROTECTED) !== 0 || (subtype & NO_DATA) !== 0) return 'whole';
  return isAggregate ? aggregate(packet) : llc(packet);
}

/** QoS control, and with the order bit HT control behind it. */
function qualitySize(subtype: number, flags: number): number {
  if ((subtype & QUALITY) === 0) return 0;
  return (flags & ORDER) === 0 ? 2 : 6;
}

/** Management frames name their sender; of control frames not all do. */
function shortFrame(packet: Packet): Decoded {
  const isManagement = (packet.view.getUint8(packet.payload) & 0x0c) === 0;
  if (!isManagement) return 'whole';
  if (packet.payloadCaptured < 24) return 'cut';
  packet.sourceMac = packet.payload + 10;
  advance(packet, 24);
  return 'whole';
}

/** IEEE 802.11, table 9-26: which of the addresses are the ends. */
function addresses(packet: Packet, flags: number): void {
  const at = packet.payload;
  const isTo = (flags & TO_DISTRIBUTION) !== 0;
  const isFrom = (flags & FROM_DISTRIBUTION) !== 0;
  packet.destinationMac = isTo ? at + 16 : at + 4;
  if (!isFrom) packet.sourceMac = at + 10;
  else if (!isTo) packet.sourceMac = at + 16;
  else if (packet.payloadCaptured >= 30) packet.sourceMac = at + 24;
}

/** Several frames in one: the first is decoded. Destination, source, length, LLC. */
function aggregate(packet: Packet): Decoded {
  if (packet.payloadCaptured < 14) return 'cut';
  packet.destinationMac = packet.payload;
  packet.sourceMac = packet.payload + 6;
  advance(packet, 14);
  return llc(packet);
}

function llc(packet: Packet): Decoded {
  if (packet.payloadCaptured < 8) return 'cut';
  decodeLlc(packet);
  return decodeNetwork(packet);
}
