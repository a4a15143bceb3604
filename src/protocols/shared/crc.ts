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
