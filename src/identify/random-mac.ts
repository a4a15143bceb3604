import type { Evidence } from '../model/evidence.ts';
import type { Conclusion, Identifier } from './identifier.ts';
import { isLocallyAdministered } from './oui-table.ts';

/**
 * A made-up address. Phones, tablets and laptops use one a network, containers and virtual
 * machines one an instance; gadgets with a fixed function hardly ever do.
 */
export const randomMac = {
  id: 'random-mac',
  sources: [
    'IEEE 802-2014 §8.4, locally administered addresses',
    'RFC 9797 (2025), randomized and changing MAC addresses: use cases',
  ],
  conclude,
} as const satisfies Identifier;

function conclude({ subject, fact }: Evidence): readonly Conclusion[] {
  // Once is enough: the presence of the address, not every fact about it.
  if (fact.kind !== 'present' || subject.mac === undefined) return [];
  return isLocallyAdministered(subject.mac)
    ? [{ name: 'category', value: 'general-purpose', certainty: 'hint' }]
    : [];
}
