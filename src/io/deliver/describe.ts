import type { AlertBook } from '../../alerts/book.ts';
import type { Untrusted } from '../../base/untrusted.ts';
import { reveal, visible } from '../../base/untrusted.ts';
import type { Device } from '../../model/device.ts';
import type { AttributeName } from '../../model/evidence.ts';
import type { Site } from '../../model/site.ts';
import type { NoticeDevice } from '../../notifiers/notifier.ts';

/** Milliseconds for which what is known of the devices is not asked again. */
const GOOD_FOR = 10_000;

export interface DescribeOptions {
  site(): Site;
  now(): number;
  /** Alerts, where they are at hand. */
  book?(): AlertBook;
}

/** What is known of the device with a MAC or an address, for sinks that show devices. */
export function describer(options: DescribeOptions): (key: string) => NoticeDevice | undefined {
  let site: Site | undefined;
  let at = 0;
  return (key) => {
    const now = options.now();
    if (site === undefined || Math.abs(now - at) > GOOD_FOR) {
      site = options.site();
      at = now;
    }
    const found = site.devices.find(
      ({ macs, addresses, keys, id }) =>
        id === key || macs.includes(key) || addresses.includes(key) || keys.includes(key),
    );
    return found === undefined ? undefined : describe(found, site, options.book?.());
  };
}

function describe(device: Device, site: Site, book: AlertBook | undefined): NoticeDevice {
  const own = (name: AttributeName): Untrusted | undefined => device.attributes[name]?.[0]?.value;
  const services = site.services.filter(
    ({ device: of, state }) => of === device.id && state === 'open',
  );
  return {
    id: device.id,
    name: visible(reveal(device.name)),
    macs: device.macs.slice(0, 8),
    addresses: device.addresses.slice(0, 8),
    services: services.length,
    ...text('vendor', own('vendor')),
    ...text('model', own('model')),
    ...text('firmware', own('firmware')),
    ...(book === undefined ? {} : { openAlerts: openAlerts(device, book) }),
  };
}

function text<Name extends 'vendor' | 'model' | 'firmware'>(
  name: Name,
  value: Untrusted | undefined,
): { readonly [key in Name]?: string } | object {
  return value === undefined ? {} : { [name]: visible(reveal(value)) };
}

function openAlerts(device: Device, book: AlertBook): number {
  const keys = new Set([...device.macs, ...device.addresses, ...device.keys]);
  let count = 0;
  for (const { alert } of book.open()) {
    if (keys.has(alert.last.devices[0] ?? '')) count += 1;
  }
  return count;
}
