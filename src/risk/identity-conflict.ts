import type { DeviceContext, Judgement, RiskRule } from './risk-rule.ts';
import { INVENTORY } from './shared/clauses.ts';
import { nameOf } from './shared/say.ts';

export const identityConflict = {
  id: 'identity-conflict',
  title: 'Two devices claim to be one',
  threat: 'unauthorised-access',
  sources: [
    'RFC 5227 (2008-07) §2.4, IPv4 address conflict detection',
    'MITRE ATT&CK T1557.002 (2024-10), ARP cache poisoning',
  ],
  clauses: INVENTORY,
  checkDevice,
} as const satisfies RiskRule;

/** Medium: often a repeater or a copied virtual machine; but it is also what an intruder looks like. */
function checkDevice({ device, evidence }: DeviceContext): readonly Judgement[] {
  const seen = evidence.filter(({ source }) => source !== 'user').map(({ id }) => id);
  if (device.conflicts.length === 0 || seen.length === 0) return [];
  return [
    {
      severity: 'medium',
      certainty: 'likely',
      summary: `${nameOf(device)} is not alone in what it claims to be: ${device.conflicts.join('; ')}.`,
      impact: 'One of them may be passing for the other, to get what is meant for it.',
      remedy:
        'Find both devices; unplug the one that you do not know, or say in portolan that they are the same.',
      evidence: [...new Set([...seen.slice(0, 4), ...seen.slice(-4)])],
    },
  ];
}
