import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { WEAK_CRYPTOGRAPHY } from './shared/clauses.ts';
import { judged, where } from './shared/say.ts';

export const selfSigned = {
  id: 'self-signed',
  title: 'A certificate that only the device itself vouches for',
  threat: 'interception',
  sources: [
    'RFC 5280 (2008-05) §3.2, self-signed certificates',
    'RFC 9525 (2023-11) §2, service identity',
  ],
  clauses: WEAK_CRYPTOGRAPHY,
  check,
} as const satisfies RiskRule;

/** Info: nearly every gadget has one, and encrypted it is; only who is at the other end is not sure. */
function check(context: ServiceContext): Judgement | undefined {
  const { service } = context;
  const certificate = service.tls?.certificate;
  if (certificate?.selfSigned !== true || service.state !== 'open') return undefined;
  return judged(context, {
    severity: 'info',
    certainty: 'proved',
    summary: `The certificate on ${where(service)} is signed by itself.`,
    impact: 'A client cannot tell the device from somebody who puts himself between.',
    remedy:
      'Let clients remember this certificate (its fingerprint), or give the device one from your own authority.',
  });
}
