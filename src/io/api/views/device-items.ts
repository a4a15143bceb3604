import { shownAddress } from '../../../base/address.ts';
import { reveal } from '../../../base/untrusted.ts';
import type { DeviceItem, ServiceChip } from '../../../model/api/site.ts';
import type { Device } from '../../../model/device.ts';
import type { Finding } from '../../../model/finding.ts';
import type { LedgerRow } from '../../../model/ledger.ts';
import type { Service } from '../../../model/service.ts';
import type { SiteFacts } from './site-facts.ts';
import { textOf, worst } from './site-facts.ts';

/** A device as a list shows it. */
export function deviceItem(facts: SiteFacts, device: Device): DeviceItem {
  const { id, addresses, macs, category, firstSeen, lastSeen, behind } = device;
  const rows = facts.rowsOf(id);
  const findings = facts.findingsOf(id);
  const alerts = facts.openAlertsOf(id);
  return {
    id,
    name: reveal(device.name),
    vendor: textOf(device, 'vendor'),
    model: textOf(device, 'model'),
    firmware: textOf(device, 'firmware'),
    kind: textOf(device, 'kind'),
    category,
    zone: facts.zoneOf(device),
    address: shownAddress(addresses) ?? '',
    addresses,
    macs,
    risk: worst([...findings, ...alerts].map(({ severity }) => severity)),
    findings: findings.length,
    alerts: alerts.length,
    services: chips(facts.servicesOf(id), rows),
    unused: rows.filter(isUnused).length,
    needed: rows.filter(({ needed }) => needed.answer === 'yes').length,
    known: rows.filter(({ needed }) => needed.answer !== 'unknown').length,
    policy: facts.policyStateOf(id),
    reachable: findings.some(isWayIn),
    fragile: device.robustness === 'fragile',
    firstSeen,
    lastSeen,
    ...(behind === undefined ? {} : { behind }),
  };
}

/** Rules that find a way in from the internet. */
const WAYS_IN: ReadonlySet<string> = new Set(['port-mapping', 'ipv6-firewall-off']);

export function isWayIn({ rule }: Finding): boolean {
  return WAYS_IN.has(rule);
}

/** Open, traffic was seen, and none of it was for this port. */
export function isUnused({ direction, open, used }: LedgerRow): boolean {
  return direction === 'to-device' && open.answer === 'yes' && used.answer === 'no';
}

function chips(services: readonly Service[], rows: readonly LedgerRow[]): readonly ServiceChip[] {
  return services
    .filter(({ state }) => state === 'open')
    .map((service) => ({
      transport: service.transport,
      port: service.port,
      protocol: service.protocol,
      verdict: rowOf(rows, service)?.verdict ?? 'unknown',
    }))
    .sort((a, b) => a.port - b.port || a.transport.localeCompare(b.transport, 'en'));
}

/** The row of a port that a device offers. */
export function rowOf(
  rows: readonly LedgerRow[],
  { transport, port }: Pick<Service, 'transport' | 'port'>,
): LedgerRow | undefined {
  return rows.find(
    (row) => row.direction === 'to-device' && row.port === port && row.transport === transport,
  );
}
