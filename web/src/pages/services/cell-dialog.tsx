import type { JSX } from 'react';
import { Link } from 'wouter';
import type { DeviceView, MatrixColumn, MatrixRow } from '../../../../src/model/api/site.ts';
import { useTagged } from '../../api/hooks.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { services as de } from '../../words/de/services.ts';
import { services as en } from '../../words/en/services.ts';
import { words } from '../../words/index.ts';
import { LedgerTable } from '../device/ledger-table.tsx';
import { portOf, protocolOf } from './cells.ts';
import '../device/device.css';

const t = words(en, de);

interface CellDialogProps {
  readonly row: MatrixRow;
  readonly column: MatrixColumn;
  readonly onClose: () => void;
}

/** One port of one device: four answers, each with its reason. */
export function CellDialog({ row, column, onClose }: CellDialogProps): JSX.Element {
  const { id, name } = row.device;
  const { data, error } = useTagged<DeviceView>(`devices/${encodeURIComponent(id)}`);
  const rows = data?.value.rows.filter(
    ({ port, transport }) => port === column.port && transport === column.transport,
  );
  return (
    <Dialog title={t.cell(name, protocolOf(column.usual), portOf(column))} onClose={onClose} wide>
      {error !== null && <Failed error={error} />}
      {error === null && rows === undefined && <Loading />}
      {rows?.length === 0 && <Empty title={t.nothing(name, portOf(column))} />}
      {rows !== undefined && rows.length > 0 && <LedgerTable rows={rows} name={t.details} />}
      <p>
        <Link href={`/devices/${encodeURIComponent(id)}?tab=services`}>
          {t.toDevice}: {name}
        </Link>
      </p>
    </Dialog>
  );
}
