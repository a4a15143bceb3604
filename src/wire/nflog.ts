import type { Packet } from './packet.ts';

/** tcpdump.org/linktypes/LINKTYPE_NFLOG.html */
const LINKTYPE_NFLOG = 239;
/** linux/netfilter/nfnetlink_log.h: the words of the rule that logged, with a NUL behind. */
const NFULA_PREFIX = 10;
/** Attributes that are looked at, and octets of a prefix (NF_LOG_PREFIXLEN). */
const ATTRIBUTES = 32;
const PREFIX = 128;

/**
 * The prefix that the logging rule gave, as Latin-1; undefined for a frame that has none. Attributes
 * are in the byte order of the machine that captured: whichever makes the first one fit is it.
 */
export function nflogPrefix({
  bytes,
  view,
  offset,
  captured,
  linkType,
}: Packet): string | undefined {
  if (linkType !== LINKTYPE_NFLOG || captured < 8) return undefined;
  const end = offset + captured;
  let at = offset + 4;
  const isLittle = view.getUint16(at, true) <= captured - 4;
  for (let count = 0; count < ATTRIBUTES && at + 4 <= end; count += 1) {
    const size = view.getUint16(at, isLittle);
    if (size < 4 || at + size > end) return undefined;
    if ((view.getUint16(at + 2, isLittle) & 0x7fff) === NFULA_PREFIX) {
      return textOf(bytes.subarray(at + 4, at + Math.min(size, 4 + PREFIX)));
    }
    at += (size + 3) & ~3;
  }
  return undefined;
}

function textOf(octets: Uint8Array): string {
  const end = octets.indexOf(0);
  return String.fromCharCode(...(end < 0 ? octets : octets.subarray(0, end)));
}
