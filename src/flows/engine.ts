import { changeDetail } from '../model/change-detail.ts';
import type { NewEvidence } from '../model/evidence.ts';
import type { Field, Flow } from '../model/flow.ts';
import type { Observation, Operation } from '../model/observation.ts';
import { deviceFacts, TELLING } from '../protocols/fields/device-facts.ts';
import type { Protocol } from '../protocols/protocol.ts';
import { Defragmenter } from '../wire/defragment.ts';
import type { Packet } from '../wire/packet.ts';
import { AddressText } from './address-text.ts';
import type { Said, Wanted } from './conversations.ts';
import { Conversations } from './conversations.ts';
import type { PassiveCounters } from './counters.ts';
import { Discoveries } from './discoveries.ts';
import type { StoreOptions } from './first-bytes.ts';
import { STORE_DEFAULTS } from './first-bytes.ts';
import {
  ANSWERED,
  HAS_SENT,
  ICMP,
  ICMPV6,
  REFUSED,
  SETTLED,
  SOURCE_IS_HIGH,
  TCP,
  UDP,
} from './flow-state.ts';
import { FlowUses } from './flow-uses.ts';
import type { KnownEnds } from './flow-view.ts';
import { carrierOf, flowOf, isGroup, transportOf } from './flow-view.ts';
import { Hosts } from './hosts.ts';
import { refusedFlow } from './icmp-error.ts';
import { Names } from './names.ts';
import { FlowObserver } from './observer.ts';
import { GroupQuestions } from './questions.ts';
import type { Verdict } from './recognise.ts';
import { Recogniser } from './recognise.ts';
import { ServiceLog } from './services.ts';
import type { Settled } from './settled.ts';
import { settled } from './settled.ts';
import { serverName } from './sni.ts';
import { StreamCounts } from './stream-counts.ts';
import { hintOf, seemsTurned } from './surmise.ts';
import type { TableOptions } from './table.ts';
import { FlowTable, TABLE_DEFAULTS } from './table.ts';
import { TcpTracker } from './tcp.ts';
import { Usage } from './usage.ts';
import { Witness } from './witness.ts';

const ARP = 0x0806;

export interface PassiveOptions {
  /** In the order in which they are asked where several could claim. */
  readonly protocols: readonly Protocol[];
  /** Of the evidence: the name of the file, or of the interface. */
  readonly observer: string;
  readonly table?: Partial<TableOptions>;
  readonly firstBytes?: Partial<StoreOptions>;
  /** Each flow when it ends, and where `table.active` says so while it goes on. */
  onFlow?(flow: Flow): void;
  /** Whether a flow of so many octets is wanted: to make it costs more than to follow it. */
  wantsFlow?(octets: number): boolean;
  onEvidence?(evidence: NewEvidence): void;
  /** Named values of the protocols, as they are read. */
  onField?(field: Field): void;
  /** What happens, while it happens: for those who watch for what is wrong. */
  onObservation?(observation: Observation): void;
}

/**
 * Packets in, flows and evidence out. It knows the time only from the packets: the same packets give
 * the same results, live or from a file, however they come in pieces.
 */
export class PassiveEngine {
  readonly usage = new Usage();
  readonly #options: PassiveOptions;
  readonly #table: FlowTable;
  readonly #tracker: TcpTracker;
  readonly #defragmenter = new Defragmenter();
  readonly #conversations: Conversations;
  readonly #text: AddressText;
  readonly #names = new Names();
  readonly #hosts: Hosts;
  readonly #services: ServiceLog;
  readonly #witness: Witness;
  readonly #streams: StreamCounts;
  readonly #uses: FlowUses;
  /** What is said again and again has one verdict, of which one object is made. */
  readonly #settled = new WeakMap<Verdict, Settled>();
  readonly #discoveries: Discoveries;
  readonly #questions = new GroupQuestions();
  readonly #recogniser: Recogniser;
  readonly #observer: FlowObserver | undefined;
  /** The flow at hand answers what was asked of everybody. */
  #answersGroup = false;
  /** By record: what it was found to be. */
  readonly #found: (Settled | undefined)[] = [];
  readonly #etherTypes = new Map<number, number>();
  #packets = 0;
  #octets = 0;
  #flows = 0;
  #time = 0;

