import { z } from 'zod';
import { closest } from '../../base/suggest.ts';
import { discord } from '../../notifiers/discord.ts';
import { email } from '../../notifiers/email.ts';
import { exec } from '../../notifiers/exec.ts';
import { gotify } from '../../notifiers/gotify.ts';
import { notifiers } from '../../notifiers/index.ts';
import { mqtt } from '../../notifiers/mqtt.ts';
import { ntfy } from '../../notifiers/ntfy.ts';
import { pagerduty } from '../../notifiers/pagerduty.ts';
import type { Condition } from '../../notifiers/route.ts';
import { FIELDS, parseWhen } from '../../notifiers/route.ts';
import { slack } from '../../notifiers/slack.ts';
import { syslog } from '../../notifiers/syslog.ts';
import { telegram } from '../../notifiers/telegram.ts';
import { webhook } from '../../notifiers/webhook.ts';

const name = z.string().regex(/^[\w.-]{1,40}$/, {
  error: 'is no name of a channel: letters, digits, . _ and - only',
});

const channel = z.discriminatedUnion('type', [
  discord.settings,
  email.settings,
  exec.settings,
  gotify.settings,
  mqtt.settings,
  ntfy.settings,
  pagerduty.settings,
  slack.settings,
  syslog.settings,
  telegram.settings,
  webhook.settings,
]);

export type ChannelConfig = z.infer<typeof channel>;

/** Name → where it leads. */
export const channelsSettings = z.record(name, channel);

/** In order: the first rule that fits an alert says who is told. */
export const routesSettings = z.array(
  z.strictObject({
    when: z.string().superRefine((text, context) => {
      const parsed = parseWhen(text);
      if ('problem' in parsed) context.addIssue(explainWhen(text, parsed));
    }),
    to: z.array(name),
  }),
);

export type RouteConfig = z.infer<typeof routesSettings>[number];

function explainWhen(
  text: string,
  { problem, at, word }: Exclude<ReturnType<typeof parseWhen>, readonly Condition[]>,
): string {
  const near = word === '' ? undefined : closest(word, FIELDS);
  const hint = near === undefined ? '' : `. Did you mean "${near}"?`;
  return `"${text}", character ${at + 1}: ${problem}${hint}`;
}

/** What a channel of a type may say; all types where there is no such type. */
export function keysOfChannel(type: unknown): readonly string[] {
  const known = notifiers.all.find(({ id }) => id === type);
  return known === undefined ? ['type'] : Object.keys(known.settings.shape);
}

/** The rule that names a channel which does not exist, if there is one. */
export function strayRoute(
  routes: readonly RouteConfig[],
  channels: Readonly<Record<string, ChannelConfig>>,
): { readonly index: number; readonly problem: string } | undefined {
  const names = Object.keys(channels);
  for (const [index, { to }] of routes.entries()) {
    const stray = to.find((one) => !names.includes(one));
    if (stray === undefined) continue;
    const near = closest(stray, names);
    const hint = near === undefined ? '' : `. Did you mean "${near}"?`;
    return { index, problem: `there is no channel "${stray}"${hint}` };
  }
  return undefined;
}
