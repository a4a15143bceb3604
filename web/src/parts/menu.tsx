import type { JSX, KeyboardEvent, ReactNode } from 'react';
import { useEffect, useId, useRef, useState } from 'react';

export interface MenuItem {
  readonly label: ReactNode;
  readonly run: () => void;
  /** Of a choice: whether it is the one. */
  readonly checked?: boolean;
  readonly disabled?: boolean;
}

interface MenuProps {
  readonly label: ReactNode;
  /** Where the label alone does not say it. */
  readonly name?: string;
  readonly items: readonly MenuItem[];
  readonly look?: 'quiet';
  /** Stays open: for several choices one after another. */
  readonly stays?: boolean;
}

const MOVES: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_at, count) => count - 1,
};

function entriesOf(menu: HTMLElement | null): readonly HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])];
}

/** What is seen is part of what is spoken (WCAG 2.5.3). */
function spoken(label: ReactNode, name: string | undefined): string | undefined {
  if (name === undefined || typeof label !== 'string' || name.includes(label)) return name;
  return `${name}: ${label}`;
}

/** What tells a choice from a command. */
function roleOf(checked: boolean | undefined): object {
  return checked === undefined
    ? { role: 'menuitem' }
    : { role: 'menuitemcheckbox', 'aria-checked': checked };
}

/** A button with a menu (WAI-ARIA APG, menu button): arrows, Home, End, Esc. */
export function Menu({ label, name, items, look, stays = false }: MenuProps): JSX.Element {
  const id = useId();
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const close = (): void => {
    setOpen(false);
    root.current?.querySelector('button')?.focus();
  };
  useEffect(() => {
    if (!open) return;
    entriesOf(root.current)[0]?.focus();
    const outside = (event: PointerEvent): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && open) {
      event.stopPropagation();
      close();
    }
    if (event.key === 'Tab') setOpen(false);
    const move = MOVES[event.key];
    if (move === undefined) return;
    event.preventDefault();
    setOpen(true);
    const all = entriesOf(root.current);
    const at = all.findIndex((entry) => entry.matches(':focus'));
    all[move(at, all.length)]?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the button and its menu come through here
    <div className="menu" ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        className={['button', look].filter(Boolean).join(' ')}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={spoken(label, name)}
        title={name}
        onClick={() => setOpen(!open)}
      >
        {label} <span aria-hidden="true">▾</span>
      </button>
      {open && (
        <div id={id} role="menu" className="menu-list" aria-label={name}>
          {items.map((item, index) => (
            <button
              // biome-ignore lint/suspicious/noArrayIndexKey: entries of a menu do not move
              key={index}
              type="button"
              {...roleOf(item.checked)}
              disabled={item.disabled}
              tabIndex={-1}
              onClick={() => {
                if (!stays) close();
                item.run();
              }}
            >
              <span aria-hidden="true" className="menu-mark">
                {item.checked === true && '✓'}
              </span>
              {item.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
