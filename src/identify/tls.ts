import { reveal } from '../base/untrusted.ts';
import type { Evidence } from '../model/evidence.ts';
import { conclusionsFrom } from './families.ts';
import type { Conclusion, Identifier } from './identifier.ts';

/**
 * Subject and issuer of the certificate. Makers sign their devices' certificates with an authority
 * of their own, so either names the maker; nobody checked the chain, so it is `likely` at most.
 */
export const tls = {
  id: 'tls',
  sources: ['RFC 5280 §4.1.2.4 issuer, §4.1.2.6 subject'],
  conclude,
} as const satisfies Identifier;

function conclude({ fact }: Evidence): readonly Conclusion[] {
  const certificate = fact.kind === 'tls' ? fact.tls.certificate : undefined;
  if (certificate === undefined) return [];
  const text = `${reveal(certificate.subject)} ${reveal(certificate.issuer)}`;
  return conclusionsFrom(text, 'likely').filter(({ name }) => name !== 'os');
}
