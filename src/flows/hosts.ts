import { RecentMap } from '../base/recent-map.ts';
import type { Fact, PresenceVia, Subject } from '../model/evidence.ts';
import type { Packet } from '../wire/packet.ts';
import type { AddressText } from './address-text.ts';
import { ipText, isGroupIpv4, isPrivateIpv4, isPrivateIpv6, macText } from './address-text.ts';
import { ICMP, ICMPV6, TCP } from './flow-state.ts';
import { SeenFilter } from './seen-filter.ts';

/** Pairs of address and MAC, and MACs, that are remembered. */
const CAPACITY = 65_536;
/** Global IPv6 addresses of one device: its own, and one for privacy each day (RFC 8981 §3.8). */
const GLOBALS = 16;
/** Facts about a MAC that wait until it has an address. */
const WAITING = 16;

export interface HostListener {
  onPresent(at: number, subject: Subject, via: PresenceVia): void;
  /** What waited until the address was known. */
  onFact(at: number, subject: Subject, fact: Fact): void;
}

/**
 * Which addresses are on the link, and behind which MAC. A frame of a router bears the router's MAC
 * and somebody else's address: so a MAC counts for an address only where the packet was not
 * forwarded yet (its hops are what senders start with, or both ends are in one /24 of a private
 * network), or where ARP says so.
 */
export class Hosts {
  readonly #text: AddressText;
  readonly #listener: HostListener;
  readonly #same = new SeenFilter(16_384);
  readonly #seen = new RecentMap<true>(CAPACITY);
  readonly #own = new RecentMap<true>(CAPACITY);
  /** What was asked about IPv4 since an address was found to be own: that is once a flow. */
  readonly #asked = new Map<number, boolean>();
  readonly #macOf = new RecentMap<string>(CAPACITY);
  readonly #addressOf = new RecentMap<string>(CAPACITY);
  /** The one public IPv4 address of a MAC; `router` where there were several. */
  readonly #publicOf = new RecentMap<string>(CAPACITY);
  /** Global IPv6 addresses that a MAC was seen with. */
  readonly #globals = new RecentMap<number>(CAPACITY);
  readonly #waiting = new RecentMap<Fact[]>(1024);

  constructor(text: AddressText, listener: HostListener) {
    this.#text = text;
    this.#listener = listener;
  }

  /** The sender of a packet. */
  sighting(packet: Packet): void {
    if (packet.family === 0 || this.#isRepeated(packet)) return;
    if (packet.family === 4) this.#sightingOf4(packet);
    else if (packet.family === 6) this.#sightingOf6(packet);
  }

  /** RFC 826: what its sender says of itself. */
  arp(packet: Packet): void {
    const { view, bytes, payload: at, payloadCaptured } = packet;
    const isEthernetAndIp = payloadCaptured >= 28 && view.getUint32(at + 2) === 0x08000604;
    if (!isEthernetAndIp) return;
    const address = view.getInt32(at + 14);
    if (address === 0 || isGroupIpv4(address)) return;
    const mac = macText(bytes.subarray(at + 8, at + 14));
    this.#note(packet.time, this.#text.ipv4(address), mac, 'arp');
  }

  /** Whether it is one of the network's own, as far as was seen. */
  isOwn(address: string): boolean {
    return this.#own.get(address) === true;
  }

  isOwnIpv4(address: number): boolean {
    const known = this.#asked.get(address);
    if (known !== undefined) return known;
    const isOwn = this.isOwn(this.#text.ipv4(address));
    if (this.#asked.size === CAPACITY) this.#asked.clear();
    this.#asked.set(address, isOwn);
    return isOwn;
  }

  macOf(address: string): string | undefined {
    return this.#macOf.get(address);
  }

  /** A fact about whoever has the MAC: now, or as soon as its address is known. */
  tell(at: number, mac: string, fact: Fact): void {
    const address = this.#addressOf.get(mac);
    if (address !== undefined) {
      this.#listener.onFact(at, { address, mac }, fact);
      return;
    }
    const waiting = this.#waiting.get(mac) ?? [];
    if (waiting.length < WAITING) this.#waiting.set(mac, [...waiting, fact]);
  }

  /** The same MAC and the same address, as far on. */
  #isRepeated({ bytes, source, family, sourceMac, hops }: Packet): boolean {
    const end = source + (family === 4 ? 4 : 16);
    const mac = Math.max(0, sourceMac);
    this.#same.begin(hops);
    this.#same.add(bytes, source, end);
    this.#same.add(bytes, mac, mac + 6);
    return this.#same.isRepeated();
  }

  #sightingOf4(packet: Packet): void {
    const address = packet.view.getInt32(packet.source);
    if (address === 0 || isGroupIpv4(address)) return;
    const near = (address ^ packet.view.getInt32(packet.destination)) >>> 8 === 0;
    const isFirst = isFirstHop(packet.hops);
    const onLink = packet.sourceMac >= 0 && (isFirst || (near && isPrivateIpv4(address)));
    if (isPrivateIpv4(address)) {
      const mac = onLink && address >>> 24 !== 127 ? macOf(packet) : undefined;
      this.#note(packet.time, this.#text.ipv4(address), mac, viaOf(packet));
    } else if (onLink) {
      this.#sightingOfPublic(packet, this.#text.ipv4(address));
    }
  }

  /** A device with an address of the Internet has one; a router brings those of many. */
  #sightingOfPublic(packet: Packet, address: string): void {
    const mac = macOf(packet);
    if (mac === undefined) return;
    const known = this.#publicOf.get(mac);
    if (known !== undefined && known !== address) {
      this.#publicOf.set(mac, 'router');
      return;
    }
    this.#publicOf.set(mac, address);
    this.#note(packet.time, address, mac, viaOf(packet));
  }

