import type { Category } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { DetectorContext } from './detector.ts';

/** Names of the Internet by which a device is taken for one that a person uses. */
const MANY = 24;
/** The same where its category says so too: a store of files is a computer as well, and knows three. */
const SOME = 8;
const DEVICES = 8_192;

/** Words in names that systems give themselves (Android, iOS, macOS, Windows, televisions). */
const GENERAL =
  /\b(?:i?phone|ipad|tablet|android|galaxy|pixel|laptop|notebook|macbook|imac|desktop|pc|tv|xbox|playstation)\b/i;

/**
 * Whether a device does one thing or what a person wants: by how many different sites it looks for.
 * A lamp knows two or three, a telephone hundreds.
 */
export class Purposes {
  readonly #sites = new Map<string, Set<string>>();

  note(observation: Observation, { deviceOf }: DetectorContext): void {
    if (observation.kind !== 'lookup' || observation.rcode === undefined) return;
    if (observation.rcode !== 0) return;
    const { address, mac } = observation.client;
    const device = deviceOf(address, mac);
    const sites = this.#sites.get(device) ?? new Set();
    if (sites.size >= MANY) return;
    sites.add(observation.name.split('.').slice(-2).join('.'));
    if (this.#sites.size < DEVICES || this.#sites.has(device)) this.#sites.set(device, sites);
  }

  /** Of the sites that devices looked for, estimated. */
  get octets(): number {
    let octets = 0;
    for (const sites of this.#sites.values()) octets += 280 + sites.size * 72;
    return octets;
  }

  of(device: string, category: Category | 'unknown', hostName: string): Purpose {
    if (GENERAL.test(hostName)) return 'general';
    const sites = this.#sites.get(device)?.size ?? 0;
    if (sites >= (category === 'general-purpose' ? SOME : MANY)) return 'general';
    return category === 'unknown' && sites === 0 ? 'unknown' : 'single';
  }
}

type Purpose = 'single' | 'general' | 'unknown';
