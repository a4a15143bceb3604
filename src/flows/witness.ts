import { RecentMap } from '../base/recent-map.ts';
import type { Fact, Subject } from '../model/evidence.ts';
import type { DeviceFact } from '../protocols/fields/device-facts.ts';
import type { AddressText } from './address-text.ts';
import { FAMILY_4, FAMILY_MASK } from './flow-state.ts';
import { carrierOf, isOpen, ownerSide } from './flow-view.ts';
import type { Hosts } from './hosts.ts';
import type { ServiceLog } from './services.ts';
import { ToldServices } from './services.ts';
import type { Settled } from './settled.ts';
import type { FlowTable } from './table.ts';

const NO_FACTS: readonly Fact[] = [];
/** Versions of TLS whose certificates go over the wire in the clear (RFC 8446 §1.2). */
const READABLE: ReadonlySet<string> = new Set(['1.0', '1.1', '1.2']);
/** Ends that are remembered. */
const PAIRS = 4096;

/** Turns what a flow shows into evidence about its ends, where they are of the network itself. */
export class Witness {
  readonly #table: FlowTable;
  readonly #text: AddressText;
  readonly #hosts: Hosts;
  readonly #services: ServiceLog;
  readonly #told = new ToldServices();
  /** Ends whose certificates were looked at. */
  readonly #shown = new RecentMap<true>(PAIRS);

  constructor(table: FlowTable, text: AddressText, hosts: Hosts, services: ServiceLog) {
    this.#table = table;
    this.#text = text;
    this.#hosts = hosts;
    this.#services = services;
  }

  /** Of the service that was spoken to, or of who speaks to everybody. */
  service(record: number, at: number, found: Settled | undefined): void {
    const transport = carrierOf(this.#table, record);
    if (transport === 'other') return;
    const { records } = this.#table;
    const side = ownerSide(this.#table, record);
    if (side === records.sourceSide(record)) this.#sender(record, side, at, found?.facts);
    else this.#server(record, side, at, transport, found);
  }

  /**
   * Whether the certificates of a flow of TLS are to be read, where anybody can (before 1.3): once of
   * each pair of ends, and where one of them is of the network itself.
   */
  wantsCertificate(record: number, found: Settled | undefined): boolean {
    if (found === undefined || !READABLE.has(found.version)) return false;
    if (!this.#isOwn(record, 0) && !this.#isOwn(record, 1)) return false;
    const side = this.#table.records.sourceSide(record);
    const server = `${this.#text.of(record, 1 - side)} ${this.#table.records.port(record, 1 - side)}`;
    const ends = `${this.#text.of(record, side)} ${server}`;
    if (this.#shown.get(ends) === true) return false;
    this.#shown.set(ends, true);
    return true;
  }

  /** What a value says of who asked, or of who answered. */
  party(record: number, at: number, { of, certainty, fact }: DeviceFact): void {
    if (typeof of !== 'string') {
      this.#hosts.tell(at, of.mac, fact);
      return;
    }
    const source = this.#table.records.sourceSide(record);
    const side = of === 'client' ? source : 1 - source;
    if (carrierOf(this.#table, record) === 'other') {
      this.#tellMac(record, side, at, fact);
      return;
    }
    const address = this.#text.of(record, side);
    if (!this.#hosts.isOwn(address)) return;
    this.#services.factOnce(at, this.#subjectOf(address), certainty, fact);
  }

  #server(
    record: number,
    side: number,
    at: number,
    transport: 'tcp' | 'udp',
    found: Settled | undefined,
  ): void {
    const { records } = this.#table;
    const port = records.port(record, side);
    const number = records.address(record, side);
    const place = port + (transport === 'tcp' ? 65_536 : 0);
    const isIpv4 = this.#isIpv4(record);
    if (isIpv4 && this.#told.has(number, place, at, found)) return;
    if (!this.#isOwn(record, side)) return;
    const address = this.#text.of(record, side);
    const mac = this.#hosts.macOf(address);
    const open = isOpen(this.#table, record);
    const openAt = this.#services.see({ at, address, mac, transport, port, open, found });
    if (isIpv4) this.#told.note(number, place, openAt, found);
  }

  /** What is sent to everybody speaks of its sender, and of no port that is open. */
  #sender(record: number, side: number, at: number, facts: readonly Fact[] = NO_FACTS): void {
    if (facts.length === 0 || !this.#isOwn(record, side)) return;
    const address = this.#text.of(record, side);
    for (const fact of facts) {
      if (address === '0.0.0.0') this.#tellMac(record, side, at, fact);
      else this.#services.factOnce(at, this.#subjectOf(address), 'likely', fact);
    }
  }

  #tellMac(record: number, side: number, at: number, fact: Fact): void {
    const mac = this.#text.mac(this.#table.records.macOf[record * 2 + side] ?? -1);
    if (mac !== undefined) this.#hosts.tell(at, mac, fact);
  }

  #subjectOf(address: string): Subject {
    const mac = this.#hosts.macOf(address);
    return mac === undefined ? { address } : { address, mac };
  }

  /** Or of nobody yet: who asks for an address has none. */
  #isOwn(record: number, side: number): boolean {
    if (!this.#isIpv4(record)) return this.#hosts.isOwn(this.#text.of(record, side));
    const number = this.#table.records.address(record, side);
    return number === 0 || this.#hosts.isOwnIpv4(number);
  }

  #isIpv4(record: number): boolean {
    return (this.#table.records.kind(record) & FAMILY_MASK) === FAMILY_4;
  }
}
