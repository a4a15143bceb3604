import { shownAddress } from '../base/address.ts';
import type { Untrusted } from '../base/untrusted.ts';
import { quote } from '../base/untrusted.ts';
import type { Signal } from '../model/alert.ts';
import type { Device } from '../model/device.ts';
import type { Site } from '../model/site.ts';
import { spoken } from '../model/spoken.ts';

/** What a device of a signal (a MAC or an address) is called here. */
export class Names {
  readonly #byKey = new Map<string, Device>();

  constructor(site: Pick<Site, 'devices'>) {
    for (const device of site.devices) {
      for (const key of [...device.macs, ...device.addresses, ...device.keys]) {
        this.#byKey.set(key, device);
      }
    }
  }

  device(key: string): Device | undefined {
    return this.#byKey.get(key);
  }

  nameOf(key: string): Untrusted | string {
    return this.#byKey.get(key)?.name ?? key;
  }

  /** What a detector wrote, with the names of devices in quotes. */
  said(signal: Pick<Signal, 'devices' | 'peer'>, text: string): string {
    return spoken(signal, text, (key) => {
      const device = this.#byKey.get(key);
      return device === undefined ? undefined : quote(device.name);
    });
  }

  /** `"Front camera" (PTL-D-7F3K, 192.168.1.31, 44:19:b6:00:11:22)`. */
  text(key: string): string {
    const device = this.#byKey.get(key);
    if (device === undefined) return key;
    const where = [device.id, shownAddress(device.addresses), device.macs[0]].filter(
      (part) => part !== undefined,
    );
    return `${quote(device.name)} (${where.join(', ')})`;
  }
}
