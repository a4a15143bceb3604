import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { ATTACK_SURFACE } from './shared/clauses.ts';
import { belongsThere } from './shared/misplaced.ts';
import { isKnown, judged, titleOf, where } from './shared/say.ts';

export const obscuredPort = {
  id: 'obscured-port',
  title: 'A usual protocol on a number of its own',
  threat: 'unauthorised-access',
  sources: [
    'NIST SP 800-123 (2008-07) §2.4: open design, no security through obscurity',
    'RFC 6335 (2011-08) §8.1, port numbers are no proof and no protection',
  ],
  clauses: ATTACK_SURFACE,
  check,
} as const satisfies RiskRule;

/** The web is at home on every number, and so is what is built on it. */
const ANYWHERE: ReadonlySet<string> = new Set(['http', 'tls', 'dtls', 'quic']);

/** Info: no fault in itself. It is said because many take a custom number for a protection. */
function check(context: ServiceContext): Judgement | undefined {
  const { service, protocol } = context;
  if (!isKnown(service) || service.certainty !== 'proved' || protocol === undefined)
    return undefined;
  const usual = [...new Set(protocol.ports.map(({ port }) => port))];
  if (ANYWHERE.has(service.protocol) || usual.length === 0 || usual.includes(service.port))
    return undefined;
  // On a number that belongs to another protocol it is worse, and said there.
  if (belongsThere(service, protocol) !== undefined || usual.includes(80)) return undefined;
  return judged(context, {
    severity: 'info',
    summary: `${titleOf(context)} runs on ${where(service)} instead of ${usual.slice(0, 3).join(' or ')}: a custom number is no protection.`,
    impact: 'It is found by its answers within minutes; what it allows, it allows there too.',
    remedy: 'Protect it by a login and encryption, and by who may reach it, not by its number.',
  });
}
