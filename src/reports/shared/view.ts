import type { Untrusted } from '../../base/untrusted.ts';
import { quote, reveal } from '../../base/untrusted.ts';
import type { Direction, Severity, Transport } from '../../model/core.ts';
import { compareSeverity, SEVERITIES } from '../../model/core.ts';
import type { Device } from '../../model/device.ts';
import type { AttributeName } from '../../model/evidence.ts';
import type { Finding } from '../../model/finding.ts';
import type { Cell, LedgerRow } from '../../model/ledger.ts';
import type { Service } from '../../model/service.ts';
import type { Site } from '../../model/site.ts';
import { CATEGORY_ORDER, plural, SEVERITY_WORD } from './words.ts';

/** One port of one device with all that is said of it: a service, a ledger row, or both. */
export interface PortEntry {
  readonly device: string;
  readonly direction: Direction;
  readonly transport: Transport;
  readonly port: number;
  readonly protocol: string;
  readonly service?: Service;
  readonly row?: LedgerRow;
  readonly findings: readonly Finding[];
}

/** One device with its ports and what is wrong with it. */
export interface Card {
  readonly device: Device;
  readonly ports: readonly PortEntry[];
  readonly findings: readonly Finding[];
}

/** Worst first, then by device and port, so that two reports of one site are the same. */
export function rankFindings(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort(
    (a, b) =>
      compareSeverity(b.severity, a.severity) ||
      a.device.localeCompare(b.device, 'en') ||
      (a.port ?? -1) - (b.port ?? -1) ||
      a.id.localeCompare(b.id, 'en'),
  );
}

/** Every device with what belongs to it, by category and within it the worst first. */
export function cardsOf(site: Site): readonly Card[] {
  const ports = groupBy(portsOf(site), ({ device }) => device);
  const findings = groupBy(rankFindings(site.findings), ({ device }) => device);
  const cards = site.devices.map((device) => ({
    device,
    ports: ports.get(device.id) ?? [],
    findings: findings.get(device.id) ?? [],
  }));
  return cards.sort(
    (a, b) =>
      CATEGORY_ORDER.indexOf(a.device.category) - CATEGORY_ORDER.indexOf(b.device.category) ||
      worst(b) - worst(a) ||
      reveal(a.device.name).localeCompare(reveal(b.device.name), 'en') ||
      a.device.id.localeCompare(b.device.id, 'en'),
  );
}

function worst({ findings }: Card): number {
  const [first] = findings;
  return first === undefined ? -1 : SEVERITIES.indexOf(first.severity);
}

/** Services and ledger rows that are about the same port, as one; to-device first, then by port. */
export function portsOf(site: Site): readonly PortEntry[] {
  const services = new Map(site.services.map((service) => [key('to-device', service), service]));
  const findings = groupBy(site.findings, (finding) => key('to-device', finding));
  const entries = site.ledger.map((row) =>
    entryOf(row.direction, row, services.get(key(row.direction, row)), row, findings),
  );
  const listed = new Set(site.ledger.map((row) => key(row.direction, row)));
  for (const service of site.services) {
    if (!listed.has(key('to-device', service))) {
      entries.push(entryOf('to-device', service, service, undefined, findings));
    }
  }
  return entries.sort(
    (a, b) =>
      a.device.localeCompare(b.device, 'en') ||
      b.direction.localeCompare(a.direction, 'en') ||
      a.port - b.port ||
      a.transport.localeCompare(b.transport, 'en'),
  );
}

interface Place {
  readonly device: string;
  readonly transport?: Transport;
  readonly port?: number;
}

function key(direction: Direction, { device, transport, port }: Place): string {
  return `${direction} ${device} ${transport ?? ''} ${port ?? ''}`;
}

function entryOf(
  direction: Direction,
  place: { device: string; transport: Transport; port: number; protocol: string },
  service: Service | undefined,
  row: LedgerRow | undefined,
  findings: ReadonlyMap<string, readonly Finding[]>,
): PortEntry {
  const { device, transport, port } = place;
  return {
    device,
    direction,
    transport,
    port,
    protocol: service?.protocol ?? place.protocol,
    findings: direction === 'to-device' ? (findings.get(key(direction, place)) ?? []) : [],
    ...(service === undefined ? {} : { service }),
    ...(row === undefined ? {} : { row }),
  };
}

