import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { HARM_TO_OTHERS } from './shared/clauses.ts';
import { isKnown, judged, titleOf, where } from './shared/say.ts';

export const reflector = {
  id: 'reflector',
  title: 'Answers a short question at length, to whoever the question seems to come from',
  threat: 'ddos',
  sources: [
    'CISA TA14-017A (2014-01-17, revised 2019-12-18), UDP-based amplification attacks',
    'RFC 9000 (2021-05) §8.1: at most three times the bytes received before an address is validated',
    'RFC 9175 (2022-02) §2.6, CoAP amplification',
  ],
  clauses: HARM_TO_OTHERS,
  check,
} as const satisfies RiskRule;

/** RFC 9000 §8.1 */
const TOLERATED = 3;
/** SSDP's factor in TA14-017A is 30.8: what is beyond a third of it is worth an attacker's while. */
const WORTHWHILE = 10;

/** From the inside a bot on the own network can use it; from the internet only where it is let through. */
function check(context: ServiceContext): Judgement | undefined {
  const { service } = context;
  const { amplification } = service;
  if (!isKnown(service) || service.transport !== 'udp' || amplification === undefined)
    return undefined;
  const factor = amplification.received / amplification.sent;
  if (!(factor > TOLERATED)) return undefined;
  return judged(context, {
    severity: factor > WORTHWHILE ? 'medium' : 'low',
    certainty: 'proved',
    summary: `${titleOf(context)} on ${where(service)} answers ${amplification.sent} bytes with ${amplification.received}: ${factor.toFixed(1)} times as much.`,
    impact:
      'Somebody who forges the sender’s address can have the device flood a victim, in your name.',
    remedy: `Never let ${where(service)} be reached from the internet, and from inside only by those who need it.`,
  });
}
