import { z } from 'zod';
import type { Notifier } from './notifier.ts';
import { noticeJson } from './shared/notice-json.ts';
import { address, http, secretFile } from './shared/settings.ts';

/** Octets of a body: "payloads should be under 20 kB". */
const CAP = 20_000;

const settings = z.strictObject({
  type: z.literal('webhook'),
  url: address('https', 'http'),
  /** `whsec_…` or any text: signs what is sent. */
  secret_file: z.exactOptional(secretFile),
  ...http,
});

/** JSON to an address of one's own, signed so that the receiver can tell it from a forgery and from a replay. */
export const webhook = {
  id: 'webhook',
  title: 'Webhook (Standard Webhooks)',
  sources: [
    'Standard Webhooks specification 1.0 (standard-webhooks/standard-webhooks, spec/standard-webhooks.md)',
  ],
  settings,
  format: (notice, { secret_file }, context) => ({
    kind: 'http',
    method: 'POST',
    path: '',
    headers: { 'content-type': 'application/json', 'webhook-id': headerId(notice.id) },
    body: noticeJson(notice, context, CAP),
    credential:
      secret_file === undefined ? { in: 'nothing' } : { in: 'signature', id: headerId(notice.id) },
  }),
} as const satisfies Notifier<z.infer<typeof settings>>;

/** The id is signed with dots between, so it has none of its own. */
function headerId(id: string): string {
  return id.replaceAll(/[^\w-]/g, '_').slice(0, 200);
}
