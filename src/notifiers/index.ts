import { registry } from '../base/registry.ts';
import { discord } from './discord.ts';
import { email } from './email.ts';
import { exec } from './exec.ts';
import { gotify } from './gotify.ts';
import { mqtt } from './mqtt.ts';
import { ntfy } from './ntfy.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { syslog } from './syslog.ts';
import { telegram } from './telegram.ts';
import { webhook } from './webhook.ts';

/** Every kind of channel, by name. */
export const notifiers = registry([
  discord,
  email,
  exec,
  gotify,
  mqtt,
  ntfy,
  pagerduty,
  slack,
  syslog,
  telegram,
  webhook,
]);
