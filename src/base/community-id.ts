import { parseAddress } from './address.ts';
import { sha1 } from './hash.ts';

/** IANA protocol numbers. */
const ICMP = 1;
const TCP = 6;
const UDP = 17;
const ICMPV6 = 58;

/** One end of a flow: 4 or 16 octets of address; for ICMP the type or the code as port. */
export interface Side {
  readonly address: Uint8Array;
  readonly port: number;
}

/** Types of ICMP that come in pairs, a question and its answer; other types have no other side. */
const ICMP_PAIRS = new Map([
  [8, 0],
  [0, 8],
  [13, 14],
  [14, 13],
  [15, 16],
  [16, 15],
  [17, 18],
  [18, 17],
  [10, 9],
  [9, 10],
]);
const ICMPV6_PAIRS = new Map([
  [128, 129],
  [129, 128],
  [133, 134],
  [134, 133],
  [135, 136],
  [136, 135],
  [130, 131],
  [131, 130],
  [144, 145],
  [145, 144],
]);

/**
 * The name that all tools give to one flow (github.com/corelight/community-id-spec, version 1):
 * SHA-1 of seed, lower endpoint, higher endpoint, protocol, a zero octet and the ports.
 */
export function communityId(protocol: number, source: Side, destination: Side): string {
  const icmp = protocol === ICMP ? ICMP_PAIRS : protocol === ICMPV6 ? ICMPV6_PAIRS : undefined;
  if (icmp === undefined) return digest(protocol, ...ordered(source, destination));
  const counterpart = icmp.get(source.port);
  // Without a counterpart the flow has one direction, and its ends keep their order.
  const [from, to] = [source, { ...destination, port: counterpart ?? destination.port }];
  return digest(protocol, ...(counterpart === undefined ? [from, to] : ordered(from, to)));
}

/**
 * The same of what has ports, from addresses as they are written; undefined for everything else, and
 * for what is no address.
 */
export function communityIdOf(
  protocol: number,
  source: { readonly address: string; readonly port: number },
  destination: { readonly address: string; readonly port: number },
): string | undefined {
  if (protocol !== TCP && protocol !== UDP) return undefined;
  const [from, to] = [octetsOf(source.address), octetsOf(destination.address)];
  if (from === undefined || from.length !== to?.length) return undefined;
  return communityId(
    protocol,
    { address: from, port: source.port },
    { address: to, port: destination.port },
  );
}

function octetsOf(text: string): Uint8Array | undefined {
  const parsed = parseAddress(text);
  if (parsed === undefined) return undefined;
  const size = parsed.family === 4 ? 4 : 16;
  return Uint8Array.from({ length: size }, (_, index) =>
    Number((parsed.value >> BigInt(8 * (size - 1 - index))) & 0xffn),
  );
}

function ordered(a: Side, b: Side): readonly [Side, Side] {
  for (const [index, octet] of a.address.entries()) {
    const other = b.address[index] ?? 0;
    if (octet !== other) return octet < other ? [a, b] : [b, a];
  }
  return a.port <= b.port ? [a, b] : [b, a];
}

function digest(protocol: number, low?: Side, high?: Side): string {
  if (low === undefined || high === undefined) return '';
  const size = low.address.length;
  const message = new Uint8Array(size * 2 + 8);
  const view = new DataView(message.buffer);
  message.set(low.address, 2);
  message.set(high.address, 2 + size);
  message[2 + size * 2] = protocol;
  view.setUint16(4 + size * 2, low.port);
  view.setUint16(6 + size * 2, high.port);
  return `1:${base64(sha1(message))}`;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648 §4. */
function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = bytes.subarray(at, at + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text += ALPHABET.charAt(bits >> 18) + ALPHABET.charAt((bits >> 12) & 63);
    text += b === undefined ? '=' : ALPHABET.charAt((bits >> 6) & 63);
    text += c === undefined ? '=' : ALPHABET.charAt(bits & 63);
  }
  return text;
}
