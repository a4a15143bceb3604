import type {
  DeviceItem,
  MatrixCell,
  MatrixColumn,
  MatrixRow,
  MatrixView,
} from '../../../model/api/site.ts';
import type { LedgerRow } from '../../../model/ledger.ts';
import type { Service } from '../../../model/service.ts';
import { isNewPort } from './changes.ts';
import { isUnused } from './device-items.ts';
import type { SiteFacts } from './site-facts.ts';

/** Columns at most: the ports that most devices have. */
const COLUMNS = 200;
const DAY = 86_400_000;

export interface MatrixRequest {
  readonly offset: number;
  readonly limit: number;
  /** Only ports that are open and unused. */
  readonly unused: boolean;
  /** What is usually on a port. */
  usual(transport: Service['transport'], port: number): string | undefined;
}

/** Devices × ports that they offer, with the four answers in each cell. */
export function matrixView(
  facts: SiteFacts,
  devices: readonly DeviceItem[],
  request: MatrixRequest,
): MatrixView {
  const shows = (row: LedgerRow): boolean =>
    row.direction === 'to-device' && (!request.unused || isUnused(row));
  const tallies = new Map<string, { row: LedgerRow; devices: number }>();
  const rowsOf = new Map(devices.map(({ id }) => [id, facts.rowsOf(id).filter(shows)]));
  for (const row of [...rowsOf.values()].flat()) {
    const key = `${row.transport}/${row.port}`;
    tallies.set(key, { row, devices: (tallies.get(key)?.devices ?? 0) + 1 });
  }
  const columns: readonly MatrixColumn[] = [...tallies.values()]
    .sort((a, b) => b.devices - a.devices)
    .slice(0, COLUMNS)
    .map(({ row: { transport, port, protocol }, devices: count }) => ({
      transport,
      port,
      usual: request.usual(transport, port) ?? protocol,
      devices: count,
    }))
    .sort((a, b) => a.port - b.port || a.transport.localeCompare(b.transport, 'en'));
  const shown = request.unused
    ? devices.filter(({ id }) => (rowsOf.get(id) ?? []).length > 0)
    : devices;
  const index = new Map(columns.map(({ transport, port }, at) => [`${transport}/${port}`, at]));
  return {
    columns,
    rows: shown
      .slice(request.offset, request.offset + request.limit)
      .map((device) => rowView(facts, device, rowsOf.get(device.id) ?? [], index)),
    total: shown.length,
  };
}

function rowView(
  facts: SiteFacts,
  { id, name, zone, category }: DeviceItem,
  rows: readonly LedgerRow[],
  index: ReadonlyMap<string, number>,
): MatrixRow {
  const services = new Map(
    facts.servicesOf(id).map((service) => [`${service.transport}/${service.port}`, service]),
  );
  const wrong = new Set(
    facts
      .findingsOf(id)
      .filter(({ rule }) => rule === 'wrong-protocol')
      .map(({ transport, port }) => `${transport}/${port}`),
  );
  const cells = rows.flatMap((row): MatrixCell[] => {
    const key = `${row.transport}/${row.port}`;
    const column = index.get(key);
    if (column === undefined) return [];
    const service = services.get(key);
    return [
      {
        column,
        protocol: row.protocol,
        certainty: service?.certainty ?? 'hint',
        open: row.open.answer,
        used: row.used.answer,
        needed: row.needed.answer,
        allowed: row.allowed.answer,
        verdict: row.verdict,
        advice: row.advice,
        isNew: service !== undefined && isNewPort(facts.device(id), service, facts.site.at, DAY),
        wrongProtocol: wrong.has(key),
      },
    ];
  });
  return { device: { id, name }, zone, category, cells: cells.sort((a, b) => a.column - b.column) };
}
