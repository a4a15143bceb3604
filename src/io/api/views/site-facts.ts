import type { AlertBook } from '../../../alerts/book.ts';
import { Names } from '../../../alerts/names.ts';
import { shownAddress } from '../../../base/address.ts';
import { reveal } from '../../../base/untrusted.ts';
import type { Alert } from '../../../model/alert.ts';
import type { Named } from '../../../model/api/common.ts';
import type { PolicyState } from '../../../model/api/site.ts';
import type { Severity } from '../../../model/core.ts';
import { compareSeverity } from '../../../model/core.ts';
import type { Device } from '../../../model/device.ts';
import type { AttributeName } from '../../../model/evidence.ts';
import type { Finding } from '../../../model/finding.ts';
import type { LedgerRow } from '../../../model/ledger.ts';
import type { Policy } from '../../../model/policy.ts';
import type { Service } from '../../../model/service.ts';
import type { Site } from '../../../model/site.ts';
import { groupBy } from '../../../reports/shared/view.ts';
import { Zones } from './zones.ts';

/** What the views are made of. */
export interface Sources {
  readonly site: Site;
  readonly alerts: Pick<AlertBook, 'all'>;
  readonly policy: Policy | undefined;
  /** Of the configuration: name → networks. */
  readonly zones: Readonly<Record<string, readonly string[]>>;
}

/** One state of the site, with everything by the device to which it belongs. */
export class SiteFacts {
  readonly site: Site;
  readonly zones: Zones;
  /** Devices by their MAC and IP addresses, as alerts and flows name them. */
  readonly names: Names;
  readonly alerts: readonly Alert[];
  readonly #devices: ReadonlyMap<string, Device>;
  readonly #services: ReadonlyMap<string, readonly Service[]>;
  readonly #rows: ReadonlyMap<string, readonly LedgerRow[]>;
  readonly #findings: ReadonlyMap<string, readonly Finding[]>;
  readonly #openAlerts: ReadonlyMap<string, readonly Alert[]>;
  readonly #states: ReadonlyMap<string, PolicyState>;

  constructor({ site, alerts, policy, zones }: Sources) {
    this.site = site;
    this.zones = new Zones(policy, zones);
    this.names = new Names(site);
    this.alerts = Array.from(alerts.all(), (known) => known.alert);
    this.#devices = new Map(site.devices.map((device) => [device.id, device]));
    this.#services = groupBy(site.services, ({ device }) => device);
    this.#rows = groupBy(site.ledger, ({ device }) => device);
    this.#findings = groupBy(site.findings, ({ device }) => device);
    this.#openAlerts = this.#alertsByDevice();
    this.#states = new Map(
      Object.values(policy?.endpoints ?? {}).flatMap((endpoint) =>
        endpoint.kind === 'device' ? [[endpoint.device, endpoint.state] as const] : [],
      ),
    );
  }

  device(id: string): Device | undefined {
    return this.#devices.get(id);
  }

  servicesOf(device: string): readonly Service[] {
    return this.#services.get(device) ?? [];
  }

  rowsOf(device: string): readonly LedgerRow[] {
    return this.#rows.get(device) ?? [];
  }

  findingsOf(device: string): readonly Finding[] {
    return this.#findings.get(device) ?? [];
  }

  /** Those that are not resolved. */
  openAlertsOf(device: string): readonly Alert[] {
    return this.#openAlerts.get(device) ?? [];
  }

  policyStateOf(device: string): PolicyState {
    return this.#states.get(device) ?? 'none';
  }

  /** By id. */
  named(id: string): Named {
    const device = this.#devices.get(id);
    return { id, name: device === undefined ? id : reveal(device.name) };
  }

  /** By an address or a MAC; one that is nobody's stands for itself. */
  namedBy(key: string): Named {
    const device = this.names.device(key);
    return device === undefined ? { id: key, name: key } : this.named(device.id);
  }

  zoneOf({ addresses }: Device): string {
    return this.zones.of(shownAddress(addresses) ?? '');
  }

  #alertsByDevice(): ReadonlyMap<string, readonly Alert[]> {
    const found = new Map<string, Alert[]>();
    for (const alert of this.alerts) {
      if (alert.state === 'resolved') continue;
      const ids = alert.last.devices.flatMap((key) => this.names.device(key)?.id ?? []);
      for (const id of new Set(ids)) {
        const own = found.get(id);
        if (own === undefined) found.set(id, [alert]);
        else own.push(alert);
      }
    }
    return found;
  }
}

/** What is believed of an attribute, as plain text. */
export function textOf(device: Device, name: AttributeName): string {
  const value = device.attributes[name]?.[0]?.value;
  return value === undefined ? '' : reveal(value);
}

export function worst(severities: Iterable<Severity>): Severity | 'none' {
  let found: Severity | 'none' = 'none';
  for (const severity of severities) {
    if (found === 'none' || compareSeverity(severity, found) > 0) found = severity;
  }
  return found;
}
