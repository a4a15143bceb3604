import type { JSX } from 'react';
import { useState } from 'react';
import { Field } from '../../parts/field.tsx';
import { signIn as de } from '../../words/de/sign-in.ts';
import { signIn as en } from '../../words/en/sign-in.ts';
import { words } from '../../words/index.ts';

const t = words(en, de);

/** As the server has it: NIST SP 800-63B rev. 4 §3.1.1.2. */
export const LEAST_PASSWORD = 12;

interface PasswordFieldProps {
  readonly label: string;
  readonly value: string;
  readonly autoComplete: 'current-password' | 'new-password';
  readonly onChange: (value: string) => void;
  readonly help?: string;
  readonly error?: string | undefined;
}

export function PasswordField(props: PasswordFieldProps): JSX.Element {
  const { label, value, autoComplete, onChange, help, error } = props;
  const [shown, setShown] = useState(false);
  return (
    <Field label={label} error={error} {...(help === undefined ? {} : { help })}>
      {(ties) => (
        <span className="password">
          <input
            {...ties}
            name={autoComplete}
            type={shown ? 'text' : 'password'}
            autoComplete={autoComplete}
            required
            maxLength={256}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          <button
            type="button"
            className="copy"
            aria-label={`${t.show}: ${label}`}
            aria-pressed={shown}
            title={t.show}
            onClick={() => setShown(!shown)}
          >
            <span aria-hidden="true">{shown ? '◉' : '◎'}</span>
          </button>
        </span>
      )}
    </Field>
  );
}
