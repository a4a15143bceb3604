import type { JSX, ReactNode } from 'react';

interface ScrollProps {
  /** What is in it: its accessible name. */
  readonly name: string;
  readonly className: string;
  readonly children: ReactNode;
}

/** What is wider or longer than its place is scrolled by keys too (WCAG 2.1.1). */
export function Scroll({ name, className, children }: ScrollProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: only what has the focus is scrolled by keys
    <section className={className} aria-label={name} tabIndex={0}>
      {children}
    </section>
  );
}
