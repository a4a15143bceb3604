import type { JSX } from 'react';
import { useState } from 'react';
import type { FlowPicture, PictureLink } from '../../../../src/model/api/flows.ts';
import { useApi } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { flows as de } from '../../words/de/flows.ts';
import { flows as en } from '../../words/en/flows.ts';
import { all, bytes, number } from '../../words/format.ts';
import { words } from '../../words/index.ts';
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
  return (
    <section className="sheet scroll-x" aria-label={t.sameData}>
      <h2>{t.sameData}</h2>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t.columns.source}</th>
            <th scope="col">{t.columns.destination}</th>
            <th scope="col">{t.services}</th>
            <th scope="col" className="number">
              {t.title}
            </th>
            <th scope="col" className="number">
              {t.bytes}
            </th>
          </tr>
        </thead>
        <tbody>
          {links.map((link) => (
            <tr key={`${link.from} ${link.to}`}>
              <th scope="row">{labels.get(link.from)}</th>
              <td>{labels.get(link.to)}</td>
              <td>{all(link.services)}</td>
              <td className="number">{number(link.flows)}</td>
              <td className="number">{bytes(link.bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function touches({ from, to }: PictureLink, id: string): boolean {
  return from === id || to === id;
}
