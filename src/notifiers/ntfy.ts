import { z } from 'zod';
import { forJson } from '../base/encode.ts';
import type { Severity } from '../model/core.ts';
import type { Notifier } from './notifier.ts';
import { address, http, secretFile } from './shared/settings.ts';
import { fitting, line, octets } from './shared/text.ts';
import { bodyLines, severityOf, titleOf } from './shared/words.ts';

/** Octets of a message above which the server makes a file of it. */
const CAP = 4096;

/** 1 min … 5 max. */
const PRIORITY: Readonly<Record<Severity, number>> = {
  info: 2,
  low: 2,
  medium: 3,
  high: 4,
  critical: 5,
};

const settings = z.strictObject({
  type: z.literal('ntfy'),
  /** Of the topic, as one subscribes to it: `https://ntfy.example/home`. */
  url: address('https', 'http').refine((text) => topicOf(text) !== '', {
    error: 'names no topic: https://ntfy.example/TOPIC',
  }),
  token_file: z.exactOptional(secretFile),
  ...http,
});

/** Push messages to a phone. Published as JSON, because a header cannot carry a foreign name. */
export const ntfy = {
  id: 'ntfy',
  title: 'ntfy',
  sources: ['docs.ntfy.sh/publish (publish as JSON, message priority, access tokens), 2026-11'],
  settings,
  format: (notice, { url, token_file }, context) => ({
    kind: 'http',
    method: 'POST',
    // The last segment of the address is the topic; messages as JSON go to the one above.
    path: './',
    headers: { 'content-type': 'application/json' },
    body: forJson({
      topic: topicOf(url),
      title: line(titleOf(notice), 120),
      message: messageOf(bodyLines(notice, context)),
      priority: notice.kind === 'resolved' ? 2 : PRIORITY[severityOf(notice)],
      tags: [notice.kind === 'resolved' ? 'white_check_mark' : 'warning'],
      ...(notice.link === undefined ? {} : { click: notice.link }),
    }),
    credential: token_file === undefined ? { in: 'nothing' } : { in: 'bearer' },
  }),
} as const satisfies Notifier<z.infer<typeof settings>>;

function messageOf(lines: readonly string[]): string {
  for (let cap = CAP; ; cap = Math.floor(cap / 2)) {
    const text = fitting(lines, cap);
    if (octets(text) <= CAP) return text;
  }
}

function topicOf(url: string): string {
  return URL.canParse(url) ? (new URL(url).pathname.split('/').at(-1) ?? '') : '';
}
