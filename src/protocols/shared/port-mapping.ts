import { formatAddress, parseAddress } from '../../base/address.ts';
import { untrusted } from '../../base/untrusted.ts';
import type { Transport } from '../../model/core.ts';
import type { MappingFact } from '../../model/evidence.ts';

/** Names of the values of a mapping in WANIPConnection:2 §2.4.16, and in the list of §2.5.21. */
type Values = ReadonlyMap<string, string>;

/** What one entry says: a mapping, one that is switched off, or nothing that can be understood. */
export type Entry = MappingFact | 'disabled' | 'unreadable';

/** The arguments of AddPortMapping, and the answer to each way of listing (WANIPConnection:2). */
export function mappingEntry(values: Values, outsideAddress?: string): Entry {
  const transport = transportOf(values.get('NewProtocol') ?? '');
  const outsidePort = portOf(values.get('NewExternalPort'));
  const insidePort = portOf(values.get('NewInternalPort'));
  const insideAddress = addressOf(values.get('NewInternalClient'));
  if (transport === undefined || outsidePort === undefined) return 'unreadable';
  if (insidePort === undefined || insideAddress === undefined) return 'unreadable';
  if (/^(0|false|no)$/i.test(values.get('NewEnabled') ?? '')) return 'disabled';
  return {
    kind: 'mapping',
    transport,
    outsidePort,
    insideAddress,
    insidePort,
    via: 'upnp-igd',
    ...described(values.get('NewPortMappingDescription') ?? values.get('NewDescription')),
    ...known({
      outsideAddress,
      remoteHost: addressOf(values.get('NewRemoteHost')),
      leaseSeconds: secondsOf(values.get('NewLeaseDuration') ?? values.get('NewLeaseTime')),
    }),
  };
}

/** The words that whoever asked gave it; without any, only the protocol speaks for it. */
function described(text = ''): Pick<MappingFact, 'by' | 'description'> {
  return text === ''
    ? { by: untrusted('UPnP') }
    : { by: untrusted(text), description: untrusted(text) };
}

type Partly<T> = { readonly [K in keyof T]?: T[K] | undefined };
type Known<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the members that are not known. */
export function known<T extends object>(parts: Partly<T>): Known<T> {
  const entries = Object.entries(parts).filter(([, value]) => value !== undefined);
  const found: object = Object.fromEntries(entries);
  return found;
}

/** `TCP`, `UDP`, in any case. */
export function transportOf(text: string): Transport | undefined {
  const lower = text.slice(0, 8).toLowerCase();
  return lower === 'tcp' || lower === 'udp' ? lower : undefined;
}

/** Decimal, 0 to 65535. */
export function portOf(text: string | undefined): number | undefined {
  const number = /^\d{1,5}$/.test(text ?? '') ? Number(text) : Number.NaN;
  return number <= 65_535 ? number : undefined;
}

/** Canonical text of an address; undefined for a name, a wildcard or nothing. */
export function addressOf(text: string | undefined): string | undefined {
  const address = parseAddress((text ?? '').slice(0, 64));
  if (address === undefined || address.value === 0n) return undefined;
  return formatAddress(address);
}

/** Decimal seconds (ui4). */
export function secondsOf(text: string | undefined): number | undefined {
  return /^\d{1,10}$/.test(text ?? '') ? Number(text) : undefined;
}
