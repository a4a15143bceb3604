import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { ATTACK_SURFACE, AUTHENTICATION, both } from './shared/clauses.ts';
import { DEBUG } from './shared/roles.ts';
import { isKnown, judged, titleOf, where } from './shared/say.ts';

export const debugPort = {
  id: 'debug-port',
  title: 'A developer’s interface is switched on',
  threat: 'malware',
  sources: [
    'ETSI EN 303 645 V3.1.3 (2024-09) provision 5.6-4A: debug interfaces disabled or protected',
    'Android Developers, Android Debug Bridge (2024), wireless debugging',
    '360 Netlab, ADB.Miner (2018-02); Trend Micro, open ADB ports exploited over TCP 5555 (2018-07)',
  ],
  clauses: both(['ETSI EN 303 645 5.6-4A', ...ATTACK_SURFACE], AUTHENTICATION),
  check,
} as const satisfies RiskRule;

/** Critical where it lets anybody in: it is a shell with the system's rights, and worms look for it. */
function check(context: ServiceContext): Judgement | undefined {
  const { service } = context;
  if (!isKnown(service) || !DEBUG.has(service.protocol)) return undefined;
  const asks = service.access === 'credentials';
  const open = service.access === 'open';
  const note = open ? ' with no authentication' : '';
  return judged(context, {
    severity: open ? 'critical' : asks ? 'medium' : 'high',
    summary: `${titleOf(context)} on ${where(service)} is reachable${note}.`,
    impact: asks
      ? 'Whoever gets one question on the screen answered with "allow" has the whole device.'
      : 'Anybody on the network can install programs and read everything on the device.',
    remedy: `Switch debugging off in the developer settings, or block ${where(service)}.`,
  });
}
