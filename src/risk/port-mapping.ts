import { quote } from '../base/untrusted.ts';
import type { DeviceContext, Judgement, RiskRule } from './risk-rule.ts';
import { ATTACK_SURFACE } from './shared/clauses.ts';

export const portMapping = {
  id: 'port-mapping',
  title: 'A device inside can be reached from the internet',
  threat: 'unauthorised-access',
  sources: [
    'RFC 6886 (2013-04) §1 NAT-PMP, RFC 6887 (2013-04) §1 PCP',
    'UPnP Forum, WANIPConnection:2 (2010-09-10) §2.4.16 AddPortMapping',
    'NIST IR 8228 (2019-06) §4.1',
  ],
  clauses: ATTACK_SURFACE,
  checkDevice,
} as const satisfies RiskRule;

/** High: NAT's only protection is taken away for it, and the whole world scans. */
function checkDevice({ evidence }: DeviceContext): readonly Judgement[] {
  const newest = new Map<string, Judgement>();
  for (const { id, fact, certainty } of evidence) {
    if (fact.kind !== 'mapping' || certainty === 'hint') continue;
    const outside = `${fact.transport}/${fact.outsidePort}`;
    const inside = `${fact.insideAddress}, port ${fact.insidePort}`;
    newest.set(outside, {
      severity: 'high',
      certainty,
      summary: `The router leads ${outside} from the internet to ${inside} (asked for by ${quote(fact.by, 40)}).`,
      impact:
        'Anybody in the world can try the device behind it; scanners find such a port within hours.',
      remedy: `Delete the mapping of ${outside} in the router, switch UPnP port mapping off, and use a VPN from outside.`,
      evidence: [id],
      port: fact.outsidePort,
      transport: fact.transport,
    });
  }
  return [...newest.values()];
}
