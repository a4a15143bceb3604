import type { Evidence } from '../model/evidence.ts';
import type { Conclusion, Identifier, IdentifyTools } from './identifier.ts';

/**
 * The registrant of the network card's address. Only a `hint`: it names who made the card, which
 * for a gadget with an Espressif module is not who made the gadget.
 */
export const oui = {
  id: 'oui',
  sources: ['IEEE Registration Authority, MA-L, MA-M and MA-S assignments'],
  conclude,
} as const satisfies Identifier;

function conclude({ subject }: Evidence, tools: IdentifyTools): readonly Conclusion[] {
  const vendor = subject.mac === undefined ? undefined : tools.vendorOf(subject.mac);
  return vendor === undefined ? [] : [{ name: 'vendor', value: vendor, certainty: 'hint' }];
}
