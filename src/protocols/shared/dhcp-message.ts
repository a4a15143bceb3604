import { Reader } from '../../base/reader.ts';

/** Options that say who a client is (RFC 2132, RFC 4702, RFC 8520 §10.1). */
export const OPTION = {
  hostName: 12,
  overload: 52,
  messageType: 53,
  parameters: 55,
  vendorClass: 60,
  clientId: 61,
  fqdn: 81,
  mudUrl: 161,
} as const;

const COOKIE = 0x63825363;
const PAD = 0;
const END = 255;
const ETHERNET = 1;
/** Options of a message that are read. */
const OPTIONS_CAP = 128;

export interface DhcpMessage {
  /** 1 from a client, 2 from a server. */
  readonly operation: number;
  /** Of the client, where it is one of Ethernet: lower case with colons. */
  readonly mac?: string;
  /** The address that the client has, as four octets; all 0 where it has none. */
  readonly clientAddress: Uint8Array;
  readonly offeredAddress: Uint8Array;
  /** By number; an option that comes again goes on where it ended (RFC 3396 §7). */
  readonly options: ReadonlyMap<number, Uint8Array>;
}

/** RFC 2131 §2: the fields of BOOTP, a cookie, options; undefined for what is no DHCP. */
export function readDhcp(bytes: Uint8Array): DhcpMessage | undefined {
  const reader = new Reader(bytes);
  const operation = reader.u8();
  const hardware = reader.u8();
  const size = reader.u8();
  reader.skip(9);
  const clientAddress = reader.take(4);
  const offeredAddress = reader.take(4);
  reader.skip(8);
  const address = reader.take(16);
  const serverName = reader.take(64);
  const file = reader.take(128);
  const cookie = reader.u32();
  if (reader.failed || operation < 1 || operation > 2 || cookie !== COOKIE) return undefined;
  const options = new Map<number, Uint8Array>();
  readOptions(reader, options);
  // RFC 2132 §9.3: options may go on in the two fields for names.
  const overload = options.get(OPTION.overload)?.[0] ?? 0;
  if ((overload & 1) !== 0) readOptions(new Reader(file), options);
  if ((overload & 2) !== 0) readOptions(new Reader(serverName), options);
  const isEthernet = hardware === ETHERNET && size === 6;
  const message = { operation, clientAddress, offeredAddress, options };
  return isEthernet ? { ...message, mac: macOf(address) } : message;
}

function macOf(address: Uint8Array): string {
  const octets = address.subarray(0, 6);
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join(':');
}

function readOptions(reader: Reader, options: Map<number, Uint8Array>): void {
  for (let count = 0; reader.left > 0 && count < OPTIONS_CAP; ) {
    const number = reader.u8();
    if (number === END) return;
    if (number === PAD) continue;
    count += 1;
    const value = reader.take(reader.u8());
    if (reader.failed) return;
    const before = options.get(number);
    options.set(number, before === undefined ? value : appended(before, value));
  }
}

function appended(before: Uint8Array, more: Uint8Array): Uint8Array {
  const all = new Uint8Array(before.length + more.length);
  all.set(before);
  all.set(more, before.length);
  return all;
}
