import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { WEAK_CRYPTOGRAPHY } from './shared/clauses.ts';
import { judged, where } from './shared/say.ts';

export const expiredCertificate = {
  id: 'expired-certificate',
  title: 'A certificate that is not valid today',
  threat: 'interception',
  sources: ['RFC 5280 (2008-05) §4.1.2.5, validity'],
  clauses: WEAK_CRYPTOGRAPHY,
  check,
} as const satisfies RiskRule;

/** Milliseconds of a day. */
const DAY = 86_400_000;

/** Medium: who is used to click a warning away clicks away that of an attacker too. Low before it starts. */
function check(context: ServiceContext): Judgement | undefined {
  const { service, at } = context;
  const certificate = service.tls?.certificate;
  if (certificate === undefined || service.state !== 'open') return undefined;
  const { notBefore, notAfter } = certificate;
  const early = at < notBefore;
  if (!early && at <= notAfter) return undefined;
  const days = Math.ceil((early ? notBefore - at : at - notAfter) / DAY);
  return judged(context, {
    severity: early ? 'low' : 'medium',
    certainty: 'proved',
    summary: early
      ? `The certificate on ${where(service)} is valid only in ${days} days.`
      : `The certificate on ${where(service)} expired ${days} days ago.`,
    impact:
      'Clients warn or refuse; people who learn to ignore the warning ignore it for a forged one too.',
    remedy: early
      ? "Check the device's clock, then make a new certificate."
      : 'Renew the certificate in the device’s settings, or update its firmware.',
  });
}
