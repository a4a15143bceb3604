import type { JSX } from 'react';
import { Copy } from '../../parts/copy.tsx';
import { Empty } from '../../parts/states.tsx';
import { settings as de } from '../../words/de/settings.ts';
import { settings as en } from '../../words/en/settings.ts';
import { words } from '../../words/index.ts';

const t = words(en, de);

interface ByFileProps {
  readonly title: string;
  readonly text: string;
  readonly command: string;
  /** Lines of the configuration, to begin with. */
  readonly example: string;
}

/** What is set in the configuration and not here: the command that does it. */
export function ByFile({ title, text, command, example }: ByFileProps): JSX.Element {
  return (
    <Empty title={title}>
      <p>{text}</p>
      <div className="example">
        <pre>{example}</pre>
        <Copy text={example} />
      </div>
      <p>{t.checkIt}</p>
      <p>
        <code>{command}</code> <Copy text={command} />
      </p>
    </Empty>
  );
}
