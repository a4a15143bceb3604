/**
 * Domains of makers whose things call home there, each the maker's own brand or that of its cloud.
 * An app on a phone calls the same names, so this is a hint and no more.
 */
const VENDORS: ReadonlyMap<string, string> = new Map([
  ['arlo.com', 'Arlo'],
  ['ecobee.com', 'ecobee'],
  ['ewelink.cc', 'Sonoff'],
  ['hik-connect.com', 'Hikvision'],
  ['irobotapi.com', 'iRobot'],
  ['lifx.co', 'LIFX'],
  ['meethue.com', 'Philips Hue'],
  ['nest.com', 'Nest'],
  ['netatmo.net', 'Netatmo'],
  ['reolink.com', 'Reolink'],
  ['ring.com', 'Ring'],
  ['roku.com', 'Roku'],
  ['shelly.cloud', 'Shelly'],
  ['smartthings.com', 'Samsung'],
  ['sonos.com', 'Sonos'],
  ['tplinkcloud.com', 'TP-Link'],
  ['tuyacn.com', 'Tuya'],
  ['tuyaeu.com', 'Tuya'],
  ['tuyaus.com', 'Tuya'],
  ['withings.net', 'Withings'],
  ['wyze.com', 'Wyze'],
]);

/** The maker whose cloud a host name belongs to. */
export function cloudVendor(hostName: string): string | undefined {
  const labels = hostName.toLowerCase().split('.');
  return VENDORS.get(labels.slice(-2).join('.'));
}