  /** A device has its global addresses in the one network of its link; a router brings others. */
  #isItsPrefix(mac: string, prefix: string): boolean {
    const key = `${mac} 6`;
    const known = this.#publicOf.get(key);
    const count = (this.#globals.get(mac) ?? 0) + 1;
    this.#globals.set(mac, count);
    const isRouter = count > GLOBALS || (known !== undefined && known !== prefix);
    if (isRouter) this.#publicOf.set(key, 'router');
    else if (known === undefined) this.#publicOf.set(key, prefix);
    return !isRouter;
  }

  #sightingOf6(packet: Packet): void {
    const { bytes, source } = packet;
    if (bytes[source] === 0xff || isUnspecified(bytes, source)) return;
    const onLink = packet.sourceMac >= 0 && isFirstHop(packet.hops);
    const isPrivate = isPrivateIpv6(bytes, source);
    if (!onLink && !isPrivate) return;
    const mac = onLink ? macOf(packet) : undefined;
    const address = ipText(bytes.subarray(source, source + 16));
    if (isPrivate || mac === undefined) this.#note(packet.time, address, mac, viaOf(packet));
    else if (this.#isItsPrefix(mac, macText(bytes.subarray(source, source + 8)))) {
      this.#note(packet.time, address, mac, viaOf(packet));
    }
  }

  #note(time: number, address: string, mac: string | undefined, via: PresenceVia): void {
    const key = mac === undefined ? address : `${address} ${mac}`;
    if (this.#seen.get(key) === true) return;
    this.#seen.set(key, true);
    if (!this.isOwn(address)) this.#asked.clear();
    this.#own.set(address, true);
    const at = Math.floor(time / 1000);
    if (mac === undefined) {
      this.#listener.onPresent(at, { address }, via);
      return;
    }
    this.#macOf.set(address, mac);
    this.#addressOf.set(mac, address);
    this.#listener.onPresent(at, { address, mac }, via);
    for (const fact of this.#waiting.get(mac) ?? []) {
      this.#listener.onFact(at, { address, mac }, fact);
    }
    this.#waiting.set(mac, []);
  }
}

/** What systems start with (RFC 1700; 255 for everything of the link, 1 for multicast). */
function isFirstHop(hops: number): boolean {
  return hops === 64 || hops === 128 || hops === 255 || hops === 1 || hops === 32 || hops === 4;
}

function macOf({ bytes, sourceMac }: Packet): string | undefined {
  const octets = bytes.subarray(sourceMac, sourceMac + 6);
  // A group is no sender, and nobody has the MAC of zeros (loopback).
  return ((octets[0] ?? 1) & 1) === 1 || octets.every((octet) => octet === 0)
    ? undefined
    : macText(octets);
}

function isUnspecified(bytes: Uint8Array, at: number): boolean {
  return bytes.subarray(at, at + 16).every((octet) => octet === 0);
}

function viaOf({ protocol }: Packet): PresenceVia {
  if (protocol === ICMP || protocol === ICMPV6) return 'icmp';
  return protocol === TCP ? 'tcp' : 'udp';
}
