import type { JSX } from 'react';
import { useState } from 'react';
import type { Lane } from '../../../../src/model/api/flows.ts';
import { NARROW, useMedia } from '../../media.ts';
import { Button } from '../../parts/button.tsx';
import { flows as de } from '../../words/de/flows.ts';
import { flows as en } from '../../words/en/flows.ts';
import { bytes, date, dateTime, hour, zoneOf } from '../../words/format.ts';
import { words } from '../../words/index.ts';
import { timeScale } from './time-scale.ts';

const t = words(en, de);

/** Units of the drawing, which is stretched to the width that there is. */
const WIDTH = 1_000;
const HEIGHT = 18;
/** A moment is still seen. */
const LEAST = 3;

/** Lanes that are seen at once: those with most traffic come first. */
const FIRST = 15;

interface LaneChartProps {
  readonly lanes: readonly Lane[];
  readonly name: string;
}

export function LaneChart({ lanes, name }: LaneChartProps): JSX.Element {
  const isNarrow = useMedia(NARROW);
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? lanes : lanes.slice(0, FIRST);
  const bars = lanes.flatMap((lane) => lane.bars);
  const from = Math.min(...bars.map((bar) => bar.from));
  const to = Math.max(...bars.map((bar) => bar.to));
  const scale = timeScale(from, to, isNarrow ? 3 : 8);
  const most = Math.max(1, ...bars.map((bar) => bar.bytes));
  return (
    <figure className="lane-chart sheet" aria-label={name}>
      {shown.map((lane) => (
        <div key={`${lane.direction} ${lane.service} ${lane.peer}`} className="lane">
          <p className="lane-name">
            <span aria-hidden="true">{lane.direction === 'to-device' ? '←' : '→'} </span>
            <span className="visually-hidden">
              {lane.direction === 'to-device' ? t.toDevice : t.fromDevice}{' '}
            </span>
            {lane.peer} <span className="soft">{lane.service}</span>
          </p>
          <svg
            role="img"
            aria-label={`${lane.peer}, ${lane.service}: ${t.flowsOf(lane.flows)}`}
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            preserveAspectRatio="none"
          >
            {scale.ticks.map((tick) => (
              <path
                key={tick}
                className="lane-tick"
                d={`M${(scale.at(tick) * WIDTH).toFixed(1)} 0v${HEIGHT}`}
              />
            ))}
            {lane.bars.map((bar) => {
              const start = scale.at(bar.from) * WIDTH;
              const height = 4 + (HEIGHT - 6) * (Math.log10(bar.bytes + 1) / Math.log10(most + 1));
              return (
                <rect
                  key={`${bar.from} ${bar.to}`}
                  className="lane-bar"
                  x={Math.min(start, WIDTH - LEAST)}
                  width={Math.max(LEAST, scale.at(bar.to) * WIDTH - start)}
                  y={(HEIGHT - height) / 2}
                  height={height}
                >
                  <title>{`${t.barText(dateTime(bar.from), dateTime(bar.to))}, ${bytes(bar.bytes)}`}</title>
                </rect>
              );
            })}
          </svg>
        </div>
      ))}
      <div className="lane lane-axis" aria-hidden="true">
        <span>{scale.daily ? '' : zoneOf(scale.from)}</span>
        <div>
          {scale.ticks.map((tick) => (
            <span
              key={tick}
              style={{
                insetInlineStart: `clamp(2.6rem, ${(scale.at(tick) * 100).toFixed(1)}%, 100% - 2.6rem)`,
              }}
            >
              {scale.daily ? date(tick) : hour(tick)}
            </span>
          ))}
        </div>
      </div>
      {shown.length < lanes.length && (
        <p className="lane-more">
          <Button small onClick={() => setWhole(true)}>
            {t.showAll(lanes.length)}
          </Button>
        </p>
      )}
    </figure>
  );
}
