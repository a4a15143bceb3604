import type { JSX } from 'react';
import { Copy } from '../../parts/copy.tsx';
import { changes as de } from '../../words/de/changes.ts';
import { changes as en } from '../../words/en/changes.ts';
import { inEnglish, words } from '../../words/index.ts';

const t = words(en, de);

interface ByHandProps {
  readonly because?: string | undefined;
  readonly command: string;
}

/** Where this daemon has no right to do it: the command that somebody with the right can run. */
export function ByHand({ because, command }: ByHandProps): JSX.Element {
  return (
    <div className="by-hand">
      <p>
        {t.cannot} <span {...inEnglish}>{because}</span>
      </p>
      <p>{t.run}</p>
      <p className="by-hand-command">
        <code>{command}</code>
        <Copy text={command} />
      </p>
    </div>
  );
}
