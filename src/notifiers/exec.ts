import { z } from 'zod';
import type { Notifier } from './notifier.ts';
import { noticeJson } from './shared/notice-json.ts';

/** Octets on the program's standard input. */
const CAP = 262_144;

const settings = z.strictObject({
  type: z.literal('exec'),
  /** Program and arguments as they are: no shell reads them, and nothing is put into them. */
  command: z.tuple([z.string().regex(/^\//, { error: 'is no absolute path' })], z.string()),
  /** Seconds that it may take. */
  timeout: z.int().min(1).max(300).default(20),
});

/** A program of one's own: the notice is JSON on its standard input, never an argument. */
export const exec = {
  id: 'exec',
  title: 'A program of your own',
  sources: ['CWE-78 (no shell, an argument vector), CWE-88 (nothing foreign among the arguments)'],
  settings,
  format: (notice, _settings, context) => ({
    kind: 'exec',
    stdin: `${noticeJson(notice, context, CAP)}\n`,
  }),
} as const satisfies Notifier<z.infer<typeof settings>>;
