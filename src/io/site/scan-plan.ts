import { lookup } from 'node:dns/promises';
import type { AddressRange } from '../../base/address.ts';
import { PortolanError } from '../../base/errors.ts';
import type { Pace } from '../../model/scan.ts';
import type { Site } from '../../model/site.ts';
import type { Settings } from '../config.ts';
import { links } from '../discover/interfaces.ts';
import type { Ports } from '../scan/ports.ts';
import { namedPorts, readPorts } from '../scan/ports.ts';
import type { ScanPlan } from '../scan/scan-types.ts';
import { checkTargets, defaultTargets, scopeOf } from '../scan/scope.ts';
import type { Targets } from '../scan/targets.ts';
import { readTargets } from '../scan/targets.ts';
import { spelledOut } from './scan-targets.ts';

/** What somebody asked for, in words; what is absent is as configured. */
export interface ScanWords {
  /** Addresses, networks, names, `device:…`, `zone:…`; none for the configured scope. */
  readonly targets: readonly string[];
  readonly exclude?: readonly string[];
  /** Networks beyond the configured scope. */
  readonly scope?: readonly string[];
  /** Why these may be asked though they are not this machine's own. */
  readonly reason?: string;
  readonly ports?: string;
  readonly pace?: Pace;
  readonly assumeUp?: boolean;
  readonly discoverOnly?: boolean;
  readonly greetOnly?: boolean;
}

/**
 * What was asked for and configured → what is going to be done. Nothing is sent but DNS queries for
 * names.
 *
 * @param site what is believed now; asked only where a device is named
 * @throws PortolanError E_TARGET, E_SCOPE, E_PORTS, E_NOT_FOUND
 */
export async function makeScanPlan(
  words: ScanWords,
  settings: Settings,
  id: string,
  site: () => Site,
): Promise<ScanPlan> {
  const { reason } = words;
  const scope = scopeOf({
    wanted: await ranges([...settings.scope, ...(words.scope ?? [])]),
    exclude: await ranges([
      ...settings.never_touch,
      ...spelledOut(words.exclude ?? [], settings.zones, site),
    ]),
    ...(reason === undefined ? {} : { reason }),
  });
  const named = await targetsOf(spelledOut(words.targets, settings.zones, site));
  const targets =
    words.targets.length > 0 ? named.ranges : fallback(settings, await ranges(settings.scope));
  checkTargets(targets, scope);
  const { tcp, udp } = portsOf(words.ports ?? settings.ports);
  return {
    id,
    targets,
    ...(named.zones.length > 0 ? { zones: named.zones } : {}),
    scope,
    tcp,
    udp,
    pace: words.pace ?? settings.pace,
    assumeUp: words.assumeUp === true,
    discoverOnly: words.discoverOnly === true,
    read: words.greetOnly !== true,
  };
}

function fallback(
  settings: Settings,
  configured: readonly AddressRange[],
): readonly AddressRange[] {
  return settings.scope.length > 0 ? configured : defaultTargets();
}

/** @throws PortolanError E_TARGET */
export async function ranges(words: readonly string[]): Promise<readonly AddressRange[]> {
  return (await targetsOf(words)).ranges;
}

/** @throws PortolanError E_TARGET where an interface after % is none of this machine's */
async function targetsOf(words: readonly string[]): Promise<Pick<Targets, 'ranges' | 'zones'>> {
  if (words.length === 0) return { ranges: [], zones: [] };
  const found = await readTargets(words, resolve);
  const names = new Set(links().map(({ name }) => name));
  const missing = found.zones.find((zone) => !names.has(zone));
  if (missing === undefined) return found;
  throw new PortolanError('E_TARGET', `There is no interface "${missing}" on this machine`, {
    remedy: `After % stands one of: ${[...names].join(', ')}`,
  });
}

/** A name is looked up once; what it resolves to is what is checked and connected to. */
async function resolve(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

/** @throws PortolanError E_PORTS */
export function portsOf(text: string): Ports {
  return /^[a-z]/.test(text) ? namedPorts(text) : readPorts(text);
}
