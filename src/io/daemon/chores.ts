import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { PortolanError } from '../../base/errors.ts';
import type { ScanRequest } from '../../model/api/daemon.ts';
import type { Instant } from '../../model/core.ts';
import type { Site } from '../../model/site.ts';
import { reports } from '../../reports/index.ts';
import type { Report } from '../../reports/report.ts';
import { LIMITS } from '../../reports/shared/limits.ts';
import { captureFolder } from '../alerts/packets.ts';
import { forgetFrames } from '../capture/kept-frames.ts';
import type { Settings } from '../config.ts';
import type { StoreCopy } from '../store/copy.ts';
import { storeError } from '../store/sqlite-error.ts';
import type { Store } from '../store/store.ts';
import { keepBackups, lastBackup } from './backups.ts';
import type { Schedule } from './schedule-settings.ts';
import type { Entry, Time } from './scheduler.ts';

const DAY = 86_400_000;
/** Rows that are removed in one transaction. */
const AT_ONCE = 2000;
/** When nobody looks: retention needs no time of its own in the configuration. */
const AT_NIGHT = '17 3 * * *';

export interface ChoresOptions {
  readonly settings: Settings;
  readonly version: string;
  readonly store: Store;
  /** Folder of the store; reports are put in `reports` there, copies of it in `backups`. */
  readonly folder: string;
  /** `6h`, from the command line. */
  readonly scanEvery?: string;
  now(): Instant;
  site(): Site;
  scan(request: ScanRequest, by: string): Promise<unknown>;
  /** Copies the database to that file. */
  copy(file: string): Promise<StoreCopy>;
}

/** What the daemon does by itself: what the configuration says, and to forget what is too old. */
export function choresOf(options: ChoresOptions): readonly Entry[] {
  const { settings, scanEvery, store, now } = options;
  const zone = settings.time_zone;
  const last = store.scans()[0]?.startedAt;
  const given = settings.schedules.map((schedule, index) =>
    entryOf(schedule, `schedule-${index + 1}`, options),
  );
  const byFlag: readonly Entry[] =
    scanEvery === undefined
      ? []
      : [
          {
            id: 'scan-every',
            what: 'scan',
            time: { every: scanEvery },
            ...(last === undefined ? {} : { last }),
            run: async () => {
              await options.scan({}, 'portolan');
            },
          },
        ];
  return [
    ...given,
    ...byFlag,
    {
      id: 'retention',
      what: `forget conversations after ${settings.retention.flows_days} days`,
      time: { cron: AT_NIGHT, zone },
      run: () => {
        const { flows_days: flows, packets_days: packets } = settings.retention;
        forgetFrames(captureFolder(options.folder), now() - packets * DAY);
        return forgetFlows(store, now() - flows * DAY);
      },
    },
  ];
}

function entryOf(schedule: Schedule, id: string, options: ChoresOptions): Entry {
  const { settings, store } = options;
  const time = timeOf(schedule, settings.time_zone);
  if (schedule.what === 'report') {
    const report = reportOf(schedule.format);
    return { id, what: `report ${report.id}`, time, run: () => writeReport(report, options) };
  }
  if (schedule.what === 'backup') {
    const { folder = join(options.folder, 'backups'), keep } = schedule;
    const lastCopy = lastBackup(store)?.at;
    return {
      ...{ id, what: `backup to ${folder}`, time },
      ...(lastCopy === undefined ? {} : { last: lastCopy }),
      run: () => keepBackups({ ...options, folder, keep }),
    };
  }
  const { targets = [], pace, ports } = schedule;
  const last = store.scans()[0]?.startedAt;
  const request = {
    targets,
    ...(pace === undefined ? {} : { pace }),
    ...(ports === undefined ? {} : { ports }),
  };
  return {
    id,
    what: ['scan', ...targets].join(' '),
    time,
    ...(last === undefined ? {} : { last }),
    run: async () => {
      await options.scan(request, 'portolan');
    },
  };
}

function timeOf({ every, cron }: Schedule, zone: string): Time {
  return every === undefined ? { cron: cron ?? AT_NIGHT, zone } : { every };
}

/** @throws PortolanError E_CONFIG */
function reportOf(format: string): Report {
  const report = reports.get(format);
  if (report !== undefined) return report;
  const known = reports.all.map(({ id }) => id).join(', ');
  throw new PortolanError('E_CONFIG', `schedules: there is no report "${format}"`, {
    remedy: `Formats: ${known}`,
  });
}

/** In small transactions, so that others write in between. */
async function forgetFlows(store: Store, before: Instant): Promise<void> {
  while (store.forgetFlows(before, AT_ONCE) === AT_ONCE) await setImmediate();
}

/** Written beside its place and renamed: nobody reads half of one. The oldest of them go. */
function writeReport(report: Report, options: ChoresOptions): void {
  const { settings, version, now, site } = options;
  const folder = join(options.folder, 'reports');
  const stamp = new Date(now()).toISOString().slice(0, 16).replace(':', '');
  const file = join(folder, `portolan-${stamp}Z${report.extension}`);
  const draft = `${file}.part`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const descriptor = openSync(draft, 'w', 0o600);
    try {
      for (const chunk of report.render(site(), { version, limits: LIMITS })) {
        writeFileSync(descriptor, chunk);
      }
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, file);
    removeOldest(folder, settings.retention.reports);
  } catch (error) {
    rmSync(draft, { force: true });
    throw storeError(error, file);
  }
}

function removeOldest(folder: string, kept: number): void {
  const ours = readdirSync(folder)
    .filter((name) => /^portolan-[\dT-]+Z\.[a-z.]+$/.test(name) && !name.endsWith('.part'))
    .sort();
  for (const name of ours.slice(0, -kept)) rmSync(join(folder, name));
}
