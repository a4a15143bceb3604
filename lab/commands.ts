import { join } from 'node:path';
import type { LabDevice } from './device.ts';
import { labDevices } from './devices/index.ts';
import type { Spec } from './inside.ts';

/** @throws Error for an id that the lab does not have */
export function selected(ids: readonly string[] | undefined): readonly LabDevice[] {
  if (ids === undefined) return labDevices.all;
  return ids.map((id) => {
    const device = labDevices.get(id);
    if (device === undefined) throw new Error(`The lab has no device "${id}"`);
    return device;
  });
}

/** The command of a device's process. */
export function deviceCommand({ entry, level, workFolder }: Spec, id: string): string[] {
  return [process.execPath, entry, 'device', id, '--level', String(level), '--work', workFolder];
}

export function crowdCommand({ entry, level, crowd, workFolder }: Spec): string[] {
  const how = ['--level', String(level), '--count', String(crowd), '--work', workFolder];
  return [process.execPath, entry, 'crowd', ...how];
}

/** The command of what a device does by itself, or of what stands for the internet. */
export function lifeCommand({ entry, workFolder, life }: Spec, id: string): string[] {
  const { incidentAfter } = life ?? {};
  const incident = incidentAfter === undefined ? [] : ['--incident', String(incidentAfter)];
  return [process.execPath, entry, 'life', id, '--work', workFolder, ...incident];
}

export function eventFile(workFolder: string, id: string): string {
  return join(workFolder, `${id}.events.jsonl`);
}
