import { portCount } from '../base/port-set.ts';
import type { Untrusted } from '../base/untrusted.ts';
import { quote } from '../base/untrusted.ts';
import type { Dossier, DossierLine } from '../knowledge/dossier.ts';
import type { Direction, Transport } from '../model/core.ts';
import type { Device } from '../model/device.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Cell, LedgerRow, Verdict } from '../model/ledger.ts';
import type { Service } from '../model/service.ts';
import type { Place } from './cells.ts';
import { NO_FIREWALL, NO_TRAFFIC, neededCell, neverOpenCell, OUTWARDS, openCell } from './cells.ts';
import { dossiersFor, portsOfLine } from './dossiers.ts';
import { verdictOf } from './verdict.ts';

/** One device with everything that its rows are made of; the evidence in order of time. */
export interface LedgerSubject {
  readonly device: Device;
  readonly services: readonly Service[];
  readonly evidence: readonly Evidence[];
}

export interface LedgerTools {
  readonly dossiers: readonly Dossier[];
  /** The encrypted form to use instead, in words (`MQTT over TLS, port 8883`). */
  encryptedForm(service: Service): string | undefined;
  /** Whether another protocol belongs on the service's port. */
  isMisplaced(service: Service): boolean;
  /** Whether anybody uses it, from flows; undefined where there are none yet. */
  usage?(device: string, place: Place): Cell | undefined;
  /** Whether the policy needs it; undefined where it says nothing. */
  need?(device: string, place: Place): Cell | undefined;
  /** Ports that the policy names for a device: each gets a row. */
  ruled?(device: string): readonly Place[];
  /** Whether the firewall lets it through; undefined where none was read. */
  permission?(device: string, place: Place): Cell | undefined;
}

/** The port ledger: one row for each port of each device that answers, or that should. */
export function buildLedger(
  subjects: readonly LedgerSubject[],
  tools: LedgerTools,
): readonly LedgerRow[] {
  return subjects.flatMap((subject) => rowsOf(subject, tools));
}

/** The rows of one device. */
export function rowsOf(subject: LedgerSubject, tools: LedgerTools): readonly LedgerRow[] {
  const { device, services } = subject;
  const dossiers = dossiersFor(device, services, tools.dossiers);
  const rows = services.map((service) => {
    const place = {
      direction: 'to-device',
      transport: service.transport,
      port: service.port,
    } as const;
    return rowOf(subject, place, service, '', dossiers, tools);
  });
  const has = new Set(rows.map(keyOf));
  const ruled = (tools.ruled?.(device.id) ?? []).map((place) => ({ place, name: 'unknown' }));
  for (const { place, name } of [...dossiers.flatMap(expected), ...ruled]) {
    if (has.has(keyOf(place))) continue;
    has.add(keyOf(place));
    rows.push(rowOf(subject, place, undefined, name, dossiers, tools));
  }
  return rows;
}

/** Ports that get a row though nothing answers there, with the protocol that belongs there. */
function expected({ lines }: Dossier): readonly { place: Place; name: string }[] {
  return (
    lines
      // A port that is documented as not needed and is not open needs no row.
      .filter(({ direction, need }) => direction === 'from-device' || need === 'required')
      .flatMap((line) => placesOf(line).map((place) => ({ place, name: nameOf(line, place) })))
  );
}

function keyOf({ direction, transport, port }: Place): string {
  return `${direction} ${transport}/${port}`;
}

/** Ports of one line that get a row each; a longer range is one row, under its first port. */
const ROWS_PER_LINE = 8;

function placesOf(line: DossierLine): readonly Place[] {
  const { direction, transport } = line;
  const set = portsOfLine(line);
  if (portCount(set) > ROWS_PER_LINE) {
    return set.slice(0, 1).map(({ from }) => ({ direction, transport, port: from }));
  }
  return set.flatMap(({ from, to }) =>
    Array.from({ length: to - from + 1 }, (_, index) => ({
      direction,
      transport,
      port: from + index,
    })),
  );
}

/** The protocol; with the range where the row stands for one. */
function nameOf(line: DossierLine, place: Place): string {
  const many = portCount(portsOfLine(line)) > ROWS_PER_LINE;
  return many && line.ports !== String(place.port)
    ? `${line.protocol} (${line.ports})`
    : line.protocol;
}

