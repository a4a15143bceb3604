import type { JSX } from 'react';
import { useState } from 'react';
import type { MatrixColumn, MatrixRow } from '../../../src/model/api/site.ts';
import { useParam } from '../address.ts';
import { apiUrl } from '../api/client.ts';
import { NARROW, useMedia } from '../media.ts';
import { CopyAs } from '../parts/copy.tsx';
import { FilterBar } from '../parts/filter-bar.tsx';
import { Menu } from '../parts/menu.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { services as de } from '../words/de/services.ts';
import { services as en } from '../words/en/services.ts';
import { words } from '../words/index.ts';
import { CellDialog } from './services/cell-dialog.tsx';
import type { Picks, Show } from './services/cells.ts';
import { GLYPHS, NEW, SHOWS, WRONG } from './services/cells.ts';
import { CloseBar } from './services/close-bar.tsx';
import { Grid } from './services/grid.tsx';
import { LedgerList } from './services/ledger-list.tsx';
import { MatrixList } from './services/matrix-list.tsx';
import type { Matrix } from './services/use-matrix.ts';
import { useMatrix } from './services/use-matrix.ts';
import { Switch } from './switch.tsx';
import './services/services.css';

const t = words(en, de);

/** Ports × devices: where open, used, needed and allowed disagree. */
export function Page(): JSX.Element {
  const [wish, setView] = useParam('view', 'matrix');
  const view = wish === 'list' ? 'list' : 'matrix';
  return (
    <>
      <div className="page-head">
        <h1>{t.title}</h1>
        <Switch
          name={t.view}
          value={view}
          choices={[
            ['matrix', t.views.matrix],
            ['list', t.views.list],
          ]}
          onChange={setView}
        />
      </div>
      {view === 'list' ? <LedgerList /> : <MatrixView />}
    </>
  );
}

function MatrixView(): JSX.Element {
  const [filter, setFilter] = useParam('devices');
  const [wish, setShow] = useParam('show', 'exposure');
  const [unused, setUnused] = useParam('unused');
  const show = SHOWS.find((one) => one === wish) ?? 'exposure';
  const matrix = useMatrix(filter, unused !== '');
  const [picks, setPicks] = useState<Picks>(new Map());
  return (
    <>
      <FilterBar
        resource="devices"
        value={filter}
        onChange={setFilter}
        error={matrix.error}
        total={matrix.total}
        all={matrix.total}
      >
        <label className="check-line">
          <input
            type="checkbox"
            checked={unused !== ''}
            onChange={() => setUnused(unused === '' ? '1' : '')}
          />
          {t.unusedOnly}
        </label>
        <span className="wide-only">
          <Menu
            label={`${t.show}: ${t.shows[show]}`}
            items={SHOWS.map((one) => ({
              label: t.shows[one],
              checked: one === show,
              run: () => setShow(one),
            }))}
          />
        </span>
      </FilterBar>
      {picks.size > 0 && <CloseBar picks={picks} onClear={() => setPicks(new Map())} />}
      <Body matrix={matrix} show={show} picks={picks} onPick={setPicks} />
      <Legend />
      <CopyAs
        cli="portolan ledger --all"
        api={apiUrl('matrix', { filter, unused: unused !== '' })}
      />
    </>
  );
}

interface BodyProps {
  readonly matrix: Matrix;
  readonly show: Show;
  readonly picks: Picks;
  readonly onPick: (picks: Picks) => void;
}

function Body({ matrix, show, picks, onPick }: BodyProps): JSX.Element {
  const isNarrow = useMedia(NARROW);
  const [opened, setOpened] = useState<{ row: MatrixRow; column: MatrixColumn }>();
  if (matrix.error !== undefined && matrix.total === 0) {
    return <Failed error={matrix.error} retry={matrix.again} />;
  }
  if (matrix.isLoading) return <Loading />;
  if (matrix.total === 0) return <Empty title={t.noDevices} />;
  if (isNarrow) return <MatrixList matrix={matrix} picks={picks} onPick={onPick} />;
  return (
    <>
      <Grid
        matrix={matrix}
        show={show}
        picks={picks}
        onPick={onPick}
        onOpen={(row, column) => setOpened({ row, column })}
      />
      {opened !== undefined && <CellDialog {...opened} onClose={() => setOpened(undefined)} />}
    </>
  );
}

const STATES = ['needed', 'used', 'unused', 'open', 'blocked', 'closed', 'none'] as const;

function Legend(): JSX.Element {
  return (
    <p className="legend">
      <span className="visually-hidden">{t.legend}: </span>
      {STATES.map((state) => (
        <span key={state}>
          <b>{GLYPHS[state]}</b> {t.glyphs[state]}
        </span>
      ))}
      <span>
        <b>{NEW}</b> {t.isNew}
      </span>
      <span>
        <b>{WRONG}</b> {t.wrong}
      </span>
      <span id="matrix-keys" className="wide-only">
        {t.keysHelp}
      </span>
    </p>
  );
}