export function groupBy<T>(items: Iterable<T>, of: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(of(item));
    if (group === undefined) groups.set(of(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** Worst first, without those of which there is none. */
export function severityCounts(
  findings: readonly Finding[],
): readonly (readonly [Severity, number])[] {
  return [...SEVERITIES]
    .reverse()
    .map(
      (severity) => [severity, findings.filter((one) => one.severity === severity).length] as const,
    )
    .filter(([, count]) => count > 0);
}

/** The site in one sentence, and what matters first in a second. */
export function headline(site: Site): string {
  const open = site.services.filter(({ state }) => state === 'open').length;
  const counts = severityCounts(site.findings)
    .map(([severity, count]) => `${count} ${SEVERITY_WORD[severity].toLowerCase()}`)
    .join(', ');
  const found =
    counts === ''
      ? 'nothing found wrong'
      : `${plural(site.findings.length, 'finding')} (${counts})`;
  const start = `${plural(site.devices.length, 'device')}, ${plural(open, 'open service')}, ${found}.`;
  const [first] = rankFindings(site.findings);
  return first === undefined ? start : `${start} First: ${asSentence(`${first.summary}`)}`;
}

export function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** `1883/tcp`. */
export function portText({ port, transport }: { port: number; transport: Transport }): string {
  return `${port}/${transport}`;
}

/** `mqtt over TLS 3.1.1`; with a question mark where only the port number speaks for it. */
export function protocolText({ protocol, service }: PortEntry): string {
  if (service === undefined) return protocol;
  const doubt = service.certainty === 'hint' && protocol !== 'unknown' ? '?' : '';
  const secure = service.over === 'tls' || service.over === 'dtls';
  const carrier = secure && protocol !== service.over ? ` over ${service.over.toUpperCase()}` : '';
  const version = ['', 'unknown'].includes(service.version) ? '' : ` ${service.version}`;
  return `${protocol}${doubt}${version}${carrier}`;
}

export function attribute(device: Device, name: AttributeName): Untrusted | '' {
  return device.attributes[name]?.[0]?.value ?? '';
}

/** For a sentence of ours: the name, quoted, and the address. */
export function deviceText(device: Device): string {
  const [address] = device.addresses;
  return address === undefined ? quote(device.name) : `${quote(device.name)} (${address})`;
}

/** Open, used, needed, allowed; where the ledger has no row, the service still tells the first. */
export function answersOf({ row, service }: PortEntry): readonly Cell[] {
  if (row !== undefined) return [row.open, row.used, row.needed, row.allowed];
  const state = service?.state ?? 'silent';
  const open = { open: 'yes', closed: 'no', silent: 'unknown' } as const;
  const missing: Cell = { answer: 'unknown', because: 'Nobody has judged this port yet' };
  return [{ answer: open[state], because: ANSWERED[state] }, missing, missing, missing];
}

const ANSWERED = {
  open: 'It answered when it was asked',
  closed: 'It refused when it was asked',
  silent: 'It did not answer',
} as const;

/** What a port looks like at a glance; the order is that of the legend. */
export type PortState =
  | 'needed'
  | 'unused'
  | 'unneeded'
  | 'cleartext'
  | 'wrong'
  | 'missing'
  | 'unknown'
  | 'closed';

/** The one state that matters most, where several hold. */
export function portState({ row, service }: PortEntry): PortState {
  if (row?.verdict === 'broken') return 'missing';
  const open = row?.open.answer === 'yes' || service?.state === 'open';
  if (!open) return 'closed';
  if (row === undefined) return 'unknown';
  if (row.verdict === 'look') return 'wrong';
  if (row.verdict === 'encrypt') return 'cleartext';
  if (row.verdict === 'close') return row.needed.answer === 'no' ? 'unneeded' : 'unused';
  if (row.needed.answer === 'no') return 'unneeded';
  return row.needed.answer === 'yes' ? 'needed' : 'unknown';
}
