import { communityId } from '../base/community-id.ts';
import type { Endpoint, Flow, FlowFact } from '../model/flow.ts';
import type { AddressText } from './address-text.ts';
import { isGroupIpv4 } from './address-text.ts';
import {
  ACCEPTED,
  BEGUN,
  FAMILY_4,
  FAMILY_6,
  FAMILY_LINK,
  FAMILY_MASK,
  ICMP,
  ICMPV6,
  REFUSED,
  TCP,
  UDP,
} from './flow-state.ts';
import type { Names } from './names.ts';
import type { FlowTransport } from './recognise.ts';
import type { Settled } from './settled.ts';
import type { FlowTable } from './table.ts';

const UNKNOWN = {
  protocol: 'unknown',
  version: 'unknown',
  certainty: 'hint',
  facts: [],
} as const;

export interface FlowSources {
  readonly table: FlowTable;
  readonly text: AddressText;
  readonly names: Names;
}

/** What may be known of a flow before it ends. */
export interface KnownEnds {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly name: string | undefined;
}

/**
 * A record as the model's flow: made once, when it ends and somebody wants it.
 *
 * @param withId a hash, which takes as long as all else
 * @param known where its ends, and the name that was asked for, were made already
 */
export function flowOf(
  sources: FlowSources,
  record: number,
  found: Settled | undefined,
  withId = true,
  known: KnownEnds = endsOf(sources, record),
): Flow {
  const { table, names } = sources;
  const { records } = table;
  const side = records.sourceSide(record);
  const { source, destination } = known;
  const { protocol, version, certainty } = found ?? UNKNOWN;
  const transport = transportOf(table, record);
  const carrier = transport === 'tcp' || transport === 'udp' ? transport : 'none';
  const flow: Draft = {
    firstSeen: Math.floor((records.firstSeen[record] ?? 0) / 1000),
    lastSeen: Math.floor(records.lastSeen(record) / 1000),
    source,
    destination,
    transport,
    ipProtocol: records.protocol(record),
    sent: { packets: records.packets(record, side), bytes: records.octets(record, side) },
    received: {
      packets: records.packets(record, 1 - side),
      bytes: records.octets(record, 1 - side),
    },
    outcome: outcomeOf(table, record),
    protocol,
    version,
    over: found?.over ?? carrier,
    certainty,
    communityId: withId ? idOf(table, record) : '',
    frames: [records.firstFrame[record] ?? 0, records.lastFrame(record)],
    lost: records.lost[record] ?? 0,
    facts: found === undefined ? [] : factsOf(found, table, record),
  };
  // Behind the fields that all have, so that each of those is found in one place.
  if (isMidStream(table, record)) flow.midStream = true;
  addVlan(flow, records.vlan[record] ?? -1);
  addNames(flow, found, known.name ?? names.get(source.address, destination.address));
  return flow;
}

function addVlan(flow: Draft, vlan: number): void {
  if (vlan >= 0) flow.vlan = vlan;
}

function addNames(flow: Draft, found: Settled | undefined, name: string | undefined): void {
  if (found?.sni !== undefined) flow.sni = found.sni;
  if (name !== undefined) flow.name = name;
}

function endsOf({ table, text }: FlowSources, record: number): KnownEnds {
  const side = table.records.sourceSide(record);
  const source = endpoint(table, text, record, side);
  return { source, destination: endpoint(table, text, record, 1 - side), name: undefined };
}

type Draft = { -readonly [Key in keyof Flow]: Flow[Key] };

export function transportOf(table: FlowTable, record: number): Flow['transport'] {
  const kind = table.records.kind(record);
  if ((kind & FAMILY_MASK) === FAMILY_LINK) return 'other';
  switch (table.records.protocol(record)) {
    case TCP:
      return 'tcp';
    case UDP:
      return 'udp';
    case ICMP:
    case ICMPV6:
      return 'icmp';
    default:
      return 'other';
  }
}

export function outcomeOf(table: FlowTable, record: number): Flow['outcome'] {
  const { records } = table;
  const back = records.packets(record, 1 - records.sourceSide(record));
  if ((records.state(record) & REFUSED) !== 0) return 'refused';
  return back > 0 ? 'answered' : 'silent';
}

/** Who sent the first packet was not seen: neither SYN nor its answer. */
function isMidStream({ records }: FlowTable, record: number): boolean {
  return records.protocol(record) === TCP && (records.state(record) & BEGUN) === 0;
}

/** Whose the facts are: the server's; of what is sent to everybody the sender's. */
export function ownerSide(table: FlowTable, record: number): number {
  const side = table.records.sourceSide(record);
  return isGroup(table, record, 1 - side) ? side : 1 - side;
}

export function isGroup(table: FlowTable, record: number, side: number): boolean {
  const address = table.records.address(record, side);
  switch (table.records.kind(record) & FAMILY_MASK) {
    case FAMILY_4:
      return isGroupIpv4(address);
    case FAMILY_6:
      return table.ipv6.bytesOf(address)[0] === 0xff;
    default:
      return ((table.macs.bytesOf(address)[0] ?? 0) & 1) === 1;
  }
}

function factsOf({ facts }: Settled, table: FlowTable, record: number): readonly FlowFact[] {
  const isSource = ownerSide(table, record) === table.records.sourceSide(record);
  const of = isSource ? 'source' : 'destination';
  return facts.map((fact) => ({ of, fact }));
}

function endpoint(table: FlowTable, text: AddressText, record: number, side: number): Endpoint {
  const address = text.of(record, side);
  const port = table.records.port(record, side);
  const mac = text.mac(table.records.macOf[record * 2 + side] ?? -1);
  return mac === undefined ? { address, port } : { address, port, mac };
}

/** Nothing for what is no IP: the specification knows no such flows. */
function idOf(table: FlowTable, record: number): string {
  const { records } = table;
  const family = records.kind(record) & FAMILY_MASK;
  if (family === FAMILY_LINK) return '';
  const protocol = records.protocol(record);
  const isIcmp = protocol === ICMP || protocol === ICMPV6;
  const side = records.sourceSide(record);
  const [type, code] = [(records.icmp[record] ?? 0) >> 8, (records.icmp[record] ?? 0) & 255];
  return communityId(
    protocol,
    { address: octetsOf(table, record, side), port: isIcmp ? type : records.port(record, side) },
    {
      address: octetsOf(table, record, 1 - side),
      port: isIcmp ? code : records.port(record, 1 - side),
    },
  );
}

function octetsOf(table: FlowTable, record: number, side: number): Uint8Array {
  const address = table.records.address(record, side);
  if ((table.records.kind(record) & FAMILY_MASK) === FAMILY_6) return table.ipv6.bytesOf(address);
  return Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address);
}

/** SYN and ACK were seen, or what the server said in a stream; a datagram came in return. */
export function isOpen(table: FlowTable, record: number): boolean {
  const { records } = table;
  const state = records.state(record);
  if ((state & REFUSED) !== 0) return false;
  const server = 1 - records.sourceSide(record);
  if (records.protocol(record) !== TCP) return records.packets(record, server) > 0;
  return (state & ACCEPTED) !== 0 || records.octets(record, server) > 0;
}

/** As recognition tells carriers apart. */
export function carrierOf(table: FlowTable, record: number): FlowTransport {
  const transport = transportOf(table, record);
  return transport === 'icmp' ? 'other' : transport;
}
