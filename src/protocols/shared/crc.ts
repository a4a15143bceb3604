/** CRC-32 of ISO 3309 (Ethernet, gzip, Tuya): reflected polynomial 0xEDB88320. */
export function crc32(bytes: Uint8Array): number {
  return (reflected(bytes, 0xedb88320, 0xffffffff) ^ 0xffffffff) >>> 0;
}

/** CRC-16/DNP of IEEE 1815 §9.2.4.1.9: reflected polynomial 0xA6BC, complemented. */
export function crc16Dnp(bytes: Uint8Array): number {
  return reflected(bytes, 0xa6bc, 0) ^ 0xffff;
}

function reflected(bytes: Uint8Array, polynomial: number, start: number): number {
  let crc = start;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc & 1) === 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    }
  }
  return crc;
}

/** CRC-CCITT of IEEE C37.118.2 annex B: polynomial 0x1021 from the highest bit, starting at all ones. */
export function crc16Ccitt(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff;
    }
  }
  return crc;
}
