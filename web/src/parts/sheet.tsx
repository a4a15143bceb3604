import type { JSX, ReactNode } from 'react';

interface SheetProps {
  readonly title: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A part of a page with its title. */
export function Sheet({ title, className, children }: SheetProps): JSX.Element {
  return (
    <section className={className === undefined ? 'sheet' : `sheet ${className}`}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
