import type { FormEvent, JSX } from 'react';
import { useState } from 'react';
import type { DeviceEdit, DeviceView } from '../../../../src/model/api/site.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Failed } from '../../parts/states.tsx';
import { device as de } from '../../words/de/device.ts';
import { parts as deParts } from '../../words/de/parts.ts';
import { device as en } from '../../words/en/device.ts';
import { parts as enParts } from '../../words/en/parts.ts';
import { words } from '../../words/index.ts';
import type { Edit } from './use-edit.ts';

const t = words(en, de);
const parts = words(enParts, deParts);

const CATEGORIES = [
  'unknown',
  'smart-home',
  'wearable',
  'industrial',
  'printer',
  'infrastructure',
  'general-purpose',
] as const;

const TREATMENTS = ['', 'fragile', 'robust'] as const;

interface EditDialogProps {
  readonly device: DeviceView;
  readonly edit: Edit;
  readonly onClose: () => void;
}

/** Who is this: a person's word, which overrules what was found out. */
export function EditDialog({ device, edit, onClose }: EditDialogProps): JSX.Element {
  const [form, setForm] = useState({
    name: device.name,
    vendor: device.vendor,
    model: device.model,
    category: device.category,
    treatAs: treatmentOf(device),
  });
  const change = changeOf(device, form);
  const isSame = Object.keys(change).length === 0;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isSame) edit.save(change, onClose);
  };
  return (
    <Dialog
      title={t.editTitle}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{parts.cancel}</Button>
          <Button look="primary" type="submit" form="who" disabled={isSame || edit.isSaving}>
            {parts.save}
          </Button>
        </>
      }
    >
      <p className="soft">{t.editHelp}</p>
      {edit.error !== undefined && <Failed error={edit.error} />}
      <form id="who" className="device-form" onSubmit={submit}>
        {(['name', 'vendor', 'model'] as const).map((key) => (
          <Field key={key} label={LABEL[key]}>
            {(ties) => (
              <input
                {...ties}
                type="text"
                value={form[key]}
                maxLength={255}
                onChange={(event) => setForm({ ...form, [key]: event.target.value })}
              />
            )}
          </Field>
        ))}
        <Field label={t.giveCategory}>
          {(ties) => (
            <select
              {...ties}
              value={form.category}
              onChange={({ target }) =>
                setForm({ ...form, category: oneOf(CATEGORIES, target.value) })
              }
            >
              {CATEGORIES.map((category) => (
                <option key={category} value={category}>
                  {parts.category[category]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t.giveTreatment}>
          {(ties) => (
            <select
              {...ties}
              value={form.treatAs}
              onChange={({ target }) =>
                setForm({ ...form, treatAs: oneOf(TREATMENTS, target.value) })
              }
            >
              {TREATMENTS.map((treatment) => (
                <option key={treatment} value={treatment}>
                  {t.treatments[treatment]}
                </option>
              ))}
            </select>
          )}
        </Field>
      </form>
    </Dialog>
  );
}

const LABEL = { name: t.giveName, vendor: t.giveVendor, model: t.giveModel } as const;

interface Form {
  readonly name: string;
  readonly vendor: string;
  readonly model: string;
  readonly category: (typeof CATEGORIES)[number];
  readonly treatAs: (typeof TREATMENTS)[number];
}

function oneOf<T extends string>(all: readonly [T, ...T[]], value: string): T {
  return all.find((one) => one === value) ?? all[0];
}

function treatmentOf({ robustness }: DeviceView): Form['treatAs'] {
  return TREATMENTS.find((one) => one === robustness) ?? '';
}

/** Only what is another than before; what was emptied is taken back. */
export function changeOf(device: DeviceView, form: Form): DeviceEdit {
  const texts = (['name', 'vendor', 'model'] as const)
    .filter((key) => form[key].trim() !== device[key])
    .map((key) => [key, form[key].trim() === '' ? null : form[key].trim()] as const);
  return {
    ...Object.fromEntries(texts),
    ...(form.category === device.category
      ? {}
      : { category: form.category === 'unknown' ? null : form.category }),
    ...(form.treatAs === treatmentOf(device)
      ? {}
      : { treatAs: form.treatAs === '' ? null : form.treatAs }),
  };
}
