import type { JSX } from 'react';
import { NARROW, useMedia } from '../media.ts';
import type { Column } from '../parts/data-table.tsx';
import './few-rows.css';

interface FewRowsProps<Row> {
  /** What the rows are: the table's accessible name. */
  readonly name: string;
  /** The first is the head of its row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
}

/** A table whose rows all fit into the document; where columns have no room, a card for each row. */
export function FewRows<Row>(props: FewRowsProps<Row>): JSX.Element {
  const isNarrow = useMedia(NARROW);
  return isNarrow ? <Cards {...props} /> : <Table {...props} />;
}

function Table<Row>({ name, columns, rows, rowKey }: FewRowsProps<Row>): JSX.Element {
  return (
    <table className="plain" aria-label={name}>
      <thead>
        <tr>
          {columns.map(({ id, head, number }) => (
            <th key={id} scope="col" className={number === true ? 'number' : undefined}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)}>
            {columns.map(({ id, cell, number }, at) =>
              at === 0 ? (
                <th key={id} scope="row">
                  {cell(row)}
                </th>
              ) : (
                <td key={id} className={number === true ? 'number' : undefined}>
                  {cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cards<Row>({ name, columns, rows, rowKey }: FewRowsProps<Row>): JSX.Element {
  const [first, ...others] = columns;
  return (
    <ul className="cards" aria-label={name}>
      {rows.map((row) => (
        <li key={rowKey(row)}>
          <p className="card-head">{first?.cell(row)}</p>
          <dl>
            {others.map(({ id, head, cell }) => (
              <div key={id}>
                <dt>{head}</dt>
                <dd>{cell(row)}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}
