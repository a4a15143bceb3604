import type { AlertBook } from '../../alerts/book.ts';
import type { Untrusted } from '../../base/untrusted.ts';
import { reveal, visible } from '../../base/untrusted.ts';
import type { Alert } from '../../model/alert.ts';
import type { Severity } from '../../model/core.ts';
import { compareSeverity } from '../../model/core.ts';
import type { Device } from '../../model/device.ts';
import type { AttributeName } from '../../model/evidence.ts';
import type { Site } from '../../model/site.ts';
import type { NoticeDevice } from '../../notifiers/notifier.ts';
import { typeWords } from '../../notifiers/shared/words.ts';

/** Milliseconds for which what is known of the devices is not asked again. */
const GOOD_FOR = 10_000;
/** Milliseconds after which a device that says nothing is taken to be off. */
const ONLINE = 3_600_000;
/** Devices that a sink is told of at once. */
const MOST = 2000;

export interface DescribeOptions {
  site(): Site;
  now(): number;
  /** Alerts, where they are at hand. */
  book?(): AlertBook;
}

/** What is known of the device with a MAC or an address, for sinks that show devices. */
export function describer(options: DescribeOptions): (key: string) => NoticeDevice | undefined {
  let facts: SiteFigures | undefined;
  let at = 0;
  return (key) => {
    const now = options.now();
    if (facts === undefined || Math.abs(now - at) > GOOD_FOR) {
      facts = new SiteFigures(options.site(), now);
      at = now;
    }
    const found = facts.site.devices.find(
      ({ macs, addresses, keys, id }) =>
        id === key || macs.includes(key) || addresses.includes(key) || keys.includes(key),
    );
    return found === undefined ? undefined : facts.describe(found, options.book?.());
  };
}

/** All devices of a site, or as many as a sink can show. */
export function describeAll(site: Site, book: AlertBook, now: number): readonly NoticeDevice[] {
  const facts = new SiteFigures(site, now);
  return site.devices.slice(0, MOST).map((device) => facts.describe(device, book));
}

class SiteFigures {
  readonly site: Site;
  readonly #now: number;
  /** When anything at all was seen last. */
  readonly #newest: number;
  /** By device: services that answer, and its worst finding. */
  readonly #services = new Map<string, number>();
  readonly #findings = new Map<string, Severity>();

  constructor(site: Site, now: number) {
    this.site = site;
    this.#now = now;
    this.#newest = site.devices.reduce((most, { lastSeen }) => Math.max(most, lastSeen), 0);
    for (const { device, state } of site.services) {
      if (state === 'open') this.#services.set(device, (this.#services.get(device) ?? 0) + 1);
    }
    for (const { device, severity } of site.findings) {
      this.#findings.set(device, worse(this.#findings.get(device), severity));
    }
  }

  describe(device: Device, book: AlertBook | undefined): NoticeDevice {
    const own = (name: AttributeName): Untrusted | undefined => device.attributes[name]?.[0]?.value;
    const online = this.#isOnline(device);
    return {
      id: device.id,
      name: visible(reveal(device.name)),
      macs: device.macs.slice(0, 8),
      addresses: device.addresses.slice(0, 8),
      services: this.#services.get(device.id) ?? 0,
      ...text('vendor', own('vendor')),
      ...text('model', own('model')),
      ...text('firmware', own('firmware')),
      ...(online === undefined ? {} : { online }),
      ...(book === undefined ? {} : this.#alerts(device, book)),
    };
  }

  /** Where nothing was seen, a device that was not seen either may well be there. */
  #isOnline({ lastSeen }: Device): boolean | undefined {
    if (this.#now - lastSeen <= ONLINE) return true;
    return this.#now - this.#newest <= ONLINE ? false : undefined;
  }

  #alerts(
    device: Device,
    book: AlertBook,
  ): Pick<NoticeDevice, 'openAlerts' | 'lastAlert' | 'risk'> {
    const keys = new Set([...device.macs, ...device.addresses, ...device.keys]);
    const open: Alert[] = [];
    for (const { alert } of book.open()) {
      if (keys.has(alert.last.devices[0] ?? '')) open.push(alert);
    }
    const worst = open.reduce(
      (most: Severity | undefined, { severity }) => worse(most, severity),
      this.#findings.get(device.id),
    );
    const [newest] = open.toSorted((a, b) => b.last.at - a.last.at);
    return {
      openAlerts: open.length,
      risk: worst ?? 'none',
      ...(newest === undefined ? {} : { lastAlert: typeWords(newest.last.type) }),
    };
  }
}

function worse(a: Severity | undefined, b: Severity): Severity {
  return a === undefined || compareSeverity(b, a) > 0 ? b : a;
}

function text<Name extends 'vendor' | 'model' | 'firmware'>(
  name: Name,
  value: Untrusted | undefined,
): { readonly [key in Name]?: string } | object {
  return value === undefined ? {} : { [name]: visible(reveal(value)) };
}
