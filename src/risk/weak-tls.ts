import type { Severity } from '../model/core.ts';
import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { WEAK_CRYPTOGRAPHY } from './shared/clauses.ts';
import { judged, where } from './shared/say.ts';

export const weakTls = {
  id: 'weak-tls',
  title: 'Encryption with a version or cipher that is broken or withdrawn',
  threat: 'interception',
  sources: [
    'RFC 7568 (2015-06): SSLv3 must not be used',
    'RFC 8996 (2021-03): TLS 1.0, TLS 1.1 and DTLS 1.0 must not be used',
    'RFC 9325 (2022-11) §4.1: cipher suites that must not be negotiated',
    'RFC 7465 (2015-02): RC4 must not be used',
  ],
  clauses: WEAK_CRYPTOGRAPHY,
  check,
} as const satisfies RiskRule;

const WITHDRAWN: ReadonlyMap<string, string> = new Map([
  ['SSLv2', 'SSL 2.0'],
  ['SSLv3', 'SSL 3.0'],
  ['TLSv1', 'TLS 1.0'],
  ['TLSv1.1', 'TLS 1.1'],
  ['DTLSv1.0', 'DTLS 1.0'],
]);

/** High where a listener can really read along (POODLE, no encryption at all); medium where only withdrawn. */
function check(context: ServiceContext): Judgement | undefined {
  const { service } = context;
  const { tls } = service;
  if (tls === undefined || service.state !== 'open') return undefined;
  const old = tls.versions.flatMap((version) => WITHDRAWN.get(version) ?? []);
  const cipher = severityOfCipher(tls.cipher);
  if (old.length === 0 && cipher === undefined) return undefined;
  const broken = old.some((version) => version.startsWith('SSL')) || cipher === 'high';
  const faults = [...old, ...(cipher === undefined ? [] : ['a weak cipher suite'])];
  return judged(context, {
    severity: broken ? 'high' : 'medium',
    // The handshake itself was seen, whatever is spoken inside.
    certainty: 'proved',
    summary: `TLS on ${where(service)} accepts ${faults.join(', ')}.`,
    impact: broken
      ? 'Somebody on the path can make both sides use it and read what they say.'
      : 'Its protection is below what is considered safe today; newer clients refuse it.',
    remedy:
      'Update the firmware, and allow TLS 1.2 and 1.3 only where the device has a setting for it.',
  });
}

/** By parts of OpenSSL's and IANA's names of suites. */
function severityOfCipher(name: string): Severity | undefined {
  const upper = name.toUpperCase();
  const has = (part: string): boolean => upper.includes(part);
  if (['NULL', 'EXP', 'ANON', 'ADH', 'AECDH'].some(has)) return 'high';
  return ['RC4', '3DES', 'DES-CBC', 'DES_CBC', 'IDEA', 'MD5'].some(has) ? 'medium' : undefined;
}
