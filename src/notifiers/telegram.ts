import { z } from 'zod';
import { forHtml, forJson } from '../base/encode.ts';
import type { Notifier } from './notifier.ts';
import { address, http, secretFile } from './shared/settings.ts';
import { fitting, line } from './shared/text.ts';
import { bodyLines, severityOf, titleOf } from './shared/words.ts';

/** Characters of a message after its entities are parsed; escapes only make it shorter. */
const CAP = 4096;

const settings = z.strictObject({
  type: z.literal('telegram'),
  /** Of a Bot API server of one's own. */
  url: address('https', 'http').default('https://api.telegram.org'),
  /** Of the bot, as BotFather gave it. */
  token_file: secretFile,
  /** Number of the chat, or the channel's @name. */
  chat_id: z.union([z.int(), z.string().regex(/^@\w{4,64}$/)]),
  ...http,
});

/** Foreign text stands in `<code>`, in which Telegram looks for no mention, hashtag, command or link. */
export const telegram = {
  id: 'telegram',
  title: 'Telegram',
  sources: ['core.telegram.org/bots/api: sendMessage, HTML style, link_preview_options, 2026-11'],
  settings,
  format: (notice, { chat_id }, context) => ({
    kind: 'http',
    method: 'POST',
    path: '/bot{secret}/sendMessage',
    headers: { 'content-type': 'application/json' },
    body: forJson({
      chat_id,
      parse_mode: 'HTML',
      text: fitting(
        [
          `<b>${severityOf(notice)}</b> ${code(line(titleOf(notice), 200))}`,
          ...bodyLines(notice, context).map((text) =>
            text === notice.link ? forHtml(text) : code(text),
          ),
        ],
        CAP,
      ),
      link_preview_options: { is_disabled: true },
      disable_notification: severityOf(notice) === 'info' && notice.kind !== 'test',
    }),
    credential: { in: 'path' },
  }),
} as const satisfies Notifier<z.infer<typeof settings>>;

/** Telegram knows four named entities and all numeric ones; ours are among them. */
function code(text: string): string {
  return `<code>${forHtml(text)}</code>`;
}
