import { RecentMap } from '../base/recent-map.ts';
import { readName } from '../protocols/shared/dns-message.ts';
import type { Packet } from '../wire/packet.ts';
import type { AddressText } from './address-text.ts';
import { ipText, isGroupIpv4 } from './address-text.ts';
import { SeenFilter } from './seen-filter.ts';

/** Pairs of client and address that are remembered. */
const CAPACITY = 65_536;
const TYPE_A = 1;
const TYPE_AAAA = 28;
/** Records of one answer that are looked at. */
const RECORDS = 64;
const EVERYBODY = '*';

/**
 * By which name each client learnt an address, from the answers of DNS, mDNS and LLMNR. The name is
 * the one that was asked for: what it stands for (CNAME) is between the server and itself.
 */
export class Names {
  readonly #names = new RecentMap<string>(CAPACITY);
  /** Addresses that somebody learnt a name for: as many as there are pairs for sure. */
  readonly #addresses = new RecentMap<true>(CAPACITY);
  readonly #seen = new SeenFilter(32_768);

  get(client: string, address: string): string | undefined {
    // Most addresses have no name: then no text of both is made.
    if (this.#addresses.get(address) === undefined) return undefined;
    return this.#names.get(`${client} ${address}`) ?? this.#names.get(`${EVERYBODY} ${address}`);
  }

  /** Takes in the payload of a packet where it is an answer; what is damaged is left out. */
  learn(packet: Packet, text: AddressText): void {
    const { bytes, payload, payloadCaptured } = packet;
    if (payloadCaptured < 12 || (bytes[payload + 2] ?? 0) < 0x80) return;
    if (this.#isRepeated(packet)) return;
    const message = bytes.subarray(payload, payload + payloadCaptured);
    const answers = be16(message, 6);
    const questions = be16(message, 4);
    const isAnswer = (be16(message, 2) & 0x8000) !== 0;
    if (message.length < 12 || !isAnswer || answers === 0 || questions > 4) return;
    let at = 12;
    let asked = '';
    for (let index = 0; index < questions; index += 1) {
      const name = readName(message, at);
      if (name.kind !== 'ok') return;
      if (index === 0) asked = name.value.join('.');
      at += name.size + 4;
    }
    this.#readRecords(clientOf(packet, text), message, at, asked, Math.min(answers, RECORDS));
  }

  #set(client: string, address: string, name: string): void {
    this.#names.set(`${client} ${address}`, name);
    this.#addresses.set(address, true);
  }

  /** The same answer to the same client, but for its id: caches and short times to live repeat it. */
  #isRepeated({ bytes, payload, payloadCaptured, destination, family }: Packet): boolean {
    const end = destination + (family === 4 ? 4 : 16);
    const to = payload + payloadCaptured;
    this.#seen.begin(family);
    this.#seen.add(bytes, destination, end);
    this.#seen.add(bytes, payload + 2, to);
    return this.#seen.isRepeated();
  }

  #readRecords(
    client: string,
    message: Uint8Array,
    from: number,
    asked: string,
    count: number,
  ): void {
    let at = from;
    for (let index = 0; index < count && at < message.length; index += 1) {
      const owner = skipName(message, at);
      const length = be16(message, owner + 8);
      const data = message.subarray(owner + 10, owner + 10 + length);
      if (data.length < length) return;
      if (isAddress(be16(message, owner), length)) {
        const name = asked === '' ? nameAt(message, at) : asked;
        if (name !== '') this.#set(client, ipText(data), name.toLowerCase());
      }
      at = owner + 10 + length;
    }
  }
}

function isAddress(type: number, length: number): boolean {
  return type === TYPE_A ? length === 4 : type === TYPE_AAAA && length === 16;
}

/** Who is told: an answer to a group tells everybody. */
function clientOf(packet: Packet, text: AddressText): string {
  if (packet.family === 4) {
    const address = packet.view.getInt32(packet.destination);
    return isGroupIpv4(address) ? EVERYBODY : text.ipv4(address);
  }
  const octets = packet.bytes.subarray(packet.destination, packet.destination + 16);
  return octets[0] === 0xff ? EVERYBODY : ipText(octets);
}

function nameAt(message: Uint8Array, at: number): string {
  const name = readName(message, at);
  return name.kind === 'ok' ? name.value.join('.') : '';
}

/** Where the name ends: behind its root or its first pointer. */
function skipName(message: Uint8Array, from: number): number {
  let at = from;
  while (at < message.length) {
    const length = message[at] ?? 0;
    if (length >= 0xc0) return at + 2;
    at += length + 1;
    if (length === 0) return at;
  }
  return at;
}

function be16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
