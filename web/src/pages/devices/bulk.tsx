import type { JSX } from 'react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { DeviceEdit, DeviceView } from '../../../../src/model/api/site.ts';
import { getTagged, send } from '../../api/client.ts';
import { refresh } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Menu } from '../../parts/menu.tsx';
import { say } from '../../parts/toast.tsx';
import { devices as de } from '../../words/de/devices.ts';
import { parts as deParts } from '../../words/de/parts.ts';
import { devices as en } from '../../words/en/devices.ts';
import { parts as enParts } from '../../words/en/parts.ts';
import { number } from '../../words/format.ts';
import { words } from '../../words/index.ts';

const t = words(en, de);
const parts = words(enParts, deParts);

const CATEGORIES = [
  'smart-home',
  'wearable',
  'industrial',
  'printer',
  'infrastructure',
  'general-purpose',
] as const;

interface BulkProps {
  readonly ids: ReadonlySet<string>;
  readonly onDone: () => void;
}

/** The same word about several devices, one after another: each may have been changed meanwhile. */
export function Bulk({ ids, onDone }: BulkProps): JSX.Element {
  const [, go] = useLocation();
  const [done, setDone] = useState<number>();
  const edit = async (change: DeviceEdit): Promise<void> => {
    const problems: string[] = [];
    setDone(0);
    for (const id of ids) {
      const problem = await editOne(id, change);
      if (problem !== undefined) problems.push(problem);
      setDone((so) => (so ?? 0) + 1);
    }
    setDone(undefined);
    const [why] = problems;
    if (why === undefined) say(t.changed(number(ids.size)));
    else say(t.notChanged(number(problems.length)), why);
    await refresh(['devices', 'matrix', 'overview']);
    onDone();
  };
  if (done !== undefined) {
    return <output className="bulk">{t.changing(number(done), number(ids.size))}</output>;
  }
  return (
    <div className="bulk">
      <strong>{t.selected(number(ids.size))}</strong>
      <Menu
        label={t.setCategory}
        items={[
          ...CATEGORIES.map((category) => ({
            label: parts.category[category],
            run: () => void edit({ category }),
          })),
          { label: t.categoryBack, run: () => void edit({ category: null }) },
        ]}
      />
      <Menu
        label={t.treatAs}
        items={[
          { label: t.robustness.fragile, run: () => void edit({ treatAs: 'fragile' }) },
          { label: t.robustness.robust, run: () => void edit({ treatAs: 'robust' }) },
          { label: t.robustness.nothing, run: () => void edit({ treatAs: null }) },
        ]}
      />
      <Button
        onClick={() => go(`/scans?targets=${[...ids].map((id) => `device:${id}`).join(',')}`)}
      >
        {t.scan}
      </Button>
      <Button look="quiet" onClick={onDone}>
        {t.clear}
      </Button>
    </div>
  );
}

async function editOne(id: string, change: DeviceEdit): Promise<string | undefined> {
  const path = `devices/${encodeURIComponent(id)}`;
  try {
    const { etag } = await getTagged<DeviceView>(path);
    await send('PATCH', path, change, { ifMatch: etag });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
