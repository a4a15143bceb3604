import type { JSX, KeyboardEvent } from 'react';
import { useMemo } from 'react';
import type { FlowPicture, PictureLink } from '../../../../src/model/api/flows.ts';
import { flows as de } from '../../words/de/flows.ts';
import { flows as en } from '../../words/en/flows.ts';
import { words } from '../../words/index.ts';
import type { Place } from './picture-layout.ts';
import { layoutOf, NODE } from './picture-layout.ts';
import { zoneName } from './zone-matrix.tsx';

const t = words(en, de);

/** Letters that fit on a node; the whole name is its title. */
const LETTERS = 19;

/** What is wider than a node ends at its edge. */
const CLIP = 'picture-clip';

/** A disc, a ring and a diamond. */
const MARKS = {
  device: 'M9 14a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z',
  peer: 'M9 14a4 4 0 1 0 8 0a4 4 0 1 0 -8 0zm1.5 0a2.5 2.5 0 1 1 5 0a2.5 2.5 0 1 1 -5 0z',
  hub: 'M13 8.5l5.5 5.5l-5.5 5.5l-5.5 -5.5z',
} as const;

interface DrawingProps {
  readonly picture: FlowPicture;
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

export function Drawing({ picture, chosen, onChoose }: DrawingProps): JSX.Element {
  const layout = useMemo(() => layoutOf(picture), [picture]);
  const near = useMemo(() => neighbours(picture.links, chosen), [picture, chosen]);
  return (
    <svg
      className="picture-drawing"
      width={layout.width}
      height={layout.height}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
    >
      <title>{t.pictureName}</title>
      <clipPath id={CLIP}>
        <rect width={NODE.width - 4} height={NODE.height} />
      </clipPath>
      {layout.zones.map(({ zone, x, folded }) => (
        <text key={zone} className="picture-zone" x={x} y={16}>
          {zoneName(zone)} {folded > 0 && t.folded(folded)}
        </text>
      ))}
      {layout.curves.map(({ link, path, width }) => (
        <path
          key={`${link.from} ${link.to}`}
          className="picture-link"
          data-dim={near !== undefined && link.from !== chosen && link.to !== chosen}
          d={path}
          strokeWidth={width}
        />
      ))}
      {layout.places.map((place) => (
        <Node
          key={place.node.id}
          place={place}
          isDim={near !== undefined && !near.has(place.node.id)}
          isChosen={place.node.id === chosen}
          onChoose={onChoose}
        />
      ))}
    </svg>
  );
}

/** Whoever has a link with the chosen one, and itself; undefined where none is chosen. */
function neighbours(
  links: readonly PictureLink[],
  chosen: string | undefined,
): ReadonlySet<string> | undefined {
  if (chosen === undefined) return undefined;
  const touching = links.filter(({ from, to }) => from === chosen || to === chosen);
  return new Set([chosen, ...touching.flatMap(({ from, to }) => [from, to])]);
}

interface NodeProps {
  readonly place: Place;
  readonly isDim: boolean;
  readonly isChosen: boolean;
  readonly onChoose: (id: string) => void;
}

function Node({ place, isDim, isChosen, onChoose }: NodeProps): JSX.Element {
  const { node, x, y } = place;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    onChoose(node.id);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button
    <g
      role="button"
      tabIndex={0}
      className="picture-node"
      data-kind={node.kind}
      data-dim={isDim}
      aria-pressed={isChosen}
      transform={`translate(${x} ${y})`}
      onClick={() => onChoose(node.id)}
      onKeyDown={onKeyDown}
    >
      <title>{`${node.label}, ${t.kinds[node.kind]}, ${zoneName(node.zone)}`}</title>
      <rect width={NODE.width} height={NODE.height} rx={5} />
      <path className="picture-mark" d={MARKS[node.kind]} />
      <text x={24} y={NODE.height / 2 + 5} clipPath={`url(#${CLIP})`}>
        {shortened(node.label)}
      </text>
    </g>
  );
}

function shortened(label: string): string {
  const letters = [...label];
  return letters.length <= LETTERS ? label : `${letters.slice(0, LETTERS - 1).join('')}…`;
}
