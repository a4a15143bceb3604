/** An address as a number with its family, for sets and ranges. */
export interface Address {
  readonly family: 4 | 6;
  /** 32 or 128 bits. */
  readonly value: bigint;
}

/** Inclusive range of addresses of one family. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly from: bigint;
  readonly to: bigint;
}

const BITS = { 4: 32n, 6: 128n } as const;

/** Dotted decimal with exactly four parts and no leading zero: octal forms are refused, not guessed. */
export function parseIpv4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256n + BigInt(part);
  }
  return { family: 4, value };
}

/** The same as a number below 2^32, of the one form that we write: for what is asked for each packet. */
export function ipv4Number(text: string): number | undefined {
  if (text.length > 15) return undefined;
  let value = 0;
  let part = 0;
  let dots = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x30 && code <= 0x39) part = part * 10 + code - 0x30;
    else if (code !== 0x2e) return undefined;
    else {
      dots += 1;
      value = value * 256 + part;
      part = 0;
    }
  }
  return dots === 3 ? value * 256 + part : undefined;
}

/** RFC 4291 §2.2; a zone (`%eth0`) is not part of the number and must be cut off before. */
export function parseIpv6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || text.length > 45) return undefined;
  const head = groups(halves[0] ?? '');
  const tail = halves.length === 2 ? groups(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return { family: 6, value: all.reduce((sum, group) => sum * 65_536n + BigInt(group), 0n) };
}

function groups(text: string): number[] | undefined {
  if (text === '') return [];
  const result: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      result.push(Number.parseInt(part, 16));
      continue;
    }
    const v4 = index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (v4 === undefined) return undefined;
    result.push(Number(v4.value >> 16n), Number(v4.value & 0xffffn));
  }
  return result;
}

export function parseAddress(text: string): Address | undefined {
  const bare = text.split('%', 1)[0] ?? '';
  return bare.includes(':') ? parseIpv6(bare) : parseIpv4(bare);
}

/** RFC 5952: lower case, longest run of zeros as `::`. */
export function formatAddress({ family, value }: Address): string {
  if (family === 4) {
    return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');
  }
  const parts = Array.from({ length: 8 }, (_, index) =>
    Number((value >> BigInt((7 - index) * 16)) & 0xffffn),
  );
  const { start, length } = longestZeroRun(parts);
  const hex = parts.map((part) => part.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function longestZeroRun(parts: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, part] of parts.entries()) {
    if (part !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}

/** `192.0.2.0/24` or a single address; host bits are cleared. Undefined for anything else. */
export function parseNetwork(text: string): AddressRange | undefined {
  const [head = '', prefix, ...more] = text.split('/');
  const address = parseAddress(head);
  if (address === undefined || more.length > 0) return undefined;
  const bits = BITS[address.family];
  if (prefix === undefined) return single(address);
  if (!/^\d{1,3}$/.test(prefix) || BigInt(prefix) > bits) return undefined;
  const size = 1n << (bits - BigInt(prefix));
  const from = address.value - (address.value % size);
  return { family: address.family, from, to: from + size - 1n };
}

export function single(address: Address): AddressRange {
  return { family: address.family, from: address.value, to: address.value };
}

export function contains(range: AddressRange, address: Address): boolean {
  return (
    range.family === address.family && range.from <= address.value && address.value <= range.to
  );
}

export function covers(outer: AddressRange, inner: AddressRange): boolean {
  return outer.family === inner.family && outer.from <= inner.from && inner.to <= outer.to;
}

/** Number of addresses; a /64 has more than a number can count exactly, so this is a bigint. */
export function sizeOf(range: AddressRange): bigint {
  return range.to - range.from + 1n;
}

/**
 * Networks that nobody outside can own: RFC 1918, loopback, IPv4 and IPv6 link-local (RFC 3927,
 * RFC 4291), unique local (RFC 4193). CGNAT (RFC 6598) is the provider's and not among them.
 */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', '169.254.0.0/16']
  .concat(['fc00::/7', 'fe80::/10', '::1/128'])
  .map((text) => parseNetwork(text))
  .filter((range) => range !== undefined);

export function isPrivate(range: AddressRange): boolean {
  return PRIVATE.some((own) => covers(own, range));
}

/** Lower case, colons, six octets; undefined for anything else. */
export function parseMac(text: string): string | undefined {
  const hex = text.replaceAll(/[:.-]/g, '').toLowerCase();
  if (!/^[0-9a-f]{12}$/.test(hex)) return undefined;
  return hex.replaceAll(/(..)(?!$)/g, '$1:');
}

/** RFC 3927, RFC 4291 §2.5.6. */
const ON_LINK = ['169.254.0.0/16', 'fe80::/10'].flatMap((text) => parseNetwork(text) ?? []);

/**
 * The address by which people know a machine: IPv4 before IPv6, and last those that are good for one
 * cable only. Of several such the first.
 */
export function shownAddress(addresses: readonly string[]): string | undefined {
  const ranks = addresses.map(shownRank);
  return addresses[ranks.indexOf(Math.min(...ranks))];
}

function shownRank(text: string): number {
  const address = parseAddress(text);
  if (address === undefined) return 3;
  if (ON_LINK.some((range) => contains(range, address))) return 2;
  return address.family === 4 ? 0 : 1;
}
