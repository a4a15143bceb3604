import type { JSX } from 'react';
import { Copy } from '../../parts/copy.tsx';
import { Empty } from '../../parts/states.tsx';
import { flows as de } from '../../words/de/flows.ts';
import { flows as en } from '../../words/en/flows.ts';
import { words } from '../../words/index.ts';

const t = words(en, de);

const WAYS = ['sudo portolan watch', 'portolan import capture.pcapng'];

/** Blind is not the same as quiet: how traffic comes to be seen. */
export function NoTraffic({ title = t.emptySpan }: { readonly title?: string }): JSX.Element {
  return (
    <Empty title={title}>
      <p>{t.emptyText}</p>
      <ul>
        {WAYS.map((way) => (
          <li key={way}>
            <code>{way}</code> <Copy text={way} />
          </li>
        ))}
      </ul>
    </Empty>
  );
}
