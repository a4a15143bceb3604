import { z } from 'zod';
import { forJson } from '../base/encode.ts';
import type { Severity } from '../model/core.ts';
import type { Notifier } from './notifier.ts';
import { address, http, secretFile } from './shared/settings.ts';
import { line } from './shared/text.ts';
import {
  bodyLines,
  firstOf,
  isoMillis,
  severityOf,
  timeOf,
  titleOf,
  whoOf,
} from './shared/words.ts';

const SUMMARY = 1024;
const DEDUP = 255;
/** An event may have 512 kB; nobody reads more than this. */
const DETAILS = 20;

const LEVEL: Readonly<Record<Severity, 'info' | 'warning' | 'error' | 'critical'>> = {
  info: 'info',
  low: 'warning',
  medium: 'warning',
  high: 'error',
  critical: 'critical',
};

const settings = z.strictObject({
  type: z.literal('pagerduty'),
  /** The other one is for accounts in the EU: `https://events.eu.pagerduty.com/v2/enqueue`. */
  url: address('https', 'http').default('https://events.pagerduty.com/v2/enqueue'),
  /** Integration key of the service. */
  routing_key_file: secretFile,
  ...http,
});

export const pagerduty = {
  id: 'pagerduty',
  title: 'PagerDuty (Events API v2)',
  sources: [
    'PagerDuty/developer-docs: docs/events-API-v2/02-Trigger-Events.md (summary 1024, dedup_key 255 characters; severity critical, error, warning, info)',
  ],
  settings,
  format: (notice, _settings, context) => {
    const alert = firstOf(notice);
    return {
      kind: 'http',
      method: 'POST',
      path: '',
      headers: { 'content-type': 'application/json' },
      body: forJson({
        event_action: notice.kind === 'resolved' ? 'resolve' : 'trigger',
        // One incident an alert: what gets worse joins it, and what is over resolves it.
        dedup_key: line(notice.kind === 'digest' ? notice.id : (alert?.id ?? notice.id), DEDUP),
        payload: {
          summary: line(titleOf(notice), SUMMARY),
          source: alert === undefined ? line(context.host, 255) : whoOf(alert.last, notice),
          severity: LEVEL[severityOf(notice)],
          timestamp: isoMillis(timeOf(notice, context)),
          ...(alert === undefined ? {} : { class: line(alert.last.type, 255) }),
          custom_details: { lines: bodyLines(notice, context).slice(0, DETAILS) },
        },
        client: 'Portolan',
        ...(notice.link === undefined ? {} : { client_url: notice.link }),
      }),
      credential: { in: 'member', name: 'routing_key' },
    };
  },
} as const satisfies Notifier<z.infer<typeof settings>>;
