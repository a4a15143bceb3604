import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { ATTACK_SURFACE } from './shared/clauses.ts';
import { isKnown, judged, nameOf, where } from './shared/say.ts';

export const mailFromDevice = {
  id: 'mail-from-device',
  title: 'A gadget that takes mail for delivery',
  threat: 'malware',
  sources: [
    'RFC 5321 (2008-10) §2.3.3 mail transfer on port 25; RFC 6409 (2011-11) submission on 587',
    'draft-akagiri-op25b-dynamicip-01 (2017-07), outbound port 25 blocking',
  ],
  clauses: ATTACK_SURFACE,
  check,
} as const satisfies RiskRule;

const MAIL_SERVERS: ReadonlySet<string> = new Set(['general-purpose', 'infrastructure', 'unknown']);

/** Medium: no lamp or camera has a use for it, and spam is what it is good for. */
function check(context: ServiceContext): Judgement | undefined {
  const { service, device } = context;
  const mail = isKnown(service) && service.protocol === 'smtp' && service.port === 25;
  if (!mail || MAIL_SERVERS.has(device.category)) return undefined;
  return judged(context, {
    severity: 'medium',
    summary: `${nameOf(device)} runs a mail server on ${where(service)}.`,
    impact: 'Somebody may be sending spam through it, which gets your address blocked.',
    remedy: `Block ${where(service)} and mail from this device, then look for malware or update its firmware.`,
  });
}
