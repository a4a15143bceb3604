import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { ATTACK_SURFACE } from './shared/clauses.ts';
import { belongsThere } from './shared/misplaced.ts';
import { judged, titleOf, where } from './shared/say.ts';

export const wrongProtocol = {
  id: 'wrong-protocol',
  title: 'Another protocol than the one that the port is known for',
  threat: 'malware',
  sources: [
    'MITRE ATT&CK T1571 (2024-10), non-standard port',
    'RFC 6335 (2011-08) §6, port number ranges',
  ],
  clauses: ATTACK_SURFACE,
  check,
} as const satisfies RiskRule;

/** Medium: often a convenience, but it passes firewalls as something that it is not. */
function check(context: ServiceContext): Judgement | undefined {
  const { service, protocol } = context;
  const expected = belongsThere(service, protocol);
  if (expected === undefined) return undefined;
  return judged(context, {
    severity: 'medium',
    summary: `${where(service)} speaks ${titleOf(context)}, where ${expected[0] ?? 'another protocol'} belongs.`,
    impact: 'Firewall rules made for the port let it pass unseen; malware uses that to hide.',
    remedy: `Find out which program listens on ${where(service)}; move it to its own port, or block it.`,
  });
}
