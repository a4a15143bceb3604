import type { FormEvent, JSX } from 'react';
import { useState } from 'react';
import type { NewUser } from '../../../../src/model/api/auth.ts';
import type { Role } from '../../../../src/model/api/common.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Failed } from '../../parts/states.tsx';
import { settings as de } from '../../words/de/settings.ts';
import { settings as en } from '../../words/en/settings.ts';
import { words } from '../../words/index.ts';
import { keys } from '../keys-of.ts';
import { LEAST_PASSWORD, PasswordField } from '../sign-in/password-field.tsx';

const t = words(en, de);

interface AddUserProps {
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onAdd: (user: NewUser) => void;
  readonly onClose: () => void;
}

export function AddUserDialog({ error, isPending, onAdd, onClose }: AddUserProps): JSX.Element {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onAdd({ name: name.trim(), password, role });
  };
  return (
    <Dialog title={t.addUserTitle} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <Field label={t.name}>
          {(ties) => (
            <input
              {...ties}
              required
              maxLength={64}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <PasswordField
          label={t.password}
          autoComplete="new-password"
          help={t.length(LEAST_PASSWORD)}
          value={password}
          onChange={setPassword}
        />
        <fieldset className="choices">
          <legend>{t.role}</legend>
          {keys(t.roles).map((one) => (
            <label key={one} className="check-line">
              <input
                type="radio"
                name="role"
                checked={role === one}
                onChange={() => setRole(one)}
              />
              <span>
                {t.roles[one]} <span className="soft">{t.roleHelp[one]}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {error !== null && <Failed error={error} />}
        <Button
          type="submit"
          look="primary"
          disabled={isPending || password.length < LEAST_PASSWORD}
        >
          {t.add}
        </Button>
      </form>
    </Dialog>
  );
}

interface PasswordDialogProps {
  readonly name: string;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onSet: (password: string) => void;
  readonly onClose: () => void;
}

export function PasswordDialog(props: PasswordDialogProps): JSX.Element {
  const { name, error, isPending, onSet, onClose } = props;
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSet(password);
  };
  return (
    <Dialog title={t.setPasswordTitle(name)} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <PasswordField
          label={t.newPassword}
          autoComplete="new-password"
          help={t.length(LEAST_PASSWORD)}
          value={password}
          onChange={setPassword}
        />
        {error !== null && <Failed error={error} />}
        <Button
          type="submit"
          look="primary"
          disabled={isPending || password.length < LEAST_PASSWORD}
        >
          {t.changePassword}
        </Button>
      </form>
    </Dialog>
  );
}
