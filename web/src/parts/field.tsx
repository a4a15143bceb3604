import type { JSX, ReactNode } from 'react';
import { useId } from 'react';

interface FieldProps {
  readonly label: string;
  readonly help?: ReactNode;
  readonly error?: string | undefined;
  /** Gets what ties the control to its label, its help and its error. */
  readonly children: (ties: Ties) => ReactNode;
}

export interface Ties {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
}

/** `<Field label="Name">{(ties) => <input {...ties} … />}</Field>` */
export function Field({ label, help, error, children }: FieldProps): JSX.Element {
  const id = useId();
  const describes = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': describes === '' ? undefined : describes,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {help !== undefined && (
        <div id={`${id}-help`} className="field-help">
          {help}
        </div>
      )}
      {error !== undefined && (
        <div id={`${id}-error`} className="field-error" role="alert">
          <span aria-hidden="true">✕</span> {error}
        </div>
      )}
    </div>
  );
}
