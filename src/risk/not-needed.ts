import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { ATTACK_SURFACE, ETSI } from './shared/clauses.ts';
import { judged, nameOf, where } from './shared/say.ts';

export const notNeeded = {
  id: 'not-needed',
  title: 'An open port that nobody needs or uses',
  threat: 'unauthorised-access',
  sources: [
    `${ETSI} provision 5.6-1: disable unused interfaces`,
    'NIST IR 8228 (2019-06), risks of IoT devices',
  ],
  clauses: ATTACK_SURFACE,
  check,
} as const satisfies RiskRule;

/** Low, since closing it costs nothing; medium where it lets everybody in besides. */
function check(context: ServiceContext): Judgement | undefined {
  const { service, device, row } = context;
  if (row?.verdict !== 'close' || service.state !== 'open') return undefined;
  const reason = row.needed.answer === 'no' ? row.needed.because : row.used.because;
  const own = row.needed.evidence ?? row.used.evidence ?? [];
  return {
    ...judged(context, {
      severity: service.access === 'open' ? 'medium' : 'low',
      // That it is open was seen, whatever is spoken there; the word against it may be a document's.
      certainty: own.length > 0 ? 'proved' : 'likely',
      summary: `${where(service)} of ${nameOf(device)} is open without need. ${reason}`,
      impact:
        'Each open port is one more way in, the day that somebody finds a fault in what listens.',
      remedy: row.advice,
    }),
    evidence: [...new Set([...service.evidence, ...own])],
  };
}
