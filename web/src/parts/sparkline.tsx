import type { JSX } from 'react';

interface SparklineProps {
  readonly values: readonly number[];
  /** What the line says, in one sentence. */
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
  /** Indexes with something to point at. */
  readonly marks?: readonly number[];
}

/** Bars from 0: how it was, beside the number that says how it is. */
export function Sparkline({
  values,
  label,
  width = 120,
  height = 20,
  marks = [],
}: SparklineProps): JSX.Element {
  const most = Math.max(1, ...values);
  const step = width / Math.max(1, values.length);
  const bars = values.map((value, index) => {
    const tall = value === 0 ? 1 : Math.max(2, (value / most) * (height - 6));
    return `M${(index * step).toFixed(1)} ${height}h${Math.max(1, step - 1).toFixed(1)}v${(-tall).toFixed(1)}h${(-Math.max(1, step - 1)).toFixed(1)}z`;
  });
  return (
    <svg
      className="sparkline"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
    >
      <title>{label}</title>
      <path d={bars.join('')} />
      {marks.map((index) => (
        <path
          key={index}
          className="sparkline-mark"
          d={`M${((index + 0.5) * step - 3).toFixed(1)} 5l3 -5l3 5z`}
        />
      ))}
    </svg>
  );
}
