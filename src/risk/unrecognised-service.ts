import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { ATTACK_SURFACE, ETSI } from './shared/clauses.ts';
import { judged, where } from './shared/say.ts';

export const unrecognisedService = {
  id: 'unrecognised-service',
  title: 'An open port on which nobody knows what is spoken',
  threat: 'unauthorised-access',
  sources: [`${ETSI} provision 5.6-1`, 'ETSI TS 103 701 V1.1.1 (2021-08) test 5.6-1-2'],
  clauses: ATTACK_SURFACE,
  check,
} as const satisfies RiskRule;

/** Bits a byte above which bytes look encrypted or packed (see `Signature.entropy`). */
const RANDOM = 7.5;

/** Info: unknown is not bad; but nobody can say that it is needed either. */
function check(context: ServiceContext): Judgement | undefined {
  const { service } = context;
  const { unrecognised: signature } = service;
  if (signature === undefined || service.state !== 'open' || service.protocol !== 'unknown') {
    return undefined;
  }
  const look = signature.entropy > RANDOM ? ' and looks encrypted' : '';
  return judged(context, {
    severity: 'info',
    certainty: 'proved',
    summary: `${where(service)} answers with ${signature.length} bytes that no known protocol explains${look}.`,
    impact:
      'What cannot be named cannot be judged: it may be a maker’s own protocol, or something unwanted.',
    remedy: `Look the port up in the maker's papers and give the protocol a name, or block ${where(service)}.`,
  });
}
