import { z } from 'zod';
import { forJson } from '../base/encode.ts';
import type { Severity } from '../model/core.ts';
import type { Notifier } from './notifier.ts';
import { http, secretFile } from './shared/settings.ts';
import { cut, fitting, line, withoutLinks } from './shared/text.ts';
import { bodyLines, isoMillis, severityOf, timeOf, titleOf } from './shared/words.ts';

/** Characters of an embed's title and description. */
const TITLE = 256;
const DESCRIPTION = 4096;

const COLOUR: Readonly<Record<Severity, number>> = {
  info: 0x60_7d_8b,
  low: 0x2e_7d_32,
  medium: 0xf9_a8_25,
  high: 0xe6_51_00,
  critical: 0xb7_1c_1c,
};

const settings = z.strictObject({
  type: z.literal('discord'),
  /** The address that Discord gives is the secret: it stands in a file. */
  url_file: secretFile,
  ...http,
});

/** Nobody is mentioned (`allowed_mentions`), and markup in names is escaped. */
export const discord = {
  id: 'discord',
  title: 'Discord',
  sources: [
    'docs.discord.com: Webhook resource, execute webhook; Message resource, embed limits and allowed mentions, 2026-11',
  ],
  settings,
  format: (notice, _settings, context) => ({
    kind: 'http',
    method: 'POST',
    path: '',
    headers: { 'content-type': 'application/json' },
    body: forJson({
      embeds: [
        {
          title: cut(escaped(line(titleOf(notice), 120)), TITLE),
          description: fitting(
            bodyLines(notice, context).map((text) => (text === notice.link ? text : escaped(text))),
            DESCRIPTION,
          ),
          color: COLOUR[severityOf(notice)],
          timestamp: isoMillis(timeOf(notice, context)),
          footer: { text: `Portolan ${context.version}` },
        },
      ],
      allowed_mentions: { parse: [] },
    }),
    credential: { in: 'nothing' },
  }),
} as const satisfies Notifier<z.infer<typeof settings>>;

/** A backslash before it makes every punctuation of Discord's Markdown a character of the text. */
function escaped(text: string): string {
  return withoutLinks(text).replace(/[\\`*_~|<>[\]()#@:-]/g, (character) => `\\${character}`);
}
