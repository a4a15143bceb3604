import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { CLEARTEXT, ETSI } from './shared/clauses.ts';
import { detailOf, isEncrypted, isKnown, judged, where } from './shared/say.ts';

export const adminLoginInClear = {
  id: 'admin-login-in-clear',
  title: 'A web login without encryption',
  threat: 'interception',
  sources: [
    'RFC 7617 (2015-09) §4: Basic authentication without TLS reveals the password',
    'CWE-319 (4.15, 2024-07), cleartext transmission of sensitive information',
    `${ETSI} provision 5.5-6`,
  ],
  clauses: CLEARTEXT,
  check,
} as const satisfies RiskRule;

/** High: the password of the device's administrator is what crosses. */
function check(context: ServiceContext): Judgement | undefined {
  const { service } = context;
  if (!isKnown(service) || service.protocol !== 'http' || isEncrypted(service.over))
    return undefined;
  const asks = service.access === 'credentials' || detailOf(service, 'realm') !== undefined;
  if (!asks) return undefined;
  return judged(context, {
    severity: 'high',
    summary: `The web page on ${where(service)} asks for a password without encryption.`,
    impact: 'Whoever is on the same network can read the password when somebody logs in.',
    remedy: `Switch HTTPS on in the device's settings and HTTP off; until then log in only by a cable that nobody shares.`,
  });
}
