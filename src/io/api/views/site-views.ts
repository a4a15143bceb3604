import type { AlertItem } from '../../../model/api/alerts.ts';
import type { DeviceItem, FindingItem, LedgerItem, ServiceItem } from '../../../model/api/site.ts';
import type { Resource } from '../../../query/field.ts';
import { Listing } from '../../../query/listing.ts';
import { alerts } from '../../../query/resources/alerts.ts';
import { devices } from '../../../query/resources/devices.ts';
import { findings } from '../../../query/resources/findings.ts';
import { ledger } from '../../../query/resources/ledger.ts';
import { services } from '../../../query/resources/services.ts';
import { alertItem } from './alert-items.ts';
import { deviceItem } from './device-items.ts';
import { findingItem, ledgerItem, serviceItem } from './port-items.ts';
import type { Sources } from './site-facts.ts';
import { SiteFacts } from './site-facts.ts';

/** The lists of one state of the site. Each is made when it is first asked for, and kept. */
export class SiteViews {
  readonly facts: SiteFacts;
  #devices: Listing<DeviceItem> | undefined;
  #services: Listing<ServiceItem> | undefined;
  #ledger: Listing<LedgerItem> | undefined;
  #findings: Listing<FindingItem> | undefined;
  #alerts: Listing<AlertItem> | undefined;

  constructor(sources: Sources) {
    this.facts = new SiteFacts(sources);
  }

  get devices(): Listing<DeviceItem> {
    this.#devices ??= this.#list(this.facts.site.devices, deviceItem, devices);
    return this.#devices;
  }

  get services(): Listing<ServiceItem> {
    this.#services ??= this.#list(this.facts.site.services, serviceItem, services);
    return this.#services;
  }

  get ledger(): Listing<LedgerItem> {
    this.#ledger ??= this.#list(this.facts.site.ledger, ledgerItem, ledger);
    return this.#ledger;
  }

  get findings(): Listing<FindingItem> {
    this.#findings ??= this.#list(this.facts.site.findings, findingItem, findings);
    return this.#findings;
  }

  get alerts(): Listing<AlertItem> {
    this.#alerts ??= this.#list(this.facts.alerts, alertItem, alerts);
    return this.#alerts;
  }

  #list<Part, Item>(
    parts: readonly Part[],
    view: (facts: SiteFacts, part: Part) => Item,
    resource: Resource<Item>,
  ): Listing<Item> {
    return new Listing(
      parts.map((part) => view(this.facts, part)),
      resource,
    );
  }
}
