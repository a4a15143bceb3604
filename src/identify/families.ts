import type { Certainty } from '../model/core.ts';
import type { Conclusion } from './identifier.ts';

/** What a word in a banner, a title or a name says of whoever shows it. */
export interface Family {
  /** Lower case; has to stand at the start of a word. */
  readonly word: string;
  readonly vendor?: string;
  readonly model?: string;
  readonly kind?: string;
  readonly os?: string;
}

/**
 * Words by which products call themselves in `Server`, titles, realms, UPnP and SNMP descriptions,
 * host names and certificates. Specific ones stand first: the first that fits is taken for each
 * attribute. Each is the maker's own product name; what a word alone does not prove is left out.
 */
const FAMILIES: readonly Family[] = [
  { word: 'shelly', vendor: 'Shelly', kind: 'relay' },
  { word: 'tasmota', vendor: 'Tasmota', kind: 'relay' },
  { word: 'esphome', vendor: 'ESPHome', kind: 'microcontroller' },
  { word: 'wled', vendor: 'WLED', kind: 'light' },
  { word: 'philips hue', vendor: 'Philips Hue', model: 'Hue Bridge', kind: 'bridge' },
  { word: 'philips-hue', vendor: 'Philips Hue', model: 'Hue Bridge', kind: 'bridge' },
  { word: 'hue bridge', vendor: 'Philips Hue', model: 'Hue Bridge', kind: 'bridge' },
  { word: 'ipbridge', vendor: 'Philips Hue', model: 'Hue Bridge', kind: 'bridge' },
  { word: 'tradfri', vendor: 'IKEA', model: 'TRADFRI', kind: 'bridge' },
  { word: 'dirigera', vendor: 'IKEA', model: 'DIRIGERA', kind: 'bridge' },
  { word: 'nanoleaf', vendor: 'Nanoleaf', kind: 'light' },
  { word: 'lifx', vendor: 'LIFX', kind: 'light' },
  { word: 'yeelight', vendor: 'Yeelight', kind: 'light' },
  { word: 'home assistant', vendor: 'Home Assistant', kind: 'hub' },
  { word: 'homeassistant', vendor: 'Home Assistant', kind: 'hub' },
  { word: 'zigbee2mqtt', vendor: 'Zigbee2MQTT', kind: 'bridge' },
  { word: 'openhab', vendor: 'openHAB', kind: 'hub' },
  { word: 'homematic', vendor: 'eQ-3', kind: 'hub' },
  { word: 'smartthings', vendor: 'Samsung', kind: 'hub' },
  { word: 'sonos', vendor: 'Sonos', kind: 'speaker' },
  { word: 'bose', vendor: 'Bose', kind: 'speaker' },
  { word: 'echo dot', vendor: 'Amazon', model: 'Echo Dot', kind: 'speaker' },
  { word: 'amazon echo', vendor: 'Amazon', model: 'Echo', kind: 'speaker' },
  { word: 'google home', vendor: 'Google', kind: 'speaker' },
  { word: 'chromecast', vendor: 'Google', model: 'Chromecast', kind: 'media player' },
  { word: 'roku', vendor: 'Roku', kind: 'media player' },
  { word: 'bravia', vendor: 'Sony', kind: 'tv' },
  { word: 'webos', vendor: 'LG', kind: 'tv' },
  { word: 'nest', vendor: 'Nest', kind: 'thermostat' },
  { word: 'ecobee', vendor: 'ecobee', kind: 'thermostat' },
  { word: 'tado', vendor: 'tado', kind: 'thermostat' },
  { word: 'hikvision', vendor: 'Hikvision', kind: 'camera' },
  { word: 'dahua', vendor: 'Dahua', kind: 'camera' },
  { word: 'reolink', vendor: 'Reolink', kind: 'camera' },
  { word: 'foscam', vendor: 'Foscam', kind: 'camera' },
  { word: 'amcrest', vendor: 'Amcrest', kind: 'camera' },
  { word: 'axis', vendor: 'Axis', kind: 'camera' },
  { word: 'ip camera', kind: 'camera' },
  { word: 'ipcam', kind: 'camera' },
  { word: 'network camera', kind: 'camera' },
  { word: 'simatic', vendor: 'Siemens', kind: 'plc' },
  { word: 's7-1', vendor: 'Siemens', kind: 'plc' },
  { word: 's7-3', vendor: 'Siemens', kind: 'plc' },
  { word: 's7-4', vendor: 'Siemens', kind: 'plc' },
  { word: 'modicon', vendor: 'Schneider Electric', kind: 'plc' },
  { word: 'controllogix', vendor: 'Rockwell Automation', kind: 'plc' },
  { word: 'compactlogix', vendor: 'Rockwell Automation', kind: 'plc' },
  { word: 'micrologix', vendor: 'Rockwell Automation', kind: 'plc' },
  { word: 'wago', vendor: 'WAGO', kind: 'plc' },
  { word: 'beckhoff', vendor: 'Beckhoff', kind: 'plc' },
  { word: 'codesys', kind: 'plc' },
  { word: 'jetdirect', vendor: 'HP', kind: 'printer' },
  { word: 'laserjet', vendor: 'HP', kind: 'printer' },
  { word: 'officejet', vendor: 'HP', kind: 'printer' },
  { word: 'deskjet', vendor: 'HP', kind: 'printer' },
  { word: 'ecosys', vendor: 'Kyocera', kind: 'printer' },
  { word: 'brother', vendor: 'Brother', kind: 'printer' },
  { word: 'lexmark', vendor: 'Lexmark', kind: 'printer' },
  { word: 'epson', vendor: 'Epson', kind: 'printer' },
  { word: 'printer', kind: 'printer' },
  { word: 'diskstation', vendor: 'Synology', kind: 'nas' },
  { word: 'synology', vendor: 'Synology', kind: 'nas' },
  { word: 'qnap', vendor: 'QNAP', kind: 'nas' },
  { word: 'truenas', vendor: 'TrueNAS', kind: 'nas' },
  { word: 'fritz!box', vendor: 'AVM', model: 'FRITZ!Box', kind: 'router' },
  { word: 'openwrt', vendor: 'OpenWrt', kind: 'router', os: 'Linux' },
  { word: 'routeros', vendor: 'MikroTik', kind: 'router', os: 'RouterOS' },
  { word: 'mikrotik', vendor: 'MikroTik', kind: 'router' },
  { word: 'unifi', vendor: 'Ubiquiti', kind: 'access point' },
  { word: 'internetgatewaydevice', kind: 'router' },
  { word: 'cisco ios', vendor: 'Cisco', kind: 'switch', os: 'IOS' },
  { word: 'raspbian', os: 'Raspbian' },
  { word: 'ubuntu', os: 'Ubuntu' },
  { word: 'debian', os: 'Debian' },
  { word: 'freebsd', os: 'FreeBSD' },
  { word: 'windows', os: 'Windows' },
  { word: 'microsoft-iis', os: 'Windows' },
  { word: 'dropbear', os: 'embedded Linux' },
  { word: 'busybox', os: 'embedded Linux' },
  { word: 'vxworks', os: 'VxWorks' },
  { word: 'freertos', os: 'FreeRTOS' },
  { word: 'linux', os: 'Linux' },
  { word: 'apple watch', vendor: 'Apple', model: 'Apple Watch', kind: 'watch' },
  { word: 'iphone', vendor: 'Apple', model: 'iPhone', kind: 'phone' },
  { word: 'ipad', vendor: 'Apple', model: 'iPad', kind: 'tablet' },
  { word: 'macbook', vendor: 'Apple', model: 'MacBook', kind: 'laptop' },
  { word: 'android', kind: 'phone', os: 'Android' },
  { word: 'fitbit', vendor: 'Fitbit', kind: 'fitness tracker' },
  { word: 'garmin', vendor: 'Garmin', kind: 'watch' },
];

/** Characters of a banner that are searched: names stand at its start. */
const LOOK_AT = 1024;

/** What the words in a text say; by substring search only, so that no text can make it slow. */
export function conclusionsFrom(text: string, certainty: Certainty): readonly Conclusion[] {
  const searched = text.slice(0, LOOK_AT).toLowerCase();
  const found = new Map<Conclusion['name'], string>();
  for (const family of FAMILIES) {
    if (!hasWord(searched, family.word)) continue;
    for (const name of ['vendor', 'model', 'kind', 'os'] as const) {
      const value = family[name];
      if (value !== undefined && !found.has(name)) found.set(name, value);
    }
  }
  return Array.from(found, ([name, value]) => ({ name, value, certainty }));
}

/** Letters up to which a word must end where it ends: `nest` is not in `nested`, `axis` is in `axis-p3`. */
const SHORT = 5;

/**
 * Whether the word stands in the text with no letter right before it and, where it is short, none
 * right after it. Both lower case.
 */
export function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const after = at + word.length;
    if (isLetter(text[at - 1])) continue;
    if (word.length > SHORT || !isLetter(text[after])) return true;
  }
  return false;
}

function isLetter(character: string | undefined): boolean {
  return character !== undefined && character >= 'a' && character <= 'z';
}
