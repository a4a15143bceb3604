import { PortolanError } from '../../base/errors.ts';
import type { Agent, Bounds, Column, End, Value } from './walk.ts';
import { Walker } from './walk.ts';

/** Tables of a router or switch that say who is where, as read and not yet understood. */
export interface RouterTables {
  readonly system: {
    readonly description: Value | undefined;
    readonly object: Value | undefined;
    readonly name: Value | undefined;
  };
  readonly columns: ReadonlyMap<ColumnName, Column>;
  /** Requests sent. */
  readonly requests: number;
}

/** RFC 3418: sysDescr, sysObjectID, sysName. */
const SYSTEM = ['1.3.6.1.2.1.1.1.0', '1.3.6.1.2.1.1.2.0', '1.3.6.1.2.1.1.5.0'] as const;

/** The columns that are read, in this order; where a first one has rows its substitute is not read. */
export const COLUMNS = {
  /** RFC 2863 ifName; RFC 1213 ifDescr where an agent has none. */
  ifName: '1.3.6.1.2.1.31.1.1.1.1',
  ifDescr: '1.3.6.1.2.1.2.2.1.2',
  ifPhysAddress: '1.3.6.1.2.1.2.2.1.6',
  /** RFC 4293: the agent's own addresses, and whom it knows; the second of each is IPv4 only. */
  ipAddressIfIndex: '1.3.6.1.2.1.4.34.1.3',
  ipAdEntIfIndex: '1.3.6.1.2.1.4.20.1.2',
  ipNetToPhysicalPhysAddress: '1.3.6.1.2.1.4.35.1.4',
  ipNetToPhysicalType: '1.3.6.1.2.1.4.35.1.6',
  ipNetToPhysicalState: '1.3.6.1.2.1.4.35.1.7',
  ipNetToMediaPhysAddress: '1.3.6.1.2.1.4.22.1.2',
  ipNetToMediaType: '1.3.6.1.2.1.4.22.1.4',
  /** RFC 4188 (bridge) and RFC 4363 (VLANs): behind which port a card is. */
  dot1dBasePortIfIndex: '1.3.6.1.2.1.17.1.4.1.2',
  dot1qVlanFdbId: '1.3.6.1.2.1.17.7.1.4.2.1.3',
  dot1qTpFdbPort: '1.3.6.1.2.1.17.7.1.2.2.1.2',
  dot1qTpFdbStatus: '1.3.6.1.2.1.17.7.1.2.2.1.3',
  dot1dTpFdbPort: '1.3.6.1.2.1.17.4.3.1.2',
  dot1dTpFdbStatus: '1.3.6.1.2.1.17.4.3.1.3',
  /** IEEE 802.1AB LLDP-MIB: who says by itself that it is on the other end of a cable. */
  lldpRemChassisIdSubtype: '1.0.8802.1.1.2.1.4.1.1.4',
  lldpRemChassisId: '1.0.8802.1.1.2.1.4.1.1.5',
  lldpRemSysName: '1.0.8802.1.1.2.1.4.1.1.9',
  lldpRemSysDesc: '1.0.8802.1.1.2.1.4.1.1.10',
  lldpRemManAddrIfSubtype: '1.0.8802.1.1.2.1.4.2.1.3',
  lldpLocPortDesc: '1.0.8802.1.1.2.1.3.7.1.4',
} as const;

export type ColumnName = keyof typeof COLUMNS;

/** Read only where the column named had no rows. */
const SUBSTITUTES: ReadonlyMap<ColumnName, ColumnName> = new Map([
  ['ifDescr', 'ifName'],
  ['ipAdEntIfIndex', 'ipAddressIfIndex'],
  ['ipNetToMediaPhysAddress', 'ipNetToPhysicalPhysAddress'],
  ['dot1dTpFdbPort', 'dot1qTpFdbPort'],
]);

/** Read only where the column named has rows: what its rows mean. */
const COMPANIONS: ReadonlyMap<ColumnName, ColumnName> = new Map([
  ['ipNetToPhysicalType', 'ipNetToPhysicalPhysAddress'],
  ['ipNetToPhysicalState', 'ipNetToPhysicalPhysAddress'],
  ['ipNetToMediaType', 'ipNetToMediaPhysAddress'],
  ['dot1qTpFdbStatus', 'dot1qTpFdbPort'],
  ['dot1dTpFdbStatus', 'dot1dTpFdbPort'],
  ['lldpRemChassisId', 'lldpRemChassisIdSubtype'],
  ['lldpRemSysName', 'lldpRemChassisIdSubtype'],
  ['lldpRemSysDesc', 'lldpRemChassisIdSubtype'],
  ['lldpRemManAddrIfSubtype', 'lldpRemChassisIdSubtype'],
  ['lldpLocPortDesc', 'lldpRemChassisIdSubtype'],
]);

/**
 * Reads the tables, one question after the other; nothing is written (RFC 3416 GetRequest and
 * GetBulkRequest only). What the agent does not have is empty.
 *
 * @throws PortolanError E_NETWORK where it does not answer the first question
 */
export async function readTables(agent: Agent, bounds: Bounds): Promise<RouterTables> {
  let requests = 0;
  const counted: Agent = {
    get: (oids) => {
      requests += 1;
      return agent.get(oids);
    },
    next: (oid) => {
      requests += 1;
      return agent.next(oid);
    },
  };
  const said = new Map((await counted.get(SYSTEM)).map(({ oid, value }) => [oid, value]));
  const walker = new Walker(counted, bounds);
  const columns = new Map<ColumnName, Column>();
  for (const name of namesOf(COLUMNS)) {
    if (isAsked(name, columns)) columns.set(name, await walked(walker, COLUMNS[name], columns));
  }
  const [description, object, name] = SYSTEM.map((oid) => said.get(oid));
  return { system: { description, object, name }, columns, requests };
}

/** An agent that answered before and falls silent ends the reading; what came until then is kept. */
async function walked(
  walker: Walker,
  oid: string,
  before: ReadonlyMap<ColumnName, Column>,
): Promise<Column> {
  if ([...before.values()].some(({ end }) => end === 'out of time')) {
    return { rows: [], end: 'out of time' };
  }
  try {
    return await walker.column(oid);
  } catch (error) {
    if (error instanceof PortolanError && error.code === 'E_NETWORK') {
      return { rows: [], end: 'out of time' };
    }
    throw error;
  }
}

function isAsked(name: ColumnName, columns: ReadonlyMap<ColumnName, Column>): boolean {
  const has = (other: ColumnName): boolean => (columns.get(other)?.rows.length ?? 0) > 0;
  const instead = SUBSTITUTES.get(name);
  const beside = COMPANIONS.get(name);
  return (instead === undefined || !has(instead)) && (beside === undefined || has(beside));
}

function namesOf<Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] {
  const isName = (text: string): text is Key => text in record;
  return Object.keys(record).filter(isName);
}

const WORDS: Readonly<Record<Exclude<End, 'whole'>, string>> = {
  'out of order': 'its rows go backwards',
  'too many rows': 'it has more rows than are read',
  'out of time': 'it took too long, or fell silent',
};

/** Columns that were not read to their end, and why: a sentence each. */
export function shortcomings({ columns }: RouterTables): readonly string[] {
  const by = new Map<string, ColumnName[]>();
  for (const [name, { end }] of columns) {
    if (end === 'whole') continue;
    const names = by.get(WORDS[end]) ?? [];
    names.push(name);
    by.set(WORDS[end], names);
  }
  return [...by].map(([why, names]) => `Not read to the end: ${names.join(', ')} (${why})`);
}
