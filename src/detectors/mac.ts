/** Second digit: bit 0 a group, bit 1 given by whoever has it (IEEE 802-2014 §8.2). */
function flagsOf(mac: string): number {
  return Number.parseInt(mac.charAt(1), 16);
}

/** Multicast, broadcast, or the MAC of nobody. */
export function isGroupMac(mac: string): boolean {
  return (flagsOf(mac) & 1) === 1 || mac === '00:00:00:00:00:00';
}

/** Drawn at random by a telephone or a container, not given by a maker. */
export function isPrivateMac(mac: string): boolean {
  return (flagsOf(mac) & 2) === 2;
}
