import type { JSX } from 'react';
import { useId, useState } from 'react';
import type { Page } from '../../../src/model/api/common.ts';
import type { DeviceItem } from '../../../src/model/api/site.ts';
import { useApi } from '../api/hooks.ts';
import { Field } from '../parts/field.tsx';

export interface Picked {
  readonly id: string;
  readonly name: string;
}

interface DevicePickProps {
  readonly label: string;
  readonly help?: string;
  readonly picked: Picked | undefined;
  readonly onPick: (picked: Picked | undefined) => void;
}

const OFFERED = 20;

/** A device by name, address or id: the server finds it while one types. */
export function DevicePick({ label, help, picked, onPick }: DevicePickProps): JSX.Element {
  const list = useId();
  const [text, setText] = useState(picked === undefined ? '' : choice(picked));
  const query = { filter: wordFilter(text), limit: OFFERED };
  const { data } = useApi<Page<DeviceItem>>('devices', query, { keep: true });
  const offered = data?.items ?? [];
  const type = (next: string): void => {
    setText(next);
    const found = offered.find((device) => choice(device) === next);
    if (found !== undefined) onPick({ id: found.id, name: found.name });
    else if (next.trim() === '') onPick(undefined);
  };
  return (
    <Field label={label} {...(help === undefined ? {} : { help })}>
      {(ties) => (
        <>
          <input
            {...ties}
            type="search"
            list={list}
            className="device-pick"
            autoComplete="off"
            spellCheck={false}
            value={text}
            onChange={({ target }) => type(target.value)}
          />
          <datalist id={list}>
            {offered.map((device) => (
              <option key={device.id} value={choice(device)}>
                {device.address}
              </option>
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

/** As it stands in the field: the id tells devices of one name apart. */
function choice({ id, name }: Picked): string {
  return `${name} (${id})`;
}

/** One word or phrase to look for, whatever signs are in it. */
function wordFilter(text: string): string {
  const id = /\((PTL-D-[0-9A-Z]+)\)$/.exec(text)?.[1];
  const word = (id ?? text).replaceAll(/["\\]/g, ' ').trim();
  return word === '' ? '' : `"${word}"`;
}
