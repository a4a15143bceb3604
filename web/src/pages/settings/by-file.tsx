import type { JSX } from 'react';
import { Copy } from '../../parts/copy.tsx';
import { Empty } from '../../parts/states.tsx';

interface ByFileProps {
  readonly title: string;
  readonly text: string;
  readonly command: string;
}

/** What is set in the configuration and not here: the command that does it. */
export function ByFile({ title, text, command }: ByFileProps): JSX.Element {
  return (
    <Empty title={title}>
      <p>{text}</p>
      <p>
        <code>{command}</code> <Copy text={command} />
      </p>
    </Empty>
  );
}
