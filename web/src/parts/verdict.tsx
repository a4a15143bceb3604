import type { JSX } from 'react';
import type { Verdict as Word } from '../../../src/model/ledger.ts';
import { parts as de } from '../words/de/parts.ts';
import { parts as en } from '../words/en/parts.ts';
import { words } from '../words/index.ts';

const t = words(en, de);

const GLYPH: Readonly<Record<Word, string>> = {
  close: '○',
  decide: '?',
  broken: '✕',
  tighten: '◌',
  encrypt: '◇',
  look: '!',
  fine: '✓',
  unknown: '–',
};

/** What there is to do about a port. */
export function Verdict({ verdict }: { readonly verdict: Word }): JSX.Element {
  return (
    <span className="verdict" data-verdict={verdict} title={t.verdictHelp[verdict]}>
      <span aria-hidden="true">{GLYPH[verdict]}</span> {t.verdict[verdict]}
    </span>
  );
}
