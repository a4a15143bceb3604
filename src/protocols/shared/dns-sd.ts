import { formatAddress } from '../../base/address.ts';
import type { Transport } from '../../model/core.ts';
import type { DnsMessage, DnsName, ResourceRecord } from './dns-message.ts';
import { nameIn, sameName, stringsIn, TYPE } from './dns-message.ts';
import { utf8 } from './strings.ts';

/** A service instance (RFC 6763 §4) with what one message says about it. */
export interface Instance {
  /** The user's words: `Living Room TV`. */
  readonly name: string;
  /** `_googlecast._tcp`. */
  readonly type: string;
  readonly transport: Transport;
  /** From SRV; 0 where it was not said. */
  readonly port: number;
  /** Host name from SRV, empty where it was not said. */
  readonly host: string;
  /** Keys in lower case (RFC 6763 §6.4). */
  readonly txt: ReadonlyMap<string, string>;
  /** Of the host, as far as the message has them. */
  readonly addresses: readonly string[];
}

export interface DnsSdAnswer {
  readonly instances: readonly Instance[];
  /** Types that were named without an instance: `_hue._tcp`. */
  readonly types: readonly string[];
  /** Hosts that have an address in the message. */
  readonly hosts: readonly string[];
}

/** Instances of one message that are read: a media server has a dozen. */
const INSTANCES_CAP = 64;
const PAIRS_CAP = 40;
/** Bytes of a TXT value. */
const VALUE_CAP = 255;

const ALL_TYPES: DnsName = ['_services', '_dns-sd', '_udp', 'local'];

/** What an answer says of services (RFC 6763), read from all of its sections together. */
export function readServices(bytes: Uint8Array, { records }: DnsMessage): DnsSdAnswer {
  const table: Table = { bytes, records };
  const names = new Map<string, DnsName>();
  const types: string[] = [];
  for (const record of records) {
    if (record.type === TYPE.PTR && sameName(record.name, ALL_TYPES)) {
      types.push(typeOf(nameIn(bytes, record)) ?? '');
      continue;
    }
    const name = instanceNamed(bytes, record);
    if (name !== undefined && names.size < INSTANCES_CAP) names.set(name.join('.'), name);
  }
  return {
    instances: [...names.values()].flatMap((name) => instanceOf(table, name) ?? []),
    types: [...new Set(types)].filter((type) => type !== ''),
    hosts: hostsIn(records),
  };
}

interface Table {
  readonly bytes: Uint8Array;
  readonly records: readonly ResourceRecord[];
}

/** The instance that a record is about: PTR points to it, SRV and TXT belong to it. */
function instanceNamed(bytes: Uint8Array, record: ResourceRecord): DnsName | undefined {
  if (record.type === TYPE.PTR && record.name[0]?.startsWith('_') === true) {
    return nameIn(bytes, record);
  }
  return record.type === TYPE.SRV || record.type === TYPE.TXT ? record.name : undefined;
}

function instanceOf(table: Table, name: DnsName): Instance | undefined {
  const type = typeOf(name.slice(1));
  const [label = ''] = name;
  if (type === undefined || label.startsWith('_')) return undefined;
  const mine = table.records.filter((record) => sameName(record.name, name));
  const srv = mine.find((record) => record.type === TYPE.SRV && record.data.length > 6);
  const txt = mine.find((record) => record.type === TYPE.TXT);
  const host = srv === undefined ? [] : nameIn(table.bytes, srv, 6);
  return {
    name: utf8(latin1(label)),
    type,
    transport: type.endsWith('._udp') ? 'udp' : 'tcp',
    port: (srv?.data[4] ?? 0) * 256 + (srv?.data[5] ?? 0),
    host: hostName(host),
    txt: pairs(txt?.data ?? new Uint8Array(0)),
    addresses: addressesOf(table.records, host),
  };
}

/** `_ipp._tcp` of `_ipp._tcp.local` or of a subtype (RFC 6763 §7.1); only the link's own domain. */
function typeOf(name: DnsName): string | undefined {
  const [service = '', transport = '', domain = '', ...more] = name;
  const isTransport = transport.toLowerCase() === '_tcp' || transport.toLowerCase() === '_udp';
  if (!isTransport || domain.toLowerCase() !== 'local' || more.length > 0) return undefined;
  return /^_[A-Za-z0-9-]{1,32}$/.test(service)
    ? `${service}.${transport}`.toLowerCase()
    : undefined;
}

/** RFC 6763 §6.3, §6.4: `key=value`, `key` alone; the first of a key counts. */
function pairs(data: Uint8Array): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const text of stringsIn(data, PAIRS_CAP)) {
    const at = text.indexOf(0x3d);
    const key = utf8(at === -1 ? text : text.subarray(0, at)).toLowerCase();
    const value = at === -1 ? '' : utf8(text.subarray(at + 1), VALUE_CAP);
    if (key !== '' && !found.has(key)) found.set(key, value);
  }
  return found;
}

function hostsIn(records: readonly ResourceRecord[]): readonly string[] {
  const hosts = records
    .filter(({ type, name }) => (type === TYPE.A || type === TYPE.AAAA) && isHostName(name))
    .map(({ name }) => hostName(name));
  return [...new Set(hosts)];
}

function isHostName(name: DnsName): boolean {
  return name.length === 2 && name[1]?.toLowerCase() === 'local';
}

function hostName(name: DnsName): string {
  return utf8(latin1(name.join('.')));
}

function addressesOf(records: readonly ResourceRecord[], host: DnsName): readonly string[] {
  if (host.length === 0) return [];
  return records
    .filter((record) => sameName(record.name, host))
    .flatMap(({ type, data }) => addressOf(type, data) ?? []);
}

function addressOf(type: number, data: Uint8Array): string | undefined {
  if (type === TYPE.A && data.length === 4) return [...data].join('.');
  if (type !== TYPE.AAAA || data.length !== 16) return undefined;
  const value = data.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return formatAddress({ family: 6, value });
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