function rowOf(
  { device, evidence }: LedgerSubject,
  place: Place,
  service: Service | undefined,
  documentedName: string,
  dossiers: readonly Dossier[],
  tools: LedgerTools,
): LedgerRow {
  const used = tools.usage?.(device.id, place) ?? NO_TRAFFIC;
  const ruled = tools.need?.(device.id, place);
  const needed = offered(place, service, neededCell(place, evidence, dossiers, used, ruled));
  const allowed = tools.permission?.(device.id, place) ?? NO_FIREWALL;
  const open = openOf(place, service, evidence);
  const better = service === undefined ? undefined : tools.encryptedForm(service);
  const verdict = verdictOf({
    direction: place.direction,
    open: open.answer,
    used: used.answer,
    needed: needed.answer,
    allowed: allowed.answer,
    odd:
      service !== undefined && (service.unrecognised !== undefined || tools.isMisplaced(service)),
    encryptable: better !== undefined,
  });
  const protocol = service?.protocol ?? documentedName;
  const what = { ...place, protocol, name: device.name, needed, better, named: isNamed(service) };
  return {
    device: device.id,
    ...place,
    protocol,
    open,
    used,
    needed,
    allowed,
    verdict,
    advice: adviceFor(verdict, what),
  };
}

/**
 * A dossier speaks of a family: that this one never had the port open says that it does not offer
 * it, not that it is broken. The owner's word, and a port that was open before, are another matter.
 */
function offered(place: Place, service: Service | undefined, needed: Cell): Cell {
  const isFamily = needed.answer === 'yes' && needed.citation !== undefined;
  if (!isFamily || service !== undefined || place.direction === 'from-device') return needed;
  return {
    ...needed,
    answer: 'unknown',
    because: `${needed.because} This device was never seen to offer it.`,
  };
}

function openOf(place: Place, service: Service | undefined, evidence: readonly Evidence[]): Cell {
  if (place.direction === 'from-device') return OUTWARDS;
  return service === undefined ? neverOpenCell(place, evidence) : openCell(service);
}

/** Whether what answers has a name that is more than a guess from its number. */
function isNamed(service: Service | undefined): boolean {
  return service !== undefined && service.protocol !== 'unknown' && service.certainty !== 'hint';
}

interface Subject {
  readonly direction: Direction;
  readonly transport: Transport;
  readonly port: number;
  readonly protocol: string;
  readonly name: Untrusted;
  readonly needed: Cell;
  readonly better: string | undefined;
  readonly named: boolean;
}

/** What to do, in one sentence, for each verdict. */
function adviceFor(verdict: Verdict, subject: Subject): string {
  const where = `${subject.transport}/${subject.port}`;
  const what = subject.named ? `${subject.protocol} on ${where}` : where;
  const name = quote(subject.name, 40);
  const out = subject.direction === 'from-device';
  switch (verdict) {
    case 'close':
      return out
        ? `Block ${where} from ${name}: it is used and not needed.`
        : `Switch ${what} off on ${name}, or block it: nobody needs it.`;
    case 'decide':
      return `Say whether ${what} of ${name} is needed: it is in use, and nobody said so.`;
    case 'broken':
      return out
        ? `Allow ${where} from ${name}: it needs it, and the firewall stops it.`
        : `Make ${where} of ${name} reachable again: it is needed and does not work.`;
    case 'tighten':
      return `Take ${where} of ${name} out of the firewall's rules: nothing uses it.`;
    case 'encrypt':
      return `Change ${what} of ${name} to ${subject.better ?? 'its encrypted form'}, then close ${where}.`;
    case 'look':
      return subject.named
        ? `Look at ${where} of ${name}: ${subject.protocol} does not belong on that port.`
        : `Find out what answers on ${where} of ${name}: it speaks no protocol that we know.`;
    case 'fine':
      return `Nothing to do for ${what} of ${name}.`;
    case 'unknown':
      return out
        ? `Let portolan see traffic to learn whether ${name} uses ${where}; it is documented to.`
        : `Say whether ${what} of ${name} is needed, or let portolan see who uses it.`;
  }
}
