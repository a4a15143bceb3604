import { useState } from 'react';
import type { DeviceEdit, DeviceView } from '../../../../src/model/api/site.ts';
import type { ApiError } from '../../api/client.ts';
import { send } from '../../api/client.ts';
import { refresh, useSend } from '../../api/hooks.ts';
import { say } from '../../parts/toast.tsx';
import { device as de } from '../../words/de/device.ts';
import { device as en } from '../../words/en/device.ts';
import { words } from '../../words/index.ts';

const t = words(en, de);

export interface Edit {
  /** Says something of the device; null takes a word back. */
  readonly save: (change: DeviceEdit, then?: () => void) => void;
  /** Takes the last thing back that was said on this page. */
  readonly undo: (() => void) | undefined;
  readonly isSaving: boolean;
  /** What it would not take, but for somebody else's change. */
  readonly error: ApiError | undefined;
  /** Somebody else was faster: what was to be saved waits for a decision. */
  readonly conflict: Conflict | undefined;
}

export interface Conflict {
  readonly difference: string;
  readonly saveAnyway: () => void;
  readonly letGo: () => void;
}

interface Attempt {
  readonly change: DeviceEdit;
  readonly etag: string;
}

const WORDS = ['name', 'vendor', 'model', 'category'] as const;

/** Corrections of a device: each against the version that was read, each with a way back. */
export function useEdit(device: DeviceView, etag: string): Edit {
  const [before, setBefore] = useState<DeviceEdit>();
  const path = `devices/${encodeURIComponent(device.id)}`;
  const { mutate, isPending, error, variables, reset } = useSend(
    ({ change, etag: read }: Attempt) => send<unknown>('PATCH', path, change, { ifMatch: read }),
    ['devices', 'matrix', 'overview'],
  );
  const attempt = (change: DeviceEdit, read: string, then?: () => void): void => {
    const back = reverse(device, change);
    mutate(
      { change, etag: read },
      {
        onSuccess: () => {
          setBefore(back);
          say(Object.values(change).every((value) => value === null) ? t.takenBack : t.saved);
          then?.();
        },
      },
    );
  };
  const current = error?.problem.current;
  const isConflict = error !== null && [409, 412].includes(error.problem.status);
  return {
    save: (change, then) => attempt(change, etag, then),
    undo:
      before === undefined
        ? undefined
        : () => {
            attempt(before, etag);
          },
    isSaving: isPending,
    error: error === null || isConflict ? undefined : error,
    conflict:
      isConflict && variables !== undefined
        ? {
            difference: current?.difference ?? error.message,
            saveAnyway: () => attempt(variables.change, current?.version ?? etag),
            letGo: () => {
              reset();
              void refresh([path]);
            },
          }
        : undefined,
  };
}

/** What to say to have it as it was: the former word where there was one, none otherwise. */
export function reverse(device: DeviceView, change: DeviceEdit): DeviceEdit {
  const said = WORDS.filter((name) => change[name] !== undefined).map((name) => {
    const word = device.attributes.find((one) => one.name === name && one.locked);
    return [name, word?.value ?? null] as const;
  });
  return {
    ...Object.fromEntries(said),
    ...(change.treatAs === undefined ? {} : { treatAs: null }),
  };
}
