/** Second digit: bit 0 a group, bit 1 given by whoever has it (IEEE 802-2014 §8.2). */
function flagsOf(mac: string): number {
  const code = mac.charCodeAt(1);
  // Letters of either case; asked for many times an observation, where `parseInt` is felt.
  return code < 58 ? code - 48 : (code | 32) - 87;
}

/** Multicast, broadcast, or the MAC of nobody. */
export function isGroupMac(mac: string): boolean {
  return (flagsOf(mac) & 1) === 1 || mac === '00:00:00:00:00:00';
}

/** Drawn at random by a telephone or a container, not given by a maker. */
export function isPrivateMac(mac: string): boolean {
  return (flagsOf(mac) & 2) === 2;
}
