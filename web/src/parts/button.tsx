import type { ButtonHTMLAttributes, JSX } from 'react';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary`: the one that is meant. `danger`: it takes something away. `quiet`: in rows and bars. */
  readonly look?: 'primary' | 'danger' | 'quiet';
  readonly small?: boolean;
}

export function Button({ look, small, className = '', ...others }: ButtonProps): JSX.Element {
  const names = ['button', look, small === true ? 'small' : undefined, className];
  return <button type="button" className={names.filter(Boolean).join(' ')} {...others} />;
}
