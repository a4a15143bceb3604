import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { ETSI, UNIVERSAL_SECRET } from './shared/clauses.ts';
import { detailOf, isKnown, judged, where } from './shared/say.ts';

export const defaultCommunity = {
  id: 'default-community',
  title: 'SNMP answers to the community name that everybody knows',
  threat: 'unauthorised-access',
  sources: [
    'RFC 3584 (2003-08) §1.1 and RFC 3410 (2002-12) §7: community names are no authentication',
    'CISA TA17-156A (2017-06-05), reducing the risk of SNMP abuse',
    `${ETSI} provision 5.1-1`,
  ],
  clauses: UNIVERSAL_SECRET,
  check,
} as const satisfies RiskRule;

const EVERYBODYS: ReadonlySet<string> = new Set(['public', 'private']);

/** Medium: it tells everything about device and network; nobody tried whether it can be set as well. */
function check(context: ServiceContext): Judgement | undefined {
  const { service } = context;
  if (!isKnown(service) || service.protocol !== 'snmp') return undefined;
  const community = detailOf(service, 'community') ?? (service.access === 'open' ? 'public' : '');
  if (!EVERYBODYS.has(community)) return undefined;
  return judged(context, {
    severity: 'medium',
    summary: `SNMP on ${where(service)} answers the community name "${community}".`,
    impact:
      'Anybody on the network can read its interfaces, neighbours and programs; with the name for writing, change them.',
    remedy:
      'Use SNMPv3 with a user of its own, or switch SNMP off; at least choose another community name.',
  });
}
