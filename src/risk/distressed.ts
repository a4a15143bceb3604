import type { DeviceContext, Judgement, RiskRule } from './risk-rule.ts';
import { HARM_TO_OTHERS } from './shared/clauses.ts';
import { nameOf } from './shared/say.ts';

export const distressed = {
  id: 'distressed',
  title: 'A device stopped answering while it was asked',
  threat: 'ddos',
  sources: [
    'Coffey et al., Vulnerability Analysis of Network Scanning on SCADA Systems (2018-03-13), doi 10.1155/2018/3794603',
    'NIST SP 800-82 Rev. 3 (2023-09), scans that stopped controllers',
  ],
  clauses: [...HARM_TO_OTHERS, 'IEC 62443-4-2 CR 7.1'],
  checkDevice,
} as const satisfies RiskRule;

/** Medium: a few polite questions were too much, so whoever means harm needs no more. */
function checkDevice({ device, evidence }: DeviceContext): readonly Judgement[] {
  const times = evidence.filter(({ fact }) => fact.kind === 'distress');
  if (times.length === 0) return [];
  return [
    {
      severity: 'medium',
      certainty: 'proved',
      summary: `${nameOf(device)} stopped answering while portolan asked it; portolan may have caused this.`,
      impact: 'Anybody on the network can put it out of service with a handful of packets.',
      remedy:
        'Check that it works, restart it if not, update its firmware, and let few others reach it.',
      evidence: times.slice(-32).map(({ id }) => id),
    },
  ];
}
