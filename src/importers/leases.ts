import { parseMac } from '../base/address.ts';
import type { Instant } from '../model/core.ts';
import type { NewEvidence } from '../model/evidence.ts';
import type { Imported, Importer, ImportOptions } from './importer.ts';
import type { Lease } from './lease.ts';
import { canonicalAddress, leaseEvidence, octets } from './lease.ts';
import { firstLines, Problems, textLines } from './text-lines.ts';

/**
 * Seconds since 1970 below which the first field cannot be a time of expiry (it would lie before
 * 2001): dnsmasq on routers without a clock writes the lease's length instead (HAVE_BROKEN_RTC).
 */
const EARLIEST_EXPIRY = 1_000_000_000;
/** Seconds since 1970 that fit a date (ECMA-262 §21.4.1.1: ±8.64e15 ms). */
const LATEST_EXPIRY = 8_640_000_000_000;

export const leases = {
  id: 'leases',
  title: 'dnsmasq leases (also OpenWrt, Pi-hole, libvirt)',
  sources: ['dnsmasq man page, --dhcp-leasefile', 'dnsmasq src/lease.c (lease_update_file)'],
  recognise: (start) => {
    const lines = firstLines(start, 3);
    return (
      lines.length > 0 && lines.some((line) => isDuid(line) || typeof parse(line) === 'object')
    );
  },
  read,
} as const satisfies Importer;

function read(document: Uint8Array, options: ImportOptions): Imported {
  const problems = new Problems();
  const evidence: NewEvidence[] = [];
  for (const { number, text } of textLines(document, problems)) {
    if (isDuid(text)) continue; // The server's own DUID, before the IPv6 part.
    const row = parse(text);
    if (typeof row === 'string') problems.add(number, row);
    else evidence.push(...leaseEvidence(leaseOf(row, options.at), options));
  }
  return { evidence, problems: problems.all };
}

interface Row {
  /** Seconds; 0 for a lease without end. */
  readonly expiry: number;
  readonly address: string;
  readonly mac: string | undefined;
  readonly name: string;
  readonly identifier: string | undefined;
}

/** The row, or what is wrong with it. */
function parse(line: string): Row | string {
  const [expiry = '', hardware = '', place = '', name = '', client = ''] = line.split(/\s+/);
  if (!/^\d{1,13}$/.test(expiry) || Number(expiry) > LATEST_EXPIRY) {
    return 'does not begin with a time of expiry in seconds';
  }
  const address = canonicalAddress(place);
  if (address === undefined) return 'its third field is no address';
  if (name === '') return 'has no host name field ("*" where there is none)';
  const mac = address.includes(':') ? undefined : macOf(hardware);
  if (!address.includes(':') && mac === undefined && !/^[0-9a-fA-F:-]+$/.test(hardware)) {
    return 'its second field is no hardware address';
  }
  if (address.includes(':') && !/^T?\d+$/.test(hardware)) return 'its second field is no IAID';
  const identifier = client === '*' ? undefined : octets(client);
  return { expiry: Number(expiry), address, mac, name: name === '*' ? '' : name, identifier };
}

/** `06-aa:bb:…`: the hardware type is written where it is not Ethernet; that is no MAC of ours. */
function macOf(hardware: string): string | undefined {
  return hardware.includes('-') ? undefined : parseMac(hardware);
}

/**
 * A running lease says that the device is there now. One that has run out is history: the file
 * gives no other time than its end, so that is when it was there at the latest.
 */
function leaseOf(row: Row, now: Instant): Lease {
  const ended = row.expiry >= EARLIEST_EXPIRY && row.expiry * 1000 < now;
  return {
    address: row.address,
    at: ended ? row.expiry * 1000 : now,
    name: row.name,
    ...(row.mac === undefined ? {} : { mac: row.mac }),
    ...(row.identifier === undefined ? {} : { identifier: row.identifier }),
  };
}

function isDuid(line: string): boolean {
  const [word, value = '', ...more] = line.split(/\s+/);
  return word === 'duid' && more.length === 0 && octets(value) !== undefined;
}
