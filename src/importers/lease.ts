import { formatAddress, parseAddress } from '../base/address.ts';
import { untrusted } from '../base/untrusted.ts';
import type { Instant } from '../model/core.ts';
import type { Fact, NewEvidence, Subject } from '../model/evidence.ts';
import type { ImportOptions } from './importer.ts';

/** One address that a DHCP server gave away, whatever file it was written in. */
export interface Lease {
  /** Canonical text. */
  readonly address: string;
  readonly mac?: string;
  /** When the device was there: the last exchange where it is known, else see each importer. */
  readonly at: Instant;
  readonly name?: string;
  /** DHCP client identifier or DUID, octets in hex with colons. */
  readonly identifier?: string;
}

/** `01:aa:…` or `AA:…` without separators → lower case with colons; undefined for anything else. */
export function octets(text: string): string | undefined {
  const hex = text.replaceAll(/[:-]/g, '').toLowerCase();
  if (hex.length === 0 || hex.length > 512 || hex.length % 2 !== 0) return undefined;
  if (!/^[0-9a-f]+$/.test(hex)) return undefined;
  return hex.replaceAll(/(..)(?!$)/g, '$1:');
}

/**
 * What outlives a lease. A DHCPv4 client identifier of type 255 carries the DUID behind a 4-byte
 * IAID (RFC 4361 §6.1): only the DUID is kept, so that it equals the one in the DHCPv6 lease.
 */
export function dhcpIdentity(identifier: string): string {
  const parts = identifier.split(':');
  return parts[0] === 'ff' && parts.length > 7 ? parts.slice(5).join(':') : identifier;
}

export function canonicalAddress(text: string): string | undefined {
  const address = parseAddress(text);
  return address === undefined || text.includes('%') ? undefined : formatAddress(address);
}

/** The statements of one lease. A server's word is one side of the story: `likely`. */
export function leaseEvidence(lease: Lease, options: ImportOptions): readonly NewEvidence[] {
  const subject: Subject = {
    address: lease.address,
    ...(lease.mac === undefined ? {} : { mac: lease.mac }),
  };
  const facts: Fact[] = [{ kind: 'present', via: 'lease' }];
  if (lease.name !== undefined && lease.name !== '') {
    facts.push({ kind: 'attribute', name: 'name', value: untrusted(lease.name) });
  }
  if (lease.identifier !== undefined) {
    const value = untrusted(dhcpIdentity(lease.identifier));
    facts.push({ kind: 'identifier', scheme: 'dhcp', value });
  }
  return facts.map((fact) => ({
    at: lease.at,
    source: 'import',
    observer: options.observer,
    subject,
    certainty: 'likely',
    fact,
  }));
}
