import { reveal } from '../base/untrusted.ts';
import type { Fact, Subject } from '../model/evidence.ts';
import type { Announced } from '../model/observation.ts';
import type { Protocol, Search, Sighting } from '../protocols/protocol.ts';
import type { Packet } from '../wire/packet.ts';
import type { AddressText } from './address-text.ts';
import { ipText } from './address-text.ts';
import type { Hosts } from './hosts.ts';
import { SeenFilter } from './seen-filter.ts';
import type { ServiceLog } from './services.ts';

/** Announcements that are remembered, so that each is read once. */
const CAPACITY = 16_384;

/**
 * What devices tell everybody about themselves (mDNS, SSDP, WS-Discovery): the same readers as for
 * an active search, on answers that others asked for.
 */
export class Discoveries {
  readonly #byPort = new Map<number, Search>();
  /** A bit for each port of `#byPort`: nearly all datagrams are of others. */
  readonly #ports = new Int32Array(65_536 / 32);
  readonly #services: ServiceLog;
  readonly #hosts: Hosts;
  readonly #read = new SeenFilter(CAPACITY);
  readonly #tell: (announced: Announced) => void;

  /** @param tell hears what devices say that they serve, each thing once */
  constructor(
    protocols: readonly Protocol[],
    { services, hosts }: { readonly services: ServiceLog; readonly hosts: Hosts },
    tell: (announced: Announced) => void,
  ) {
    for (const { search } of protocols) {
      if (search === undefined) continue;
      this.#byPort.set(search.port, search);
      this.#ports[search.port >>> 5] = this.#bitsOf(search.port) | (1 << (search.port & 31));
    }
    this.#services = services;
    this.#hosts = hosts;
    this.#tell = tell;
  }

  datagram(packet: Packet, text: AddressText): void {
    const { sourcePort, destinationPort } = packet;
    if (!this.#isOne(sourcePort) && !this.#isOne(destinationPort)) return;
    const search = this.#byPort.get(sourcePort) ?? this.#byPort.get(destinationPort);
    if (search === undefined) return;
    if (this.#isRepeated(packet)) return;
    const address = addressOf(packet, text);
    const { bytes, payload, payloadCaptured } = packet;
    const datagram = bytes.subarray(payload, payload + payloadCaptured);
    for (const sighting of search.read(datagram.slice(), { address, port: sourcePort })) {
      this.#note(sighting, sighting.address === address, packet);
    }
  }

  /** @param isOwn what the sender says of itself; of another's ports it is no word of that other */
  #note(sighting: Sighting, isOwn: boolean, packet: Packet): void {
    const at = Math.floor(packet.time / 1000);
    const subject = this.#subjectOf(sighting);
    for (const fact of sighting.facts) {
      const certainty = !isOwn && fact.kind === 'advertises' ? 'hint' : 'likely';
      const isNew = this.#services.factOnce(at, subject, certainty, fact);
      if (isNew && isOwn) this.#announce(fact, subject, packet);
    }
  }

  #announce(fact: Fact, { address, mac }: Subject, { time, frame }: Packet): void {
    if (fact.kind !== 'advertises') return;
    this.#tell({
      kind: 'announced',
      at: Math.floor(time / 1000),
      frame,
      device: { address, ...(mac === undefined ? {} : { mac }) },
      transport: fact.transport,
      port: fact.port,
      service: reveal(fact.service),
    });
  }

  #subjectOf({ address, transport, port }: Sighting): Subject {
    const mac = this.#hosts.macOf(address);
    return {
      address,
      ...(mac === undefined ? {} : { mac }),
      ...(transport === undefined ? {} : { transport }),
      ...(port === undefined ? {} : { port }),
    };
  }

  /** Whether it is a port of such a search. */
  #isOne(port: number): boolean {
    return ((this.#bitsOf(port) >>> (port & 31)) & 1) === 1;
  }

  #bitsOf(port: number): number {
    return this.#ports[port >>> 5] ?? 0;
  }

  #isRepeated({ bytes, payload, payloadCaptured, source, family }: Packet): boolean {
    const end = source + (family === 4 ? 4 : 16);
    const to = payload + payloadCaptured;
    this.#read.begin(family);
    this.#read.add(bytes, source, end);
    this.#read.add(bytes, payload, to);
    return this.#read.isRepeated();
  }
}

function addressOf(packet: Packet, text: AddressText): string {
  return packet.family === 4
    ? text.ipv4(packet.view.getInt32(packet.source))
    : ipText(packet.bytes.subarray(packet.source, packet.source + 16));
}
