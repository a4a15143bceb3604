import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { AUTHENTICATION, CLEARTEXT, ETSI } from './shared/clauses.ts';
import { SHELLS } from './shared/roles.ts';
import { isEncrypted, isKnown, judged, titleOf, where } from './shared/say.ts';

export const remoteShell = {
  id: 'remote-shell',
  title: 'A command line that can be reached over the network',
  threat: 'malware',
  sources: [
    'Antonakakis et al., "Understanding the Mirai Botnet", USENIX Security 2017, §2 (telnet)',
    `${ETSI} provisions 5.5-1 and 5.6-1`,
  ],
  clauses: [...AUTHENTICATION, ...CLEARTEXT],
  check,
} as const satisfies RiskRule;

/**
 * Critical where it lets anybody in; high for telnet, by which Mirai and its heirs come and whose
 * password can be read; info for SSH, which is fine where it is meant to be there.
 */
function check(context: ServiceContext): Judgement | undefined {
  const { service } = context;
  if (!isKnown(service) || !SHELLS.has(service.protocol)) return undefined;
  const title = titleOf(context);
  if (service.access === 'open') {
    return judged(context, {
      severity: 'critical',
      summary: `${title} on ${where(service)} gives a command line with no authentication.`,
      impact: 'Anybody on the network, and any worm, can run programs on the device.',
      remedy: `Switch ${title} off in the device's settings, or block ${where(service)}.`,
    });
  }
  if (service.protocol === 'ssh' || isEncrypted(service.over)) {
    return judged(context, {
      severity: 'info',
      summary: `${title} on ${where(service)} offers a command line after a login.`,
      impact: 'Whoever finds out or guesses the login can run programs on the device.',
      remedy:
        'Allow keys only, no passwords; switch it off where nobody maintains the device by it.',
    });
  }
  return judged(context, {
    severity: 'high',
    summary: `${title} on ${where(service)} offers a command line in the clear.`,
    impact:
      'Worms spread by it, and whoever is on the network can read the password typed into it.',
    remedy: `Switch ${title} off, use SSH instead, and block ${where(service)}.`,
  });
}
