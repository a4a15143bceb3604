import type { JSX } from 'react';
import { Scroll } from '../scroll.tsx';
import type { Token } from './highlight.ts';
import './code.css';

interface CodeProps {
  readonly name: string;
  readonly text: string;
  readonly tokens: (line: string) => readonly Token[];
}

/** Beyond so many lines it is shown without colours: the document stays small. */
const COLOURED_LINES = 400;

/** Text of a program with its line numbers, which are not copied with it. */
export function Code({ name, text, tokens }: CodeProps): JSX.Element {
  const lines = text.replace(/\n$/, '').split('\n');
  const isLong = lines.length > COLOURED_LINES;
  return (
    <Scroll name={name} className="code">
      {isLong ? (
        <pre>{text}</pre>
      ) : (
        <pre className="numbered">
          {lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the number of a line is what it is
            <span key={index} className="code-line">
              <Coloured tokens={tokens(line)} />
              {'\n'}
            </span>
          ))}
        </pre>
      )}
    </Scroll>
  );
}

export function Coloured({ tokens }: { readonly tokens: readonly Token[] }): JSX.Element {
  return (
    <>
      {tokens.map(({ text, kind }, index) =>
        kind === 'plain' ? (
          text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one line, in its order
          <span key={index} data-token={kind}>
            {text}
          </span>
        ),
      )}
    </>
  );
}
