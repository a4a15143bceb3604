/** Hex digits of a registered prefix, longest first: IEEE MA-S (36 bits), MA-M (28), MA-L (24). */
const PREFIX_DIGITS = [9, 7, 6] as const;

/** Bit 1 of the first octet: set by whoever made the address up (IEEE 802-2014 §8.4). */
const LOCALLY_ADMINISTERED = 0x02;
/** Bit 0 of the first octet: a group address, which is nobody's own. */
const GROUP = 0x01;

/** Whether a MAC was made up (a phone's private address, a container) and so names no maker. */
export function isLocallyAdministered(mac: string): boolean {
  return (firstOctet(mac) & LOCALLY_ADMINISTERED) !== 0;
}

/** Whether a MAC can be the lasting name of one network card. */
export function isGloballyUnique(mac: string): boolean {
  return (firstOctet(mac) & (LOCALLY_ADMINISTERED | GROUP)) === 0 && !/^(00:){5}00$/.test(mac);
}

function firstOctet(mac: string): number {
  return Number.parseInt(mac.slice(0, 2), 16);
}

/**
 * Makes the look-up of a MAC's registrant from the packed table.
 *
 * The text is kept as it is and searched by bisection: a map of its 54,000 lines would take 8 MB and
 * 30 ms, for the few dozen look-ups that most runs make.
 *
 * @param text lines `prefix<tab>organisation`, prefixes of 6, 7 or 9 lower-case hex digits, sorted
 */
export function makeVendorOf(text: string): (mac: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (mac) => {
    const hex = mac.replaceAll(':', '').toLowerCase();
    if (hex.length !== 12 || !isGloballyUnique(mac)) return undefined;
    const prefix = hex.slice(0, PREFIX_DIGITS[0]);
    if (!known.has(prefix)) known.set(prefix, longestMatch(text, prefix));
    return known.get(prefix);
  };
}

function longestMatch(text: string, hex: string): string | undefined {
  for (const digits of PREFIX_DIGITS) {
    const found = find(text, `${hex.slice(0, digits)}\t`);
    // The registry names the owner of a block "IEEE Registration Authority" where it was cut up
    // into smaller ones: that is no maker, and the smaller block was not found.
    if (found !== undefined) return found.startsWith('IEEE Registration') ? undefined : found;
  }
  return undefined;
}

/** The rest of the line that starts so. Tab sorts before every digit, so prefixes sort before longer ones. */
function find(text: string, start: string): string | undefined {
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = text.lastIndexOf('\n', Math.floor((low + high) / 2) - 1) + 1;
    const line = middle < low ? low : middle;
    const end = endOfLine(text, line);
    if (text.startsWith(start, line)) return text.slice(line + start.length, end);
    if (text.slice(line, line + start.length) < start) low = end + 1;
    else high = line;
  }
  return undefined;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
