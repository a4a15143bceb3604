import type { JSX } from 'react';
import { useId } from 'react';
import './switch.css';

interface SwitchProps<Value extends string> {
  /** What is chosen: its accessible name. */
  readonly name: string;
  readonly value: Value;
  readonly choices: readonly (readonly [value: Value, label: string])[];
  readonly onChange: (value: Value) => void;
}

/** A choice of few that are all in sight: radio buttons that look like one bar. */
export function Switch<Value extends string>(props: SwitchProps<Value>): JSX.Element {
  const { name, value, choices, onChange } = props;
  const id = useId();
  return (
    <fieldset className="switch">
      <legend className="visually-hidden">{name}</legend>
      {choices.map(([choice, label]) => (
        <label key={choice} data-checked={choice === value}>
          <input
            type="radio"
            name={id}
            className="visually-hidden"
            checked={choice === value}
            onChange={() => onChange(choice)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
