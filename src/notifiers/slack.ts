import { z } from 'zod';
import { forJson } from '../base/encode.ts';
import type { Notifier } from './notifier.ts';
import { http, secretFile } from './shared/settings.ts';
import { cut, fitting, line, withoutLinks } from './shared/text.ts';
import { bodyLines, severityOf, titleOf } from './shared/words.ts';

/** Characters of a header block and of a text object. */
const HEADER = 150;
const TEXT = 3000;

const settings = z.strictObject({
  type: z.literal('slack'),
  /** The address that Slack gives is the secret: it stands in a file. */
  url_file: secretFile,
  ...http,
});

/** Everything foreign is `plain_text`, which knows neither mentions nor markup. */
export const slack = {
  id: 'slack',
  title: 'Slack',
  sources: [
    'docs.slack.dev: Sending messages using incoming webhooks; Text object (plain_text, 3000 characters); Formatting message text (escape &, <, >), 2026-11',
  ],
  settings,
  format: (notice, _settings, context) => ({
    kind: 'http',
    method: 'POST',
    path: '',
    headers: { 'content-type': 'application/json' },
    body: forJson({
      // For notifications and readers: markup is off, and its three characters are escaped all the same.
      text: escaped(withoutLinks(line(titleOf(notice), HEADER))),
      mrkdwn: false,
      link_names: false,
      unfurl_links: false,
      unfurl_media: false,
      blocks: [
        { type: 'header', text: plain(titleOf(notice), HEADER) },
        { type: 'section', text: plainLines(bodyLines(notice, context)) },
        {
          type: 'context',
          elements: [plain(`Severity ${severityOf(notice)} · Portolan ${context.version}`, HEADER)],
        },
      ],
    }),
    credential: { in: 'nothing' },
  }),
} as const satisfies Notifier<z.infer<typeof settings>>;

function plain(text: string, cap: number): object {
  return { type: 'plain_text', text: cut(withoutLinks(line(text, cap)), cap), emoji: false };
}

function plainLines(lines: readonly string[]): object {
  return { type: 'plain_text', text: fitting(lines.map(withoutLinks), TEXT), emoji: false };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
