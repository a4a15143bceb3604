import { reveal } from '../base/untrusted.ts';
import type { Evidence } from '../model/evidence.ts';
import type { DeviceContext, Judgement, RiskRule } from './risk-rule.ts';
import { ATTACK_SURFACE } from './shared/clauses.ts';

export const ipv6FirewallOff = {
  id: 'ipv6-firewall-off',
  title: 'Every device inside can be reached from the internet over IPv6',
  threat: 'unauthorised-access',
  sources: [
    'UPnP Forum, WANIPv6FirewallControl:1 (2010-12-10) §2.5.1 GetFirewallStatus',
    'RFC 6092 (2011-01) §3.2, REC-11 and REC-33: what is not asked for from inside is not let in',
  ],
  clauses: ATTACK_SURFACE,
  checkDevice,
} as const satisfies RiskRule;

/** High: without NAT the firewall is all that stands before the devices, and the router says that it is off. */
function checkDevice({ evidence }: DeviceContext): readonly Judgement[] {
  const last = evidence.findLast(isStatus);
  if (last?.fact.kind !== 'detail' || reveal(last.fact.value) !== 'no') return [];
  return [
    {
      severity: 'high',
      certainty: last.certainty,
      summary: 'The router says that its firewall for IPv6 is off.',
      impact:
        'Each device with an IPv6 address can be tried by anybody in the world, on every port.',
      remedy: 'Switch the IPv6 firewall on in the settings of the router.',
      evidence: [last.id],
    },
  ];
}

function isStatus({ fact, certainty }: Evidence): boolean {
  return fact.kind === 'detail' && fact.name === 'ipv6 firewall' && certainty !== 'hint';
}
