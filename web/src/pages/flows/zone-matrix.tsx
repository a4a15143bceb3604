import type { JSX, KeyboardEvent } from 'react';
import { Link } from 'wouter';
import type { ZoneCell, ZoneMatrix } from '../../../../src/model/api/flows.ts';
import { useParam } from '../../address.ts';
import { useApi } from '../../api/hooks.ts';
import { Failed, Loading } from '../../parts/states.tsx';
import { flows as de } from '../../words/de/flows.ts';
import { flows as en } from '../../words/en/flows.ts';
import { all, bytes, number } from '../../words/format.ts';
import { words } from '../../words/index.ts';
import { Scroll } from '../scroll.tsx';
import { NoTraffic } from './no-traffic.tsx';

const t = words(en, de);

/** Zones × zones: a cell for each direction in which conversations begin. */
export function Matrix({ since }: { readonly since: string }): JSX.Element {
  const { data, error, refetch } = useApi<ZoneMatrix>('zones/matrix', { since }, { keep: true });
  const [chosen, setChosen] = useParam('cell');
  if (data === undefined) {
    return error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />;
  }
  if (data.cells.length === 0) return <NoTraffic />;
  const byKey = new Map(data.cells.map((cell) => [keyOf(cell.from, cell.to), cell]));
  const selected = byKey.get(chosen);
  return (
    <div className="zones">
      <div>
        <Scroll name={t.matrixName} className="sheet scroll-x">
          <table className="zone-matrix" aria-label={t.matrixName} onKeyDown={moved}>
            <thead>
              <tr>
                <th scope="col" className="corner">
                  {t.fromTo}
                </th>
                {data.zones.map((zone) => (
                  <th key={zone} scope="col">
                    {zoneName(zone)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.zones.map((from) => (
                <tr key={from}>
                  <th scope="row">{zoneName(from)}</th>
                  {data.zones.map((to) => (
                    <td key={to}>
                      <Cell
                        from={from}
                        to={to}
                        cell={byKey.get(keyOf(from, to))}
                        most={mostOf(data)}
                        isChosen={chosen === keyOf(from, to)}
                        onChoose={() => setChosen(keyOf(from, to))}
                      />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
        <p className="legend">{t.legend}</p>
      </div>
      {selected === undefined ? <p className="soft">{t.pick}</p> : <Details cell={selected} />}
    </div>
  );
}

export function zoneName(zone: string): string {
  if (zone === 'internet') return t.internet;
  return zone === '' ? '–' : zone;
}

function keyOf(from: string, to: string): string {
  return `${from} ${to}`;
}

function mostOf({ cells }: ZoneMatrix): number {
  return Math.max(...cells.map(({ flows }) => flows));
}

interface CellProps {
  readonly from: string;
  readonly to: string;
  readonly cell: ZoneCell | undefined;
  readonly most: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function Cell({ from, to, cell, most, isChosen, onChoose }: CellProps): JSX.Element {
  const name = t.cell(zoneName(from), zoneName(to));
  if (cell === undefined) {
    return (
      <span className="zone-none" title={`${name}: ${t.none}`}>
        <span aria-hidden="true">·</span>
        <span className="visually-hidden">{t.none}</span>
      </span>
    );
  }
  const { flows, services, devices, newFlows, denied } = cell;
  return (
    <button
      type="button"
      className="zone-cell"
      aria-pressed={isChosen}
      style={{ backgroundColor: shadeOf(flows, most) }}
      onClick={onChoose}
    >
      <span className="visually-hidden">{name}: </span>
      <span className="zone-services">{t.servicesOf(services.length)}</span>
      <span className="visually-hidden">
        {all(services)}, {t.devicesOf(devices)}
      </span>
      <span className="zone-flows">{t.flowsOf(flows)}</span>
      {(newFlows > 0 || denied > 0) && (
        <span className="zone-marks">
          {newFlows > 0 && `▲ ${t.newOf(newFlows)}`} {denied > 0 && `✕ ${t.deniedOf(denied)}`}
        </span>
      )}
    </button>
  );
}

/** By order of magnitude, 8 to 40 % of the accent: one conversation is seen beside a million. */
function shadeOf(flows: number, most: number): string {
  const share = Math.round(8 + 32 * (Math.log10(flows + 1) / Math.log10(most + 1)));
  return `color-mix(in srgb, var(--accent) ${share}%, var(--surface))`;
}

const STEPS: Readonly<Record<string, readonly [columns: number, rows: number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

/** Arrows go to the next cell with something in it, in their direction. */
function moved(event: KeyboardEvent<HTMLTableElement>): void {
  const step = STEPS[event.key];
  const from = event.target instanceof Element ? event.target.closest('td') : null;
  const row = from?.closest('tr');
  if (step === undefined || from === null || !(row instanceof HTMLTableRowElement)) return;
  event.preventDefault();
  const [columns, rows] = step;
  const table = event.currentTarget;
  let [column, line] = [from.cellIndex + columns, row.rowIndex + rows];
  while (table.rows[line]?.cells[column] !== undefined) {
    const button = table.rows[line]?.cells[column]?.querySelector('button');
    if (button instanceof HTMLElement) {
      button.focus();
      return;
    }
    column += columns;
    line += rows;
  }
}

function Details({ cell }: { readonly cell: ZoneCell }): JSX.Element {
  const { from, to, flows, bytes: size, services, devices, newFlows, denied } = cell;
  const filter = encodeURIComponent(`from = "${from}" and to = "${to}"`);
  return (
    <section className="sheet zone-details" aria-label={t.selected}>
      <h2>{t.cell(zoneName(from), zoneName(to))}</h2>
      <dl className="facts">
        <Fact name={t.services} value={all(services)} />
        <Fact name={t.conversations} value={number(flows)} />
        <Fact name={t.bytes} value={bytes(size)} />
        <Fact name={t.devices} value={number(devices)} />
        <Fact name={t.newFlows} value={number(newFlows)} />
        <Fact name={t.denied} value={number(denied)} />
      </dl>
      <Link className="button" href={`/flows?view=table&filter=${filter}`}>
        {t.showFlows}
      </Link>
    </section>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
