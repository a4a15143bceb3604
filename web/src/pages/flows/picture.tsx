import type { JSX } from 'react';
import { useState } from 'react';
import type { FlowPicture, PictureLink } from '../../../../src/model/api/flows.ts';
import { useApi } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import type { Column } from '../../parts/data-table.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { flows as de } from '../../words/de/flows.ts';
import { flows as en } from '../../words/en/flows.ts';
import { all, bytes, number } from '../../words/format.ts';
import { words } from '../../words/index.ts';
import { FewRows } from '../few-rows.tsx';
import { Scroll } from '../scroll.tsx';
import { NoTraffic } from './no-traffic.tsx';
import { Drawing } from './picture-drawing.tsx';
import { zoneName } from './zone-matrix.tsx';

const t = words(en, de);

/** At most 60 nodes at places that do not move, and the same as a table. */
export function Picture({ since }: { readonly since: string }): JSX.Element {
  const { data, error, refetch } = useApi<FlowPicture>('flows/picture', { since }, { keep: true });
  const [chosen, setChosen] = useState<string>();
  if (data === undefined) {
    return error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />;
  }
  if (data.nodes.length === 0) return <NoTraffic />;
  const label = data.nodes.find(({ id }) => id === chosen)?.label;
  return (
    <>
      <Scroll name={t.pictureName} className="sheet scroll-x picture">
        <Drawing
          picture={data}
          chosen={chosen}
          onChoose={(id) => setChosen(id === chosen ? undefined : id)}
        />
      </Scroll>
      <p className="picture-chosen" role="status">
        {label !== undefined && (
          <>
            {t.chosen(label)}{' '}
            <Button small onClick={() => setChosen(undefined)}>
              {t.all}
            </Button>
          </>
        )}
        {data.folded.map(({ zone, count }) => (
          <span key={zone} className="soft">
            {t.foldedText(zoneName(zone), count)}
          </span>
        ))}
      </p>
      <LinkTable picture={data} chosen={chosen} />
    </>
  );
}

interface LinkTableProps {
  readonly picture: FlowPicture;
  readonly chosen: string | undefined;
}

function LinkTable({ picture, chosen }: LinkTableProps): JSX.Element {
  const labels = new Map(picture.nodes.map(({ id, label }) => [id, label]));
  const links = picture.links.filter((link) => chosen === undefined || touches(link, chosen));
  const columns: readonly Column<PictureLink>[] = [
    { id: 'from', head: t.columns.source, cell: ({ from }) => labels.get(from) },
    { id: 'to', head: t.columns.destination, cell: ({ to }) => labels.get(to) },
    { id: 'services', head: t.services, cell: ({ services }) => all(services) },
    { id: 'flows', head: t.conversations, number: true, cell: ({ flows }) => number(flows) },
    { id: 'bytes', head: t.bytes, number: true, cell: (link) => bytes(link.bytes) },
  ];
  return (
    <section className="sheet">
      <h2>{t.sameData}</h2>
      <FewRows
        name={t.sameData}
        columns={columns}
        rows={links}
        rowKey={({ from, to }) => `${from} ${to}`}
      />
    </section>
  );
}

function touches({ from, to }: PictureLink, id: string): boolean {
  return from === id || to === id;
}
