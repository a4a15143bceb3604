import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { WEAK_CRYPTOGRAPHY } from './shared/clauses.ts';
import { detailOf, isKnown, judged, where } from './shared/say.ts';

export const sshWeakAlgorithms = {
  id: 'ssh-weak-algorithms',
  title: 'SSH offers algorithms that are withdrawn',
  threat: 'interception',
  sources: [
    'RFC 9142 (2022-01) §4, key exchange methods',
    'RFC 8270 (2017-12), 1024-bit groups must not be used',
    'RFC 4253 (2006-01) §1 and SSH-1: version 1 is insecure',
  ],
  clauses: WEAK_CRYPTOGRAPHY,
  check,
} as const satisfies RiskRule;

/** Low: modern clients do not agree to them, so only an old client is in danger; medium for SSH-1. */
function check(context: ServiceContext): Judgement | undefined {
  const { service } = context;
  if (!isKnown(service) || service.protocol !== 'ssh') return undefined;
  const weak = (detailOf(service, 'weak algorithms') ?? '')
    .split(',')
    .filter((name) => name !== '');
  const first = /^1\.[0-8]/.test(service.version);
  if (weak.length === 0 && !first) return undefined;
  // Names of the registry only: the device may have written anything there.
  const names = weak.filter((name) => /^[a-z0-9@.-]{3,48}$/.test(name)).slice(0, 4);
  const what = first ? 'SSH version 1' : `withdrawn algorithms (${names.join(', ') || 'unnamed'})`;
  return judged(context, {
    severity: first ? 'medium' : 'low',
    summary: `SSH on ${where(service)} offers ${what}.`,
    impact: 'With an old client somebody on the path may be able to read or change the session.',
    remedy: 'Update the firmware, or leave these algorithms out in the SSH server’s configuration.',
  });
}
