import type { FormEvent, JSX } from 'react';
import { useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import type { SavedView } from '../saved-views.ts';
import { forgetView, saveView, useSavedViews } from '../saved-views.ts';
import { parts as de } from '../words/de/parts.ts';
import { parts as en } from '../words/en/parts.ts';
import { words } from '../words/index.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Field } from './field.tsx';
import { Menu } from './menu.tsx';
import { say } from './toast.tsx';

const t = words(en, de);

/** Letters of a name. */
const MOST = 60;

/** A view that everybody has: what is asked most of a list. */
export interface GivenView {
  readonly name: string;
  readonly filter: string;
}

interface ViewsMenuProps {
  readonly given: readonly GivenView[];
  readonly onFilter: (filter: string) => void;
  readonly filter: string;
}

/** Filters with a name: the given ones, and those that somebody saved with order and grouping. */
export function ViewsMenu({ given, filter, onFilter }: ViewsMenuProps): JSX.Element {
  const [path, go] = useLocation();
  const search = useSearch();
  const saved = useSavedViews(path);
  const [isNaming, setNaming] = useState(false);
  const here = saved.find((view) => view.search === search);
  const forget = (view: SavedView): void => {
    forgetView(view);
    say(t.viewForgotten(view.name));
  };
  return (
    <>
      <Menu
        label={here?.name ?? t.savedViews}
        name={t.savedViews}
        items={[
          ...given.map((view) => ({
            label: view.name,
            checked: view.filter === filter && here === undefined,
            run: () => onFilter(view.filter),
          })),
          ...saved.map((view) => ({
            label: view.name,
            checked: view === here,
            run: () => go(view.search === '' ? path : `${path}?${view.search}`),
          })),
          { label: t.saveView, run: () => setNaming(true) },
          ...(here === undefined
            ? []
            : [{ label: t.forgetView(here.name), run: () => forget(here) }]),
        ]}
      />
      {isNaming && (
        <NameDialog
          onClose={() => setNaming(false)}
          onSave={(name) => {
            saveView({ path, name, search });
            say(t.viewSaved(name));
            setNaming(false);
          }}
        />
      )}
    </>
  );
}

interface NameDialogProps {
  readonly onSave: (name: string) => void;
  readonly onClose: () => void;
}

function NameDialog({ onSave, onClose }: NameDialogProps): JSX.Element {
  const [name, setName] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== '') onSave(name.trim());
  };
  return (
    <Dialog title={t.saveViewTitle} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <Field label={t.viewName} help={t.viewHelp}>
          {(ties) => (
            <input
              {...ties}
              required
              maxLength={MOST}
              autoComplete="off"
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <Button type="submit" look="primary" disabled={name.trim() === ''}>
          {t.save}
        </Button>
      </form>
    </Dialog>
  );
}
