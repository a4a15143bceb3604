import { parseMac } from '../base/address.ts';
import type { NewEvidence } from '../model/evidence.ts';
import type { Imported, Importer, ImportOptions } from './importer.ts';
import { canonicalAddress, leaseEvidence, octets } from './lease.ts';
import { firstLines, Problems, textLines } from './text-lines.ts';

/** A row of `print terse`: what stood first under a name, so that a host name adds no address. */
interface Row {
  readonly flags: string;
  readonly fields: ReadonlyMap<string, string>;
}

export const routeros = {
  id: 'routeros',
  title: 'MikroTik RouterOS tables (/ip arp print terse, /ip dhcp-server lease print terse)',
  sources: [
    'MikroTik RouterOS documentation, IP/ARP: properties and flags',
    'MikroTik RouterOS documentation, DHCP Server, Leases: properties and status',
    'MikroTik RouterOS documentation, Console, print: terse',
  ],
  recognise: (start) =>
    firstLines(start, 4).some((line) => {
      const fields = rowOf(line)?.fields;
      return fields?.has('address') === true && fields.has('mac-address');
    }),
  read,
} as const satisfies Importer;

function read(document: Uint8Array, options: ImportOptions): Imported {
  const problems = new Problems();
  const evidence: NewEvidence[] = [];
  for (const { number, text } of textLines(document, problems)) {
    if (isAround(text)) continue;
    const row = rowOf(text);
    const found = row === undefined ? 'is no row of print terse' : evidenceOf(row, options);
    if (typeof found === 'string') problems.add(number, found);
    else evidence.push(...found);
  }
  return { evidence, problems: problems.all };
}

/** The legend, and the prompt with the command where a session was copied whole. */
function isAround(line: string): boolean {
  return line.startsWith('Flags:') || line.startsWith('Columns:') || line.startsWith('[');
}

/** ` 0 DC address=192.0.2.7 mac-address=… interface=ether2`; a value may have spaces in it. */
function rowOf(line: string): Row | undefined {
  const words = line.trim().split(' ');
  if (!/^\d{1,9}$/.test(words[0] ?? '')) return undefined;
  const fields = new Map<string, string>();
  let flags = '';
  let name = '';
  let value: string[] = [];
  const keep = (): void => {
    if (name !== '' && !fields.has(name)) fields.set(name, unquoted(value.join(' ').trim()));
  };
  for (const word of words.slice(1)) {
    const [, key, rest = ''] = /^([a-z][a-z0-9.-]{0,40})=(.*)$/.exec(word) ?? [];
    if (key !== undefined) {
      keep();
      name = key;
      value = [rest];
    } else if (name !== '') value.push(word);
    else flags += word;
  }
  keep();
  return fields.size === 0 || !/^[A-Za-z]*$/.test(flags) ? undefined : { flags, fields };
}

function unquoted(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

/** What a row says; a sentence where it cannot be one of the two tables. */
function evidenceOf(
  { flags, fields }: Row,
  options: ImportOptions,
): readonly NewEvidence[] | string {
  // A lease from a pool has no address of its own while nobody holds it.
  const text = fields.get('active-address') ?? fields.get('address') ?? '';
  const address = canonicalAddress(text);
  const isLease = fields.has('server') || fields.has('last-seen') || fields.has('client-id');
  if (address === undefined)
    return isLease && !fields.has('active-address') ? [] : 'has no address';
  if (/[XI]/.test(flags)) return []; // Disabled, invalid.
  return isLease ? lease(address, fields, options) : arp(address, flags, fields, options);
}

function arp(
  address: string,
  flags: string,
  fields: Row['fields'],
  options: ImportOptions,
): readonly NewEvidence[] {
  const mac = parseMac(fields.get('mac-address') ?? '');
  const status = fields.get('status') ?? '';
  if (mac === undefined || status === 'failed' || status === 'incomplete') return [];
  // Dynamic and not complete: asked for, and nobody answered.
  if (flags.includes('D') && !/[CH]/.test(flags) && status === '') return [];
  return [
    {
      at: options.at,
      source: 'import',
      observer: options.observer,
      subject: { address, mac },
      certainty: status === 'reachable' ? 'proved' : 'likely',
      fact: { kind: 'present', via: 'neighbour' },
    },
  ];
}

/** A lease that nobody holds is history: the device was there when it was last seen. */
function lease(
  address: string,
  fields: Row['fields'],
  options: ImportOptions,
): readonly NewEvidence[] {
  const ago = duration(fields.get('last-seen') ?? '');
  const isHeld = (fields.get('status') ?? 'bound') === 'bound';
  if (!isHeld && ago === undefined) return [];
  const mac = parseMac(fields.get('active-mac-address') ?? fields.get('mac-address') ?? '');
  const identifier = clientId(fields.get('active-client-id') ?? fields.get('client-id') ?? '');
  return leaseEvidence(
    {
      address,
      at: isHeld ? options.at : Math.max(0, options.at - (ago ?? 0)),
      name: fields.get('host-name') ?? '',
      ...(mac === undefined ? {} : { mac }),
      ...(identifier === undefined ? {} : { identifier }),
    },
    options,
  );
}

/** `1:30:7:4d:f5:7:49`: octets in hex without leading zeros. */
function clientId(text: string): string | undefined {
  if (!text.includes(':')) return undefined;
  return octets(
    text
      .split(':')
      .map((octet) => octet.padStart(2, '0'))
      .join(':'),
  );
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
]);

/** `1w2d3h4m5s` in milliseconds; undefined for `never`. */
function duration(text: string): number | undefined {
  if (!/^(?:\d{1,6}[wdhms]){1,5}$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)([wdhms])/g)].reduce(
    (sum, [, digits, unit]) => sum + Number(digits) * (UNITS.get(unit ?? '') ?? 0),
    0,
  );
}
