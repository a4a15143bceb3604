import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { HARM_TO_OTHERS } from './shared/clauses.ts';
import { detailOf, isKnown, judged, nameOf, where } from './shared/say.ts';

export const openResolver = {
  id: 'open-resolver',
  title: 'A device that is no router looks up names for others',
  threat: 'ddos',
  sources: [
    'RFC 5358 (2008-10), BCP 140: preventing use of recursive nameservers in reflector attacks',
  ],
  clauses: HARM_TO_OTHERS,
  check,
} as const satisfies RiskRule;

/** What is supposed to resolve for the network. */
const RESOLVERS: ReadonlySet<string> = new Set(['infrastructure', 'general-purpose']);

/** Low: inside it serves the own network; it matters once it is reached from outside. */
function check(context: ServiceContext): Judgement | undefined {
  const { service, device } = context;
  if (!isKnown(service) || service.protocol !== 'dns' || RESOLVERS.has(device.category))
    return undefined;
  const recursion = detailOf(service, 'recursion') ?? detailOf(service, 'recursion available');
  if (recursion === undefined || !/^(yes|true|available|offered)$/i.test(recursion))
    return undefined;
  return judged(context, {
    severity: 'low',
    summary: `DNS on ${where(service)} of ${nameOf(device)} looks up names for anybody who asks.`,
    impact:
      'It can be made to flood others with answers, and to send your devices to false addresses.',
    remedy: `Switch the resolver off, or let only your own network reach ${where(service)}.`,
  });
}
