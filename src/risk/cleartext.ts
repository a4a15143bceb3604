import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { CLEARTEXT, ETSI } from './shared/clauses.ts';
import { encryptedAlternative, inWords } from './shared/encryption.ts';
import { judged, titleOf, where } from './shared/say.ts';

/** A login page in the clear has a rule of its own. */
const HAS_OWN_RULE = 'http';

export const cleartext = {
  id: 'cleartext',
  title: 'Readable by anyone on the path, though an encrypted form exists',
  threat: 'interception',
  sources: [`${ETSI} provision 5.5-1`, 'NIST IR 8259A (2020-05), Data Protection'],
  clauses: CLEARTEXT,
  check,
} as const satisfies RiskRule;

/**
 * High where a password crosses in the clear: one listener and the account is gone. Low for plain
 * web pages, which every gadget has; medium for the rest, whose messages are the device's life.
 */
function check(context: ServiceContext): Judgement | undefined {
  const { service, protocol } = context;
  const better = encryptedAlternative(service, protocol);
  if (better === undefined || protocol === undefined) return undefined;
  const password = service.access === 'credentials';
  if (password && service.protocol === HAS_OWN_RULE) return undefined;

  const web = service.protocol === 'http';
  const note = password ? ': its password crosses the network in the clear' : '';
  return judged(context, {
    severity: password ? 'high' : web ? 'low' : 'medium',
    summary: `${titleOf(context)} on ${where(service)} is not encrypted${note}.`,
    impact: password
      ? 'Whoever is on the same network can read the password and use it from then on.'
      : 'Whoever is on the same network can read what the device sends and change it on the way.',
    remedy: `Use ${inWords(protocol, better)}, and close ${where(service)}.`,
  });
}
