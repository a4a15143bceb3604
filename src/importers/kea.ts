import { parseMac } from '../base/address.ts';
import type { Imported, Importer, ImportOptions } from './importer.ts';
import type { Lease } from './lease.ts';
import { canonicalAddress, leaseEvidence, octets } from './lease.ts';
import { firstLines, Problems, textLines } from './text-lines.ts';

/** Lease states (Kea ARM, "Lease States"); a declined address is used by somebody unknown. */
const DECLINED = '1';
/** Lease type of a delegated prefix (IA_PD): a network, no device's address. */
const PREFIX = '2';

export const kea = {
  id: 'kea',
  title: 'Kea DHCP leases (memfile CSV, DHCPv4 and DHCPv6)',
  sources: [
    'Kea Administrator Reference Manual, "Memfile - Basic Storage for Leases"',
    'Kea src/lib/dhcpsrv/csv_lease_file4.h, csv_lease_file6.h; src/lib/util/csv_file.cc (escapes)',
  ],
  recognise: (start) => columnsOf(firstLines(start, 1)[0] ?? '') !== undefined,
  read,
} as const satisfies Importer;

type Columns = ReadonlyMap<string, number>;

function read(document: Uint8Array, options: ImportOptions): Imported {
  const problems = new Problems();
  /** The file is a journal: what is written later about an address replaces what was before. */
  const byAddress = new Map<string, Lease>();
  let columns: Columns | undefined;
  for (const { number, text } of textLines(document, problems)) {
    // A second header stands where two journals were joined.
    const header = columnsOf(text);
    if (header !== undefined) columns = header;
    const why = header === undefined ? take(text, columns, byAddress) : undefined;
    if (why !== undefined) problems.add(number, why);
  }
  return {
    evidence: [...byAddress.values()].flatMap((lease) => leaseEvidence(lease, options)),
    problems: problems.all,
  };
}

function columnsOf(line: string): Columns | undefined {
  const names = line.split(',');
  const wanted = ['address', 'valid_lifetime', 'expire'].every((name) => names.includes(name));
  return wanted ? new Map(names.map((name, index) => [name, index])) : undefined;
}

/** Returns what is wrong with the line, if anything is. */
function take(
  line: string,
  columns: Columns | undefined,
  leases: Map<string, Lease>,
): string | undefined {
  if (columns === undefined) return 'stands before the line that names the columns';
  const fields = line.split(',');
  const field = (name: string): string => unescaped(fields[columns.get(name) ?? -1] ?? '');
  const address = canonicalAddress(field('address'));
  if (address === undefined) return 'its address is no address';
  const [lifetime, expire] = [seconds(field('valid_lifetime')), seconds(field('expire'))];
  if (lifetime === undefined || expire === undefined || expire < lifetime) {
    return 'its lifetime and expiry are no times';
  }
  // Lifetime 0 takes the lease back (LeaseMgr writes it so when a lease is deleted).
  const gone = lifetime === 0 || field('state') === DECLINED || field('lease_type') === PREFIX;
  leases.delete(address);
  if (!gone) leases.set(address, leaseOf(address, expire - lifetime, field));
  return undefined;
}

/** `expire - valid_lifetime` is the last exchange with the client: when it was really there. */
function leaseOf(address: string, seen: number, field: (name: string) => string): Lease {
  const mac = parseMac(field('hwaddr'));
  const identifier = octets(field('client_id')) ?? octets(field('duid'));
  return {
    address,
    at: seen * 1000,
    // A fully qualified name is written with its closing dot.
    name: field('hostname').replace(/\.$/, ''),
    ...(mac === undefined ? {} : { mac }),
    ...(identifier === undefined ? {} : { identifier }),
  };
}

/** Seconds that fit a date; Kea writes 4294967295 for a lease without end. */
function seconds(text: string): number | undefined {
  return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

/** A comma inside a field is written `&#x2c` (CSVRow::escapeCharacters). */
function unescaped(field: string): string {
  return field.replaceAll(/&#x([0-9a-fA-F]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
