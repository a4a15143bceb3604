import { z } from 'zod';
import type { Flow } from '../../model/flow.ts';
import type { Row } from './driver.ts';
import type { FlowQuery, StoredFlow } from './store.ts';

const COLUMNS = [
  'observer',
  'first_seen',
  'last_seen',
  'source',
  'source_port',
  'source_mac',
  'destination',
  'destination_port',
  'destination_mac',
  'transport',
  'ip_protocol',
  'vlan',
  'sent_packets',
  'sent_bytes',
  'received_packets',
  'received_bytes',
  'outcome',
  'protocol',
  'version',
  'carrier',
  'certainty',
  'sni',
  'name',
  'community_id',
  'first_frame',
  'last_frame',
  'lost',
  'mid_stream',
  'scan',
] as const;

/** What a flow is known by (the index `flow_once`). */
const KEY: readonly string[] = [
  'observer',
  'first_seen',
  'source',
  'source_port',
  'destination',
  'destination_port',
  'transport',
  'ip_protocol',
];
const LATER = COLUMNS.filter((column) => !KEY.includes(column));

/** One that is there already stays, for the same file may be read twice; one that went on grows. */
export const INSERT_FLOW = `INSERT INTO flow (${COLUMNS.join(', ')})
  VALUES (${COLUMNS.map(() => '?').join(', ')})
  ON CONFLICT (${KEY.join(', ')}) DO UPDATE
  SET ${LATER.map((column) => `${column} = excluded.${column}`).join(', ')}
  WHERE excluded.sent_packets + excluded.received_packets > sent_packets + received_packets`;

/** The same flow as it was told while it went on, if who opened it was taken for the other then. */
export const DELETE_TURNED = `DELETE FROM flow WHERE observer = ? AND first_seen = ?
  AND source = ? AND source_port = ? AND destination = ? AND destination_port = ?
  AND transport = ? AND ip_protocol = ?`;

export function turnedKey(flow: Flow, observer: string): (string | number)[] {
  const { firstSeen, source, destination, transport, ipProtocol } = flow;
  const turned = [destination.address, destination.port, source.address, source.port];
  return [observer, firstSeen, ...turned, transport, ipProtocol];
}

export const FORGET_FLOWS = `DELETE FROM flow WHERE id IN
  (SELECT id FROM flow WHERE last_seen < ? ORDER BY last_seen LIMIT ?)`;

/** @param scan of ours that made it */
export function flowToRow(flow: Flow, observer: string, scan?: string): (string | number | null)[] {
  const { source, destination, sent, received, frames } = flow;
  return [
    observer,
    flow.firstSeen,
    flow.lastSeen,
    source.address,
    source.port,
    source.mac ?? null,
    destination.address,
    destination.port,
    destination.mac ?? null,
    flow.transport,
    flow.ipProtocol,
    flow.vlan ?? null,
    sent.packets,
    sent.bytes,
    received.packets,
    received.bytes,
    flow.outcome,
    flow.protocol,
    flow.version,
    flow.over,
    flow.certainty,
    flow.sni ?? null,
    flow.name ?? null,
    flow.communityId,
    frames[0],
    frames[1],
    flow.lost,
    flow.midStream === true ? 1 : 0,
    scan ?? null,
  ];
}

/** Only our own words stand in the SQL; everything that was asked for is a parameter. */
export function selectFlows(
  query: FlowQuery,
  limit: number,
  offset: number,
): readonly [sql: string, values: readonly (string | number)[]] {
  const { address, protocol, port, since, after, byOthers } = query;
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, ...given: readonly (string | number)[]): void => {
    conditions.push(condition);
    values.push(...given);
  };
  if (address !== undefined) add('(source = ? OR destination = ?)', address, address);
  if (protocol !== undefined) add('protocol = ?', protocol);
  if (port !== undefined) add('(source_port = ? OR destination_port = ?)', port, port);
  if (byOthers === true) add('scan IS NULL');
  if (since !== undefined) add('last_seen >= ?', since);
  // A row value: SQLite takes the index on last_seen for it (sqlite.org/rowvalue.html §3.2).
  if (after !== undefined) add('(last_seen, id) < (?, ?)', after.lastSeen, after.id);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const sql = `SELECT id, ${COLUMNS.join(', ')} FROM flow ${where}
    ORDER BY last_seen DESC, id DESC LIMIT ? OFFSET ?`;
  return [sql, [...values, limit, offset]];
}

const flowRow = z.object({
  id: z.int(),
  observer: z.string(),
  first_seen: z.number(),
  last_seen: z.number(),
  source: z.string(),
  source_port: z.int(),
  source_mac: z.string().nullable(),
  destination: z.string(),
  destination_port: z.int(),
  destination_mac: z.string().nullable(),
  transport: z.enum(['tcp', 'udp', 'icmp', 'other']),
  ip_protocol: z.int(),
  vlan: z.int().nullable(),
  sent_packets: z.int(),
  sent_bytes: z.int(),
  received_packets: z.int(),
  received_bytes: z.int(),
  outcome: z.enum(['answered', 'refused', 'silent']),
  protocol: z.string(),
  version: z.string(),
  carrier: z.enum(['tcp', 'udp', 'tls', 'dtls', 'none']),
  certainty: z.enum(['proved', 'likely', 'hint']),
  sni: z.string().nullable(),
  name: z.string().nullable(),
  community_id: z.string(),
  first_frame: z.int(),
  last_frame: z.int(),
  lost: z.int(),
  mid_stream: z.int(),
  scan: z.string().nullable(),
});

export function flowFromRow(row: Row): StoredFlow {
  const one = flowRow.parse(row);
  return {
    id: one.id,
    observer: one.observer,
    firstSeen: one.first_seen,
    lastSeen: one.last_seen,
    source: endpoint(one.source, one.source_port, one.source_mac),
    destination: endpoint(one.destination, one.destination_port, one.destination_mac),
    ...(one.mid_stream === 1 ? { midStream: true } : {}),
    transport: one.transport,
    ipProtocol: one.ip_protocol,
    ...(one.vlan === null ? {} : { vlan: one.vlan }),
    sent: { packets: one.sent_packets, bytes: one.sent_bytes },
    received: { packets: one.received_packets, bytes: one.received_bytes },
    outcome: one.outcome,
    protocol: one.protocol,
    version: one.version,
    over: one.carrier,
    certainty: one.certainty,
    ...(one.sni === null ? {} : { sni: one.sni }),
    ...(one.name === null ? {} : { name: one.name }),
    communityId: one.community_id,
    frames: [one.first_frame, one.last_frame],
    lost: one.lost,
    ...(one.scan === null ? {} : { scan: one.scan }),
  };
}

function endpoint(address: string, port: number, mac: string | null): StoredFlow['source'] {
  return mac === null ? { address, port } : { address, port, mac };
}
