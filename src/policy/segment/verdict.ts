import type { BreakKind, Need } from './segment.ts';
import { INTERNET, ROUTER } from './segment.ts';

/** What is seen less often may be anything: a person decides. */
const RARE = 3;

/** Seen less than three times, and not open for days either. */
export function isRare({ flows, days }: Need): boolean {
  return flows < RARE && days < 2;
}

/** Nobody ever answered: no need, but somebody knocking. */
export function isKnocking({ answered, protocol }: Need): boolean {
  return answered === 0 && protocol !== 'udp';
}

/** Why what was seen would not pass from one zone to the other; undefined where a rule allows it. */
export function breakOf(need: Need, from: string, to: string): BreakKind | undefined {
  if (need.client === INTERNET) return 'from-internet';
  if (need.linkLocal) return 'link-local';
  if (from === 'quarantine' || to === 'quarantine') return 'quarantine';
  if (from === 'guest' && need.server !== INTERNET && need.server !== ROUTER) return 'guest';
  if (to === 'guest') return 'guest';
  // What people's computers ask of the internet is nobody's business.
  if (need.server === INTERNET && (from === 'trusted' || from === 'guest')) return undefined;
  return isRare(need) || isKnocking(need) ? 'rare' : undefined;
}
