import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { AUTHENTICATION, ETSI } from './shared/clauses.ts';
import { SCREENS } from './shared/roles.ts';
import { isKnown, judged, titleOf, where } from './shared/say.ts';

export const remoteScreen = {
  id: 'remote-screen',
  title: 'A screen that can be operated over the network',
  threat: 'unauthorised-access',
  sources: ['RFC 6143 (2011-03) §9, RFB security', `${ETSI} provision 5.5-5`],
  clauses: AUTHENTICATION,
  check,
} as const satisfies RiskRule;

/** Critical for operating panels that anybody may operate; low where it asks who is there. */
function check(context: ServiceContext): Judgement | undefined {
  const { service } = context;
  if (!isKnown(service) || !SCREENS.has(service.protocol)) return undefined;
  const open = service.access === 'open';
  const title = titleOf(context);
  return judged(context, {
    severity: open ? 'critical' : 'low',
    summary: `${title} on ${where(service)} shows a screen ${open ? 'with no authentication' : 'after a login'}.`,
    impact: open
      ? 'Anybody on the network sees the screen and can operate what it controls.'
      : 'Whoever finds out or guesses the login sees the screen and can operate it.',
    remedy: `Let only those who operate it reach ${where(service)}, through a VPN from outside${open ? ', and switch its login on' : ''}.`,
  });
}
