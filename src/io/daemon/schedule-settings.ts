import { CronPattern } from 'croner';
import { z } from 'zod';

const UNITS: ReadonlyMap<string, number> = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
/** Milliseconds: oftener than each minute is no look at a network any more, but a load. */
const LEAST = 60_000;
const MOST = 30 * 86_400_000;
const LONGEST_KEPT = 3650;

/** `30m`, `6h`, `1d` → milliseconds; undefined where it is no interval from a minute to 30 days. */
export function intervalOf(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const interval = Number(digits) * (UNITS.get(unit) ?? Number.NaN);
  return interval >= LEAST && interval <= MOST ? interval : undefined;
}

const when = {
  every: z
    .string()
    .refine((text) => intervalOf(text) !== undefined, {
      error: 'is no interval from 1m to 30d',
    })
    .optional(),
  /** Five fields, as crontab(5) has them. */
  cron: z.string().refine(isCron, { error: 'is no time as crontab has it: 30 3 * * *' }).optional(),
};

const scan = z.strictObject({
  what: z.literal('scan'),
  ...when,
  targets: z.array(z.string().max(200)).max(64).optional(),
  pace: z.enum(['gentle', 'polite', 'normal', 'fast']).optional(),
  ports: z.string().optional(),
});

const report = z.strictObject({
  what: z.literal('report'),
  ...when,
  /** As `portolan report --format` has it. */
  format: z.string().max(40).default('html'),
});

const backup = z.strictObject({
  what: z.literal('backup'),
  ...when,
  /** Where copies of the database are put; `backups` in the data folder where nobody says. */
  folder: z
    .string()
    .max(4000)
    .refine((path) => path.startsWith('/'), { error: 'is no path from the root on: /mnt/copies' })
    .optional(),
  /** So many of the newest stay. */
  keep: z.int().min(1).max(1000).default(7),
});

/** What the daemon does by itself, and when. */
export const schedulesSettings = z
  .array(
    z
      .discriminatedUnion('what', [scan, report, backup])
      .refine(({ every, cron }) => (every === undefined) !== (cron === undefined), {
        error: 'needs either every or cron',
      }),
  )
  .max(64);

export type Schedule = z.infer<typeof schedulesSettings>[number];

/** How many days of what is kept. */
export const retentionSettings = z.strictObject({
  /** Conversations, and with them that a port is used. */
  flows_days: z.int().min(1).max(LONGEST_KEPT).default(90),
  /** Reports that were made on a schedule. */
  reports: z.int().min(1).max(10_000).default(30),
  /** Packets that `serve --keep-packets` kept; how many is limited there. */
  packets_days: z.int().min(1).max(LONGEST_KEPT).default(7),
});

/** What one entry may say. */
export const SCHEDULE_KEYS: readonly string[] = [
  ...new Set([scan, report, backup].flatMap(({ shape }) => Object.keys(shape))),
];

function isCron(text: string): boolean {
  try {
    return new CronPattern(text, undefined, { mode: '5-part' }) !== undefined;
  } catch {
    return false;
  }
}

/** As the IANA time-zone database has it; empty for this machine's own. */
export const timeZoneSetting = z.string().refine(
  (name) => {
    if (name === '') return true;
    try {
      return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
    } catch {
      return false;
    }
  },
  { error: 'is no time zone such as Europe/Berlin' },
);
