import { parseMac } from '../base/address.ts';
import type { NewEvidence } from '../model/evidence.ts';
import { fieldsOf, flatObjects } from './flat-objects.ts';
import type { Imported, Importer, ImportOptions } from './importer.ts';
import type { Lease } from './lease.ts';
import { canonicalAddress, leaseEvidence, octets } from './lease.ts';
import { decode, Problems } from './text-lines.ts';

/** Addresses of one DHCPv6 lease that are kept. */
const ADDRESSES = 16;

export const luci = {
  id: 'luci',
  title: 'OpenWrt leases as JSON (ubus call luci-rpc getDHCPLeases)',
  sources: ['OpenWrt LuCI libs/rpcd-mod-luci/src/luci.c (rpc_luci_get_dhcp_leases)'],
  recognise: (start) => {
    const text = decode(start);
    return text.trimStart().startsWith('{') && /"dhcp6?_leases"\s*:\s*\[/.test(text);
  },
  read,
} as const satisfies Importer;

function read(document: Uint8Array, options: ImportOptions): Imported {
  const problems = new Problems();
  const evidence: NewEvidence[] = [];
  for (const { line, text } of flatObjects(decode(document))) {
    const leases = leasesIn(fieldsOf(text), options.at);
    if (leases.length === 0) problems.add(line, 'is no lease of luci-rpc');
    for (const lease of leases) evidence.push(...leaseEvidence(lease, options));
  }
  return { evidence, problems: problems.all };
}

/** One lease an address: DHCPv6 gives several at once. It runs, since the file lists no others. */
function leasesIn(
  fields: Readonly<Record<string, unknown>> | undefined,
  at: number,
): readonly Lease[] {
  if (fields === undefined) return [];
  const more: unknown = fields['ip6addrs'];
  const texts: readonly unknown[] = [
    fields['ipaddr'],
    fields['ip6addr'],
    ...(Array.isArray(more) ? more.slice(0, ADDRESSES) : []),
  ];
  const addresses = new Set(texts.map((text) => canonicalAddress(word(text))));
  const mac = parseMac(word(fields['macaddr']));
  const identifier = octets(word(fields['duid']));
  return [...addresses]
    .filter((address) => address !== undefined)
    .map((address) => ({
      address,
      at,
      name: word(fields['hostname']),
      ...(mac === undefined ? {} : { mac }),
      ...(identifier === undefined ? {} : { identifier }),
    }));
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
