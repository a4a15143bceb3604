import type { CertificateFacts } from '../model/evidence.ts';
import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { WEAK_CRYPTOGRAPHY } from './shared/clauses.ts';
import { judged, where } from './shared/say.ts';

export const weakKey = {
  id: 'weak-key',
  title: 'A certificate that can be forged',
  threat: 'interception',
  sources: [
    'NIST SP 800-131A Rev. 2 (2019-03): RSA below 2048 bits and SHA-1 are disallowed for signatures',
    'RFC 9155 (2021-12): MD5 and SHA-1 signatures are deprecated in TLS',
  ],
  clauses: WEAK_CRYPTOGRAPHY,
  check,
} as const satisfies RiskRule;

/** Bits below which a key is disallowed; 112 bits of strength (SP 800-57 Part 1 Rev. 5, table 2). */
const LEAST_BITS: ReadonlyMap<string, number> = new Map([
  ['rsa', 2048],
  ['dsa', 2048],
  ['ec', 224],
]);

/** High below RSA-1024, which was factored in public (RSA-829, 2020, is the record); else medium. */
function check(context: ServiceContext): Judgement | undefined {
  const { service } = context;
  const certificate = service.tls?.certificate;
  if (certificate === undefined || service.state !== 'open') return undefined;
  const faults = faultsOf(certificate);
  if (faults.length === 0) return undefined;
  return judged(context, {
    severity: certificate.key === 'rsa' && certificate.bits < 1024 ? 'high' : 'medium',
    certainty: 'proved',
    summary: `The certificate on ${where(service)} has ${faults.join(' and ')}.`,
    impact: 'With enough effort somebody can make a certificate that passes for it and listen in.',
    remedy:
      'Have the device make a new certificate (RSA 2048 or ECDSA P-256, SHA-256), or update its firmware.',
  });
}

function faultsOf({ key, bits, signature }: CertificateFacts): readonly string[] {
  const least = LEAST_BITS.get(key.toLowerCase());
  const short = least !== undefined && bits > 0 && bits < least;
  const hash = ['md5', 'sha1'].find((name) =>
    signature.toLowerCase().replaceAll('-', '').includes(name),
  );
  return [
    ...(short ? [`a key of ${bits} bits`] : []),
    ...(hash === undefined ? [] : [`a signature with ${hash === 'md5' ? 'MD5' : 'SHA-1'}`]),
  ];
}
