import { reveal } from '../base/untrusted.ts';
import type { Certainty } from '../model/core.ts';
import type { Evidence } from '../model/evidence.ts';
import { conclusionsFrom } from './families.ts';
import type { Conclusion } from './identifier.ts';

/**
 * Reads the words of a `detail` whose name is one of those given. Names are compared without
 * regard to case and separators: `Server`, `server` and `HTTP Server` come from different protocols
 * and importers.
 */
export function fromDetail(
  evidence: Evidence,
  names: readonly string[],
  certainty: Certainty,
): readonly Conclusion[] {
  const { fact } = evidence;
  if (fact.kind !== 'detail' || !names.includes(plainName(fact.name))) return [];
  return conclusionsFrom(reveal(fact.value), certainty);
}

export function plainName(name: string): string {
  return name
    .slice(0, 64)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}