  constructor(options: PassiveOptions) {
    this.#options = options;
    this.#table = new FlowTable(
      { ...TABLE_DEFAULTS, ...options.table },
      this.#onClose,
      this.#onActive,
    );
    this.#tracker = new TcpTracker(this.#table);
    this.#text = new AddressText(this.#table);
    this.#recogniser = new Recogniser(options.protocols);
    this.#services = new ServiceLog(options.observer, (evidence) => options.onEvidence?.(evidence));
    this.#hosts = new Hosts(this.#text, {
      onPresent: (at, subject, via) =>
        this.#services.fact(at, subject, 'proved', { kind: 'present', via }),
      onFact: (at, subject, fact) => this.#services.factOnce(at, subject, 'likely', fact),
    });
    this.#streams = new StreamCounts(this.#table);
    this.#uses = new FlowUses(this.#table, this.#text, this.usage);
    this.#witness = new Witness(this.#table, this.#text, this.#hosts, this.#services);
    this.#discoveries = new Discoveries(
      options.protocols,
      { services: this.#services, hosts: this.#hosts },
      (announced) => options.onObservation?.(announced),
    );
    const store = { ...STORE_DEFAULTS, ...options.firstBytes };
    this.#conversations = new Conversations(this.#table, this.#recogniser, store, {
      onSettled: this.#onSettled,
      wants: this.#wants,
      onFields: this.#onFields,
    });
    this.#observer = this.#observerOf(options);
  }

  #observerOf({ table, onObservation }: PassiveOptions): FlowObserver | undefined {
    if (onObservation === undefined) return undefined;
    const tools = {
      table: this.#table,
      text: this.#text,
      names: this.#names,
      found: (record: number) => this.#found[record],
    };
    const { capacity } = { ...TABLE_DEFAULTS, ...table };
    return new FlowObserver(tools, capacity, (observation) => {
      if (observation.kind === 'operation') this.#keepChange(observation);
      onObservation(observation);
    });
  }

  /** Who changes something at a controller is to be known after a restart, too. */
  #keepChange(operation: Operation): void {
    const fact = changeDetail(operation);
    if (fact === undefined) return;
    const { at, protocol, server } = operation;
    const transport = protocol === 'bacnet' ? 'udp' : 'tcp';
    this.#services.factOnce(at, { ...server, transport }, 'proved', fact);
  }

  /** Takes a decoded packet; nothing of it is kept but copies. */
  packet(packet: Packet): void {
    this.#packets += 1;
    this.#octets += packet.length;
    this.#time = packet.time;
    if (packet.family === 0 && !this.#nonIp(packet)) return;
    if (packet.isFragment || packet.hasFragments) this.#fragment(packet);
    else this.#follow(packet);
  }

  /** Of a datagram in pieces the whole is followed, or its first piece where the capture cut it. */
  #fragment(packet: Packet): void {
    const { refused } = this.#defragmenter.counts;
    const whole = this.#defragmenter.add(packet);
    if (whole !== undefined) this.#follow(whole);
    else if (packet.hasFragments && this.#defragmenter.counts.refused > refused) {
      this.#follow(packet);
    }
  }

  #follow(packet: Packet): void {
    const table = this.#table;
    const record = table.locate(packet);
    if (record < 0) return;
    const { side } = table;
    if (table.isNew) this.#begin(record, packet);
    const { records } = table;
    if ((records.state(record) & (HAS_SENT << side)) === 0) this.#firstOf(record, side, packet);
    const ahead = this.#transport(record, side, packet);
    if (packet.payloadCaptured > 0 && (records.state(record) & SETTLED) === 0) {
      this.#conversations.packet(record, side, packet, ahead);
    }
    if (this.#observer !== undefined) this.#observe(this.#observer, record, side, packet, ahead);
  }

  #observe(
    observer: FlowObserver,
    record: number,
    side: number,
    packet: Packet,
    ahead: number,
  ): void {
    const { isNew } = this.#table;
    const repeated = packet.protocol === TCP ? this.#tracker.place.seen : 0;
    const answersGroup = isNew && this.#answersGroup;
    observer.packet(record, side, packet, { isNew, answersGroup, repeated, ahead });
  }

  /** Ends all flows, in the order in which they began. */
  end(): void {
    this.#table.closeAll();
  }

  /** Flows under way. */
  get size(): number {
    return this.#table.size;
  }

  get counters(): PassiveCounters {
    return {
      ...this.#table.counters,
      packets: this.#packets,
      octets: this.#octets,
      flows: this.#flows,
      ...this.#streams.counts,
      hurried: this.#conversations.hurried,
      incomplete: this.#defragmenter.counts.incomplete,
      etherTypes: this.#etherTypes,
    };
  }

  /** What only one transport has. @returns octets that are missing before this segment of TCP */
  #transport(record: number, side: number, packet: Packet): number {
    switch (packet.protocol) {
      case TCP:
        this.#tracker.segment(record, side, packet);
        return this.#tracker.place.ahead;
      case UDP:
        if (packet.payloadCaptured > 0) this.#listen(packet);
        return 0;
      case ICMP:
      case ICMPV6:
        this.#refuse(packet);
        return 0;
      default:
        return 0;
    }
  }

  /** @returns whether it may be part of a flow */
  #nonIp(packet: Packet): boolean {
    const type = packet.etherType;
    this.#etherTypes.set(type, (this.#etherTypes.get(type) ?? 0) + 1);
    if (type === ARP) {
      this.#hosts.arp(packet);
      this.#observer?.arp(packet);
    }
    return type !== ARP;
  }

  #begin(record: number, packet: Packet): void {
    this.#found[record] = undefined;
    this.#answersGroup = false;
    const { records } = this.#table;
    const { protocol } = packet;
    if (protocol === ICMP || protocol === ICMPV6) {
      records.icmp[record] = (packet.sourcePort << 8) | packet.destinationPort;
    }
    if (protocol === UDP) this.#joinQuestion(record, packet);
  }

  /** The first packet of a side. */
  #firstOf(record: number, side: number, packet: Packet): void {
    const { records, macs } = this.#table;
    const state = records.state(record) | (HAS_SENT << side);
    const both = (state & (HAS_SENT << (1 - side))) !== 0;
    records.setState(record, both ? state | ANSWERED : state);
    if (both && packet.protocol !== TCP) this.#table.establish(record);
    if (packet.sourceMac >= 0) {
      records.macOf[record * 2 + side] = macs.hold(packet.bytes, packet.sourceMac);
    }
    this.#hosts.sighting(packet);
  }

  /** An answer to a question that was put to everybody, or such a question. */
  #joinQuestion(record: number, packet: Packet): void {
    const { records, side } = this.#table;
    if (packet.payloadCaptured === 0) return;
    if (isGroup(this.#table, record, 1 - side)) {
      const asker = `${this.#text.of(record, side)} ${records.port(record, side)}`;
      const { bytes, payload, payloadCaptured } = packet;
      const question = bytes.subarray(payload, payload + payloadCaptured);
      this.#questions.ask(asker, packet.time, record, question);
      return;
    }
    if (this.#questions.isEmpty) return;
    const asker = `${this.#text.of(record, 1 - side)} ${records.port(record, 1 - side)}`;
    const asked = this.#questions.of(asker, packet.time);
    if (asked === undefined) return;
    this.#answersGroup = true;
    records.setState(record, records.state(record) ^ SOURCE_IS_HIGH);
    records.setState(asked.record, records.state(asked.record) | ANSWERED);
    this.#conversations.seed(record, 1 - side, asked.question);
  }

  /** Names and announcements in what is said to many, or by a name server. */
  #listen(packet: Packet): void {
    const { sourcePort } = packet;
    if (sourcePort === 53 || sourcePort === 5353 || sourcePort === 5355) {
      this.#names.learn(packet, this.#text);
    }
    const { onEvidence, onObservation } = this.#options;
    if (onEvidence !== undefined || onObservation !== undefined) {
      this.#discoveries.datagram(packet, this.#text);
    }
  }

  #refuse(packet: Packet): void {
    const record = refusedFlow(this.#table, packet);
    if (record < 0) return;
    const { records } = this.#table;
    const state = records.state(record);
    if ((state & ANSWERED) !== 0) return;
    records.setState(record, state | REFUSED);
    this.#observer?.refused(record, packet);
  }

  readonly #onSettled = (record: number, verdict: Verdict | undefined, first: Said): void => {
    if (verdict === undefined) return;
    const { records } = this.#table;
    const isTurned = verdict.turned || seemsTurned(this.#table, record, verdict.certainty);
    if (isTurned) records.setState(record, records.state(record) ^ SOURCE_IS_HIGH);
    const found = this.#settledOf(verdict, record, first);
    const { sni } = found;
    this.#found[record] = found;
    this.#tellService(record, Math.floor(this.#time / 1000), found);
    if (sni !== undefined) this.#tellClients(record, [{ name: 'tls.sni', value: sni }]);
    this.#observer?.recognised(record, found, this.#time);
  };

  #settledOf(verdict: Verdict, record: number, first: Said): Settled {
    const isTls = verdict.protocol.id === 'tls';
    const known = isTls && !first.isJudged ? undefined : this.#settled.get(verdict);
    if (known !== undefined) return known;
    const sni = isTls ? serverName(first.read().client) : undefined;
    const found = settled(verdict, carrierOf(this.#table, record), sni);
    if (!isTls || first.isJudged) this.#settled.set(verdict, found);
    return found;
  }

  /** What is said to everybody is read as long as it lasts: all devices ask in one flow. */
  readonly #wants = (record: number, { id }: Protocol): Wanted => {
    if (this.#options.onField !== undefined) return 'all';
    if (this.#options.onEvidence === undefined) return 'none';
    if (id === 'tls')
      return this.#witness.wantsCertificate(record, this.#found[record]) ? 'device' : 'none';
    if (!TELLING.has(id)) return 'none';
    const { records } = this.#table;
    return isGroup(this.#table, record, 1 - records.sourceSide(record)) ? 'all' : 'first';
  };

  readonly #onFields = (record: number, _protocol: Protocol, fields: readonly Field[]): void => {
    for (const field of fields) this.#options.onField?.(field);
    this.#tellClients(record, fields);
  };

  #tellClients(record: number, fields: readonly Field[]): void {
    if (this.#options.onEvidence === undefined) return;
    const at = Math.floor(this.#time / 1000);
    for (const said of deviceFacts(fields)) this.#witness.party(record, at, said);
  }

  readonly #onClose = (record: number): void => {
    const { records } = this.#table;
    const transport = transportOf(this.#table, record);
    if (transport === 'tcp') this.#tracker.end(record);
    this.#conversations.end(record);
    this.#flows += 1;
    if (transport === 'tcp') this.#streams.add(record);
    const known = this.#found[record];
    const found = known ?? hintOf(this.#table, record, this.#recogniser);
    this.#found[record] = undefined;
    const at = Math.floor(records.lastSeen(record) / 1000);
    // What was proved was told then, with all that is told of a service.
    if (known?.certainty !== 'proved') this.#tellService(record, at, found);
    this.#uses.note(record, at, transport);
    const told = this.#tellFlow(record, found);
    this.#observer?.closed(
      record,
      this.#time,
      (ends) => told ?? this.#flowOf(record, found, false, ends),
    );
    this.#releaseMac(record * 2);
    this.#releaseMac(record * 2 + 1);
  };

  /** It goes on: whoever waits for its end to hear of it might wait for weeks. */
  readonly #onActive = (record: number): void => {
    const known = this.#found[record];
    const found = known ?? hintOf(this.#table, record, this.#recogniser);
    const at = Math.floor(this.#table.records.lastSeen(record) / 1000);
    if (known?.certainty !== 'proved') this.#tellService(record, at, found);
    this.#tellFlow(record, found, true);
  };

  /** @returns what was told, where it was wanted */
  #tellFlow(record: number, found: Settled | undefined, goesOn = false): Flow | undefined {
    const { onFlow, wantsFlow } = this.#options;
    if (onFlow === undefined) return undefined;
    const { records } = this.#table;
    const octets = records.octets(record, 0) + records.octets(record, 1);
    if (wantsFlow !== undefined && !wantsFlow(octets)) return undefined;
    const flow = this.#flowOf(record, found);
    onFlow(goesOn ? { ...flow, active: true } : flow);
    return flow;
  }

  #flowOf(record: number, found: Settled | undefined, withId = true, known?: KnownEnds): Flow {
    const sources = { table: this.#table, text: this.#text, names: this.#names };
    return flowOf(sources, record, found, withId, known);
  }

  #tellService(record: number, at: number, found: Settled | undefined): void {
    if (this.#options.onEvidence !== undefined) this.#witness.service(record, at, found);
  }

  #releaseMac(at: number): void {
    const number = this.#table.records.macOf[at] ?? -1;
    if (number >= 0) this.#table.macs.release(number);
    this.#table.records.macOf[at] = -1;
  }
}
