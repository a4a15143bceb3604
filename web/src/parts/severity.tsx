import type { JSX } from 'react';
import type { Severity as Level } from '../../../src/model/core.ts';
import { parts as de } from '../words/de/parts.ts';
import { parts as en } from '../words/en/parts.ts';
import { words } from '../words/index.ts';

const t = words(en, de);

/** The same shapes as on the command line: shape and word tell, the fill only helps. */
const SHAPE: Readonly<Record<Level | 'none', string>> = {
  critical: '▲▲',
  high: '▲',
  medium: '◆',
  low: '▽',
  info: '○',
  none: '✓',
};

export function Severity({ level }: { readonly level: Level | 'none' }): JSX.Element {
  return (
    <span className="severity" data-level={level}>
      <span aria-hidden="true">{SHAPE[level]}</span> {t.severity[level]}
    </span>
  );
}
