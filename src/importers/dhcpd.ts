import { parseMac } from '../base/address.ts';
import type { Instant } from '../model/core.ts';
import type { Imported, Importer, ImportOptions } from './importer.ts';
import type { Lease } from './lease.ts';
import { canonicalAddress, leaseEvidence, octets } from './lease.ts';
import { firstLines, Problems, textLines } from './text-lines.ts';

/** Nobody that we know has it: somebody else answered when the server asked whether it is free. */
const NOBODY = 'abandoned';

interface Draft {
  readonly address: string;
  readonly line: number;
  state: string;
  /** When the client last spoke (`cltt`); else when the lease began. */
  spoke: Instant | undefined;
  began: Instant | undefined;
  mac?: string | undefined;
  name?: string;
  identifier?: string | undefined;
}

export const dhcpd = {
  id: 'dhcpd',
  title: 'ISC dhcpd leases (dhcpd.leases; also pfSense and EdgeOS)',
  sources: ['ISC DHCP dhcpd.leases(5)'],
  recognise: (start) => {
    const lines = firstLines(start, 400);
    return lines.some((line) => opened(line) !== undefined) && lines.some((line) => isTimed(line));
  },
  read,
} as const satisfies Importer;

function read(document: Uint8Array, options: ImportOptions): Imported {
  const problems = new Problems();
  const log = new LeaseLog(problems);
  for (const { number, text } of textLines(document, problems)) log.take(number, text);
  return {
    evidence: log.end().flatMap((lease) => leaseEvidence(lease, options)),
    problems: problems.all,
  };
}

/** The file is a log: the last declaration of an address is the one that counts. */
class LeaseLog {
  readonly #problems: Problems;
  readonly #leases = new Map<string, Lease | undefined>();
  #draft: Draft | undefined;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  take(line: number, text: string): void {
    const address = opened(text);
    if (address !== undefined) this.#open(address, line);
    else if (this.#draft === undefined) this.#pass(line, text);
    else if (text === '}') this.#close(this.#draft);
    else take(this.#draft, text);
  }

  end(): readonly Lease[] {
    this.#unfinished();
    return [...this.#leases.values()].filter((lease) => lease !== undefined);
  }

  #open(address: string, line: number): void {
    this.#unfinished();
    this.#draft = { address, line, state: '', spoke: undefined, began: undefined };
  }

  #close(draft: Draft): void {
    this.#draft = undefined;
    const lease = leaseOf(draft);
    // Set anew, so that the order is that of the last declarations.
    this.#leases.delete(draft.address);
    if (lease === 'untimed') this.#problems.add(draft.line, 'is a lease without a time');
    else this.#leases.set(draft.address, lease);
  }

  #unfinished(): void {
    if (this.#draft !== undefined)
      this.#problems.add(this.#draft.line, 'is a lease without an end');
    this.#draft = undefined;
  }

  #pass(line: number, text: string): void {
    if (text.startsWith('lease ')) this.#problems.add(line, 'is a lease of no address');
  }
}

/** The address of `lease 192.0.2.7 {`. */
function opened(line: string): string | undefined {
  const [word, place = '', brace, ...more] = line.split(/\s+/);
  return word === 'lease' && brace === '{' && more.length === 0
    ? canonicalAddress(place)
    : undefined;
}

function isTimed(line: string): boolean {
  return /^(?:starts|ends|cltt) /.test(line);
}

/** One statement; what is not known is passed over, as the server's own grammar has many more. */
function take(draft: Draft, line: string): void {
  const statement = line.endsWith(';') ? line.slice(0, -1) : line.replace(/;\s*#[^;]*$/, '');
  const word = statement.split(' ', 1)[0] ?? '';
  STATEMENTS.get(word)?.(draft, statement.slice(word.length + 1));
}

type Take = (draft: Draft, rest: string) => unknown;

const STATEMENTS: ReadonlyMap<string, Take> = new Map<string, Take>([
  ['starts', (draft, rest) => (draft.began = instantOf(rest))],
  ['cltt', (draft, rest) => (draft.spoke = instantOf(rest))],
  ['binding', (draft, rest) => (draft.state = rest.replace('state ', ''))],
  ['client-hostname', (draft, rest) => (draft.name = quoted(rest)?.text ?? '')],
  ['uid', (draft, rest) => (draft.identifier = rest[0] === '"' ? quoted(rest)?.hex : octets(rest))],
  ['hardware', (draft, rest) => (draft.mac = parseMac(rest.replace('ethernet ', '')))],
]);

function leaseOf(draft: Draft): Lease | 'untimed' | undefined {
  if (draft.state === NOBODY) return undefined;
  const at = draft.spoke ?? draft.began;
  if (at === undefined) return 'untimed';
  const { address, mac, name, identifier } = draft;
  return {
    address,
    at,
    ...(mac === undefined ? {} : { mac }),
    ...(name === undefined ? {} : { name }),
    ...(identifier === undefined || identifier === '' ? {} : { identifier }),
  };
}

const DAY = 86_400_000;

/** `4 2026/11/26 14:03:07` (a weekday, then UTC) or `epoch 1795701787`; undefined for `never`. */
function instantOf(text: string): Instant | undefined {
  const [, seconds] = /^epoch (\d{1,12})/.exec(text) ?? [];
  if (seconds !== undefined) return Number(seconds) * 1000;
  const match = /^\d (\d{4})\/(\d{1,2})\/(\d{1,2}) (\d{1,2}):(\d{2}):(\d{2})/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  const days = daysFrom(year ?? 0, month ?? 0, day ?? 0);
  return days * DAY + (((hour ?? 0) * 60 + (minute ?? 0)) * 60 + (second ?? 0)) * 1000;
}

/** Civil date → days from 1970-01-01 (howardhinnant.github.io/date_algorithms.html). */
function daysFrom(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** A string of the server's: octets that are no printable ASCII as three octal digits. */
function quoted(text: string): { readonly text: string; readonly hex: string } | undefined {
  if (!text.startsWith('"') || !text.endsWith('"') || text.length < 2) return undefined;
  const octetsOf: number[] = [];
  for (const [whole, octal, escaped] of text.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|[^\\]/gsu)) {
    if (octal !== undefined) octetsOf.push(Number.parseInt(octal, 8) & 0xff);
    else octetsOf.push(...new TextEncoder().encode(escaped ?? whole));
  }
  return {
    text: new TextDecoder().decode(Uint8Array.from(octetsOf)),
    hex: octetsOf.map((octet) => octet.toString(16).padStart(2, '0')).join(':'),
  };
}
