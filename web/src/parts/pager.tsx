import type { ComponentType, JSX } from 'react';
import { useEffect, useState } from 'react';
import { parts as de } from '../words/de/parts.ts';
import { parts as en } from '../words/en/parts.ts';
import { number } from '../words/format.ts';
import { words } from '../words/index.ts';
import { Button } from './button.tsx';
import type { RowsProps } from './data-table.tsx';

const t = words(en, de);

const SIZE = 50;

type PagerProps<Row> = Omit<RowsProps<Row>, 'from' | 'to'> & {
  readonly Rows: ComponentType<RowsProps<Row>>;
};

/** The same list by pages of 50, for who would rather not scroll through a window. */
export function Pager<Row>({ Rows, ...props }: PagerProps<Row>): JSX.Element {
  const { pages } = props;
  const count = Math.ceil(pages.total / SIZE);
  const [wish, setAt] = useState(0);
  const at = Math.min(wish, count - 1);
  const from = at * SIZE;
  const to = Math.min(pages.total, from + SIZE);
  const { reach } = pages;
  useEffect(() => reach(to - 1), [reach, to]);
  return (
    <>
      <Rows key={at} {...props} from={from} to={to} />
      <nav className="pager" aria-label={t.page(number(at + 1), number(count))}>
        <Button disabled={at === 0} onClick={() => setAt(at - 1)}>
          {t.earlier}
        </Button>
        <span>{t.page(number(at + 1), number(count))}</span>
        <Button disabled={at + 1 >= count} onClick={() => setAt(at + 1)}>
          {t.later}
        </Button>
      </nav>
    </>
  );
}
