import type { Subject } from '../model/evidence.ts';
import type { Protocol, Search } from '../protocols/protocol.ts';
import type { Packet } from '../wire/packet.ts';
import type { AddressText } from './address-text.ts';
import { ipText } from './address-text.ts';
import type { Hosts } from './hosts.ts';
import { hashOf, OTHER_SEED, SEED, SeenFilter } from './seen-filter.ts';
import type { ServiceLog } from './services.ts';

/** Announcements that are remembered, so that each is read once. */
const CAPACITY = 16_384;

/**
 * What devices tell everybody about themselves (mDNS, SSDP, WS-Discovery): the same readers as for
 * an active search, on answers that others asked for.
 */
export class Discoveries {
  readonly #byPort = new Map<number, Search>();
  readonly #services: ServiceLog;
  readonly #hosts: Hosts;
  readonly #read = new SeenFilter(CAPACITY);

  constructor(protocols: readonly Protocol[], services: ServiceLog, hosts: Hosts) {
    for (const { search } of protocols) {
      if (search !== undefined) this.#byPort.set(search.port, search);
    }
    this.#services = services;
    this.#hosts = hosts;
  }

  datagram(packet: Packet, text: AddressText): void {
    const { sourcePort, destinationPort } = packet;
    const search = this.#byPort.get(sourcePort) ?? this.#byPort.get(destinationPort);
    if (search === undefined) return;
    if (this.#isRepeated(packet)) return;
    const address = addressOf(packet, text);
    const { bytes, payload, payloadCaptured } = packet;
    const datagram = bytes.subarray(payload, payload + payloadCaptured);
    const at = Math.floor(packet.time / 1000);
    for (const sighting of search.read(datagram.slice(), { address, port: sourcePort })) {
      const mac = this.#hosts.macOf(sighting.address);
      const subject: Subject = {
        address: sighting.address,
        ...(mac === undefined ? {} : { mac }),
        ...(sighting.transport === undefined ? {} : { transport: sighting.transport }),
        ...(sighting.port === undefined ? {} : { port: sighting.port }),
      };
      for (const fact of sighting.facts) this.#services.factOnce(at, subject, 'likely', fact);
    }
  }

  #isRepeated({ bytes, payload, payloadCaptured, source, family }: Packet): boolean {
    const end = source + (family === 4 ? 4 : 16);
    const to = payload + payloadCaptured;
    const first = hashOf(bytes, payload, to, hashOf(bytes, source, end, SEED));
    const second = hashOf(bytes, payload, to, hashOf(bytes, source, end, OTHER_SEED));
    return this.#read.has(first, second);
  }
}

function addressOf(packet: Packet, text: AddressText): string {
  return packet.family === 4
    ? text.ipv4(packet.view.getInt32(packet.source))
    : ipText(packet.bytes.subarray(packet.source, packet.source + 16));
}
