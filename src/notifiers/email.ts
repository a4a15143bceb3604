import { z } from 'zod';
import { forHtml } from '../base/encode.ts';
import type { FormatContext, Notice, Notifier } from './notifier.ts';
import { file, secretFile } from './shared/settings.ts';
import { fitting, line } from './shared/text.ts';
import { bodyLines, firstOf, severityOf, titleOf } from './shared/words.ts';

/** Characters: RFC 5322 §2.1.1 has 78 as what is shown in any case. */
const SUBJECT = 160;
const TEXT = 60_000;

/** An address as it stands in a header: no list, no comment, no control. */
const mailbox = z
  .string()
  .max(254)
  // Without nested quantifiers: a stranger does not write it, but it is the same rule everywhere.
  .regex(/^[^\s<>,;:"()@]{1,64}@[^\s<>,;:"()@]{1,253}$/, {
    error: 'is no address such as me@example.org',
  });

const settings = z.strictObject({
  type: z.literal('email'),
  host: z.string().regex(/^[\w.:-]{1,253}$/, { error: 'is no name of a host' }),
  port: z.int().min(1).max(65_535).default(587),
  /** `starttls` refuses to go on where the server has none; `none` is for this machine alone. */
  security: z.enum(['starttls', 'tls', 'none']).default('starttls'),
  from: mailbox,
  to: z.array(mailbox).min(1).max(20),
  user: z.exactOptional(z.string().min(1)),
  password_file: z.exactOptional(secretFile),
  /** Certificate authority of one's own (PEM). */
  ca_file: z.exactOptional(file),
});

export const email = {
  id: 'email',
  title: 'E-mail (SMTP)',
  sources: [
    'RFC 5322 §2.1.1, §3.6.4 (threads)',
    'RFC 3207 (STARTTLS)',
    'RFC 8314 (implicit TLS)',
    'RFC 3834 §5 (Auto-Submitted)',
    'RFC 2919 (List-Id)',
  ],
  settings,
  format: (notice, _settings, context) => ({
    kind: 'mail',
    id: identifier(notice.id),
    thread: identifier(firstOf(notice)?.id ?? notice.id),
    subject: line(`[${severityOf(notice)}] ${titleOf(notice)}`, SUBJECT),
    text: `${fitting(bodyLines(notice, context), TEXT)}\n`,
    html: html(notice, context),
  }),
} as const satisfies Notifier<z.infer<typeof settings>>;

function html(notice: Notice, context: FormatContext): string {
  const rows = bodyLines(notice, context).map((text) => `<li>${forHtml(text)}</li>`);
  return [
    '<!doctype html><html><head><meta charset="utf-8"></head><body>',
    `<h1 style="font-size:1.1em">${forHtml(line(titleOf(notice), SUBJECT))}</h1>`,
    `<ul>${fitting(rows, TEXT, '')}</ul>`,
    '</body></html>',
  ].join('\n');
}

/** Left of the @ of a Message-ID (RFC 5322 §3.6.4, dot-atom). */
function identifier(id: string): string {
  return id.replaceAll(/[^A-Za-z0-9-]/g, '-').slice(0, 120);
}
