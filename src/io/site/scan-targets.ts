import { PortolanError } from '../../base/errors.ts';
import { closest } from '../../base/suggest.ts';
import type { Site } from '../../model/site.ts';
import type { Settings } from '../config.ts';
import { findDevice } from './session.ts';

/**
 * The words of a target list with those of our own (`device:NAME`, `PTL-D-7F3K`, `zone:NAME`) put
 * into addresses and networks; the others are nmap's, and stay as they are.
 *
 * @param site asked only where a device is named
 * @throws PortolanError E_NOT_FOUND, E_TARGET
 */
export function spelledOut(
  words: readonly string[],
  zones: Settings['zones'],
  site: () => Site,
): readonly string[] {
  return words.flatMap((word) => {
    if (/^zone:/i.test(word)) return networksOf(word.slice('zone:'.length), zones);
    if (/^device:/i.test(word)) return addressesOf(word.slice('device:'.length), site());
    return /^ptl-d-/i.test(word) ? addressesOf(word, site()) : [word];
  });
}

function networksOf(name: string, zones: Settings['zones']): readonly string[] {
  const networks = zones[name];
  if (networks !== undefined && networks.length > 0) return networks;
  const names = Object.keys(zones);
  const best = closest(name, names);
  const known = names.length === 0 ? 'there are none yet' : `they are: ${names.join(', ')}`;
  throw new PortolanError('E_NOT_FOUND', `There is no zone "${name}" in the configuration`, {
    remedy: `Zones stand under "zones:", ${known}${best === undefined ? '' : `; did you mean ${best}?`}`,
  });
}

/** The addresses that it has now; one without any (Zigbee, Bluetooth) cannot be asked. */
function addressesOf(wanted: string, site: Site): readonly string[] {
  const device = findDevice(site, wanted);
  if (device.addresses.length > 0) return device.addresses;
  throw new PortolanError('E_TARGET', `${device.id} has no address that could be asked`, {
    remedy: `Scan the hub that speaks for it: portolan devices show ${device.id}`,
  });
}
