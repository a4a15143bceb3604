import { isoInstant } from '../../../base/instant.ts';
import { reveal } from '../../../base/untrusted.ts';
import type { FindingItem, LedgerItem, ServiceItem } from '../../../model/api/site.ts';
import type { Finding } from '../../../model/finding.ts';
import type { LedgerRow } from '../../../model/ledger.ts';
import type { Service } from '../../../model/service.ts';
import { rowOf } from './device-items.ts';
import type { SiteFacts } from './site-facts.ts';

/** Protocols that encrypt by themselves, whatever carries them. */
const ENCRYPT: ReadonlySet<string> = new Set([
  'ssh',
  'quic',
  'tls',
  'dtls',
  'wireguard',
  'openvpn',
  'isakmp',
]);

/** Whether who listens on the way can read along: no, as far as the protocol says. */
export function isEncrypted(protocol: string, over: string): boolean {
  return over === 'tls' || over === 'dtls' || ENCRYPT.has(protocol);
}

export function serviceItem(facts: SiteFacts, service: Service): ServiceItem {
  const { transport, port, state, protocol, version, over, access, certainty } = service;
  return {
    device: facts.named(service.device),
    transport,
    port,
    state,
    protocol,
    version,
    over,
    access,
    certainty,
    encrypted: isEncrypted(protocol, over),
    sources: service.sources,
    details: detailsOf(service),
    firstSeen: service.firstSeen,
    lastSeen: service.lastSeen,
    verdict: rowOf(facts.rowsOf(service.device), service)?.verdict ?? 'unknown',
  };
}

function detailsOf({ details, tls, unrecognised }: Service): ServiceItem['details'] {
  const certificate = tls?.certificate;
  return [
    ...details.map(({ name, value }) => ({ name, value: reveal(value) })),
    ...(tls === undefined
      ? []
      : [
          { name: 'tls.versions', value: tls.versions.join(', ') },
          { name: 'tls.cipher', value: tls.cipher },
        ]),
    ...(certificate === undefined
      ? []
      : [
          { name: 'certificate.subject', value: reveal(certificate.subject) },
          { name: 'certificate.issuer', value: reveal(certificate.issuer) },
          { name: 'certificate.ends', value: isoInstant(certificate.notAfter) },
          { name: 'certificate.sha256', value: certificate.fingerprint },
        ]),
    ...(unrecognised === undefined ? [] : [{ name: 'begins', value: unrecognised.start }]),
  ];
}

export function ledgerItem(facts: SiteFacts, row: LedgerRow): LedgerItem {
  const { device, ...rest } = row;
  return { device: facts.named(device), ...rest };
}

export function findingItem(facts: SiteFacts, finding: Finding): FindingItem {
  const { device, product: _, ...rest } = finding;
  return { device: facts.named(device), ...rest };
}
