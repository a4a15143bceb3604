import { z } from 'zod';
import { forJson } from '../base/encode.ts';
import type { Severity } from '../model/core.ts';
import type { Notifier } from './notifier.ts';
import { address, http, secretFile } from './shared/settings.ts';
import { fitting, line } from './shared/text.ts';
import { bodyLines, severityOf, titleOf } from './shared/words.ts';

const CAP = 8192;

/** 0 … 10; from 4 on the application makes a sound, from 8 on it shows it at once. */
const PRIORITY: Readonly<Record<Severity, number>> = {
  info: 1,
  low: 3,
  medium: 5,
  high: 7,
  critical: 10,
};

const settings = z.strictObject({
  type: z.literal('gotify'),
  url: address('https', 'http'),
  /** Of the application. */
  token_file: secretFile,
  ...http,
});

export const gotify = {
  id: 'gotify',
  title: 'Gotify',
  sources: ['gotify.net/docs/pushmsg and /docs/msgextras (client::display, client::notification)'],
  settings,
  format: (notice, { url }, context) => ({
    kind: 'http',
    method: 'POST',
    path: `${url.replace(/\/$/, '')}/message`,
    headers: { 'content-type': 'application/json' },
    body: forJson({
      title: line(titleOf(notice), 120),
      message: fitting(bodyLines(notice, context), CAP),
      priority: notice.kind === 'resolved' ? 3 : PRIORITY[severityOf(notice)],
      extras: {
        'client::display': { contentType: 'text/plain' },
        ...(notice.link === undefined
          ? {}
          : { 'client::notification': { click: { url: notice.link } } }),
      },
    }),
    credential: { in: 'header', name: 'x-gotify-key' },
  }),
} as const satisfies Notifier<z.infer<typeof settings>>;
