import type { JSX } from 'react';
import type { Answer as Word } from '../../../src/model/core.ts';
import { parts as de } from '../words/de/parts.ts';
import { parts as en } from '../words/en/parts.ts';
import { words } from '../words/index.ts';

const t = words(en, de);

const GLYPH: Readonly<Record<Word, string>> = { yes: '●', no: '✕', unknown: '?' };

/** Yes, no, or unknown, which is neither. */
export function Answer({
  answer,
  because,
}: {
  readonly answer: Word;
  readonly because?: string;
}): JSX.Element {
  return (
    <span className="answer" data-answer={answer} title={because}>
      <span aria-hidden="true">{GLYPH[answer]}</span> {t.answer[answer]}
    </span>
  );
}
