import type { JSX } from 'react';
import { useId, useMemo, useRef } from 'react';
import type { PolicyProblem } from '../../../../src/model/api/policy.ts';
import { policy as de } from '../../words/de/policy.ts';
import { policy as en } from '../../words/en/policy.ts';
import { words } from '../../words/index.ts';
import { Coloured } from './code.tsx';
import { tokensOf } from './highlight.ts';
import { ProblemList } from './problem-list.tsx';
import './editor.css';

const t = words(en, de);

/** Beyond so many lines the text is not coloured: typing stays quick. */
const COLOURED_LINES = 1_500;

interface EditorProps {
  readonly text: string;
  readonly problems: readonly PolicyProblem[];
  readonly readOnly: boolean;
  readonly onChange: (text: string) => void;
}

/**
 * A plain text field, with all that a browser and a screen reader bring for one; its colours lie
 * behind it, its line numbers beside it.
 */
export function Editor({ text, problems, readOnly, onChange }: EditorProps): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const lines = useMemo(() => text.split('\n'), [text]);
  const isColoured = lines.length <= COLOURED_LINES;
  const jump = ({ line, column }: PolicyProblem): void => {
    const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const at = before + Math.max(0, column - 1);
    field.current?.focus();
    field.current?.setSelectionRange(at, at);
    field.current?.closest('.editor')?.scrollTo({
      top: (line / lines.length) * (field.current.scrollHeight ?? 0) - 120,
    });
  };
  return (
    <>
      <div className="editor" data-coloured={isColoured}>
        <Gutter count={lines.length} problems={problems} />
        <div className="editor-text">
          <pre aria-hidden="true">{isColoured ? <Colours lines={lines} /> : `${text}\n`}</pre>
          <textarea
            ref={field}
            aria-label={t.editor}
            aria-describedby={problems.length > 0 ? id : undefined}
            wrap="off"
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            readOnly={readOnly}
            value={text}
            onChange={({ target }) => onChange(target.value)}
          />
        </div>
      </div>
      <ProblemList id={id} problems={problems} onJump={jump} />
    </>
  );
}

function Colours({ lines }: { readonly lines: readonly string[] }): JSX.Element {
  return (
    <>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the number of a line is what it is
        <span key={index}>
          <Coloured tokens={tokensOf(line)} />
          {'\n'}
        </span>
      ))}
    </>
  );
}

interface GutterProps {
  readonly count: number;
  readonly problems: readonly PolicyProblem[];
}

function Gutter({ count, problems }: GutterProps): JSX.Element {
  const worst = new Map<number, PolicyProblem>();
  for (const problem of problems) {
    if (worst.get(problem.line)?.severity !== 'error') worst.set(problem.line, problem);
  }
  const numbers = Array.from({ length: count }, (_, index) => index + 1).join('\n');
  return (
    <div className="editor-gutter" aria-hidden="true">
      <pre>{numbers}</pre>
      {[...worst.values()].map(({ line, severity, message }) => (
        <span
          key={line}
          className="editor-mark"
          data-severity={severity}
          title={message}
          style={{ insetBlockStart: `calc(var(--pad) + ${line - 1} * var(--line-height))` }}
        >
          {severity === 'error' ? '✕' : '◆'}
        </span>
      ))}
    </div>
  );
}
