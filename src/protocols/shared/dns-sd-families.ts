import type { AttributeName, Fact } from '../../model/evidence.ts';
import type { Instance } from './dns-sd.ts';
import { detail } from './facts.ts';
import { attributes, uuid } from './page-words.ts';

/** What the TXT record of one service type tells of the device, and where it is documented. */
interface Family {
  readonly type: string;
  readonly source: string;
  /** Attribute -> TXT keys, the first that is there counts. */
  readonly keys?: Readonly<Partial<Record<AttributeName, readonly string[]>>>;
  /** What every device of the family is. */
  readonly always?: Readonly<Partial<Record<AttributeName, string>>>;
  /** TXT key of a UUID. */
  readonly uuid?: string;
  /** Keys that are shown as they are, under a name of ours. */
  readonly details?: Readonly<Record<string, string>>;
  /** Whatever needs more than a key. */
  read?(instance: Instance): Readonly<Partial<Record<AttributeName, string | undefined>>>;
}

/** HomeKit accessory categories (HAP Specification R2, table 12-3). */
const HAP_KINDS: ReadonlyMap<string, string> = new Map([
  ['2', 'bridge'],
  ['3', 'fan'],
  ['4', 'garage door opener'],
  ['5', 'light'],
  ['6', 'lock'],
  ['7', 'plug'],
  ['8', 'relay'],
  ['9', 'thermostat'],
  ['10', 'sensor'],
  ['11', 'alarm system'],
  ['14', 'window covering'],
  ['17', 'camera'],
  ['18', 'doorbell'],
  ['19', 'air purifier'],
  ['20', 'heater'],
  ['21', 'air conditioner'],
  ['24', 'media player'],
  ['26', 'speaker'],
  ['28', 'sprinkler'],
  ['31', 'tv'],
  ['33', 'router'],
  ['35', 'media player'],
  ['36', 'media player'],
]);

/** Matter device types (Matter Device Library 1.3), in decimal as TXT has them. */
const MATTER_KINDS: ReadonlyMap<string, string> = new Map([
  ['10', 'lock'],
  ['14', 'bridge'],
  ['21', 'sensor'],
  ['22', 'bridge'],
  ['256', 'light'],
  ['257', 'light'],
  ['266', 'plug'],
  ['267', 'plug'],
  ['268', 'light'],
  ['269', 'light'],
  ['514', 'window covering'],
  ['769', 'thermostat'],
  ['770', 'sensor'],
]);

const PRINTER: Omit<Family, 'type'> = {
  source: 'Apple, Bonjour Printing Specification 1.2.1 §9',
  keys: { vendor: ['usb_mfg'], model: ['ty', 'usb_mdl'], serial: ['usb_ser'] },
  always: { kind: 'printer' },
  uuid: 'uuid',
  details: { product: 'product', note: 'location' },
};

const AIRPLAY = 'Apple AirPlay: TXT record as receivers announce it';

const FAMILIES: readonly Family[] = [
  {
    type: '_hap._tcp',
    source: 'HomeKit Accessory Protocol Specification (Non-Commercial Version) R2 §6.4',
    keys: { model: ['md'] },
    details: { id: 'homekit id', sf: 'homekit status' },
    read: ({ name, txt }) => ({ name, kind: HAP_KINDS.get(txt.get('ci') ?? '') }),
  },
  {
    type: '_googlecast._tcp',
    source: 'Chromium, components/media_router: TXT record of Cast receivers',
    keys: { model: ['md'], name: ['fn'] },
    always: { kind: 'media player' },
    uuid: 'id',
  },
  {
    type: '_hue._tcp',
    source: 'Philips Hue Developer Program, Hue Bridge Discovery: mDNS',
    keys: { serial: ['bridgeid'] },
    always: { vendor: 'Philips Hue', kind: 'bridge' },
    read: ({ txt }) => ({ model: `Hue Bridge ${txt.get('modelid') ?? ''}` }),
  },
  {
    type: '_matterc._udp',
    source: 'Matter Core Specification 1.3 §4.3.1 (commissionable node discovery)',
    keys: { name: ['dn'] },
    details: { vp: 'matter vendor and product', cm: 'matter commissioning mode' },
    read: ({ txt }) => ({ kind: MATTER_KINDS.get(txt.get('dt') ?? '') }),
  },
  {
    type: '_matter._tcp',
    source: 'Matter Core Specification 1.3 §4.3.2 (operational discovery)',
    details: { t: 'matter tcp' },
  },
  {
    type: '_meshcop._udp',
    source: 'Thread Specification 1.3 §8.4 (border agent discovery)',
    keys: { vendor: ['vn'], model: ['mn'] },
    details: { nn: 'thread network' },
  },
  {
    type: '_esphomelib._tcp',
    source: 'ESPHome, mdns component: TXT record of the native API',
    keys: { firmware: ['version'], hardware: ['board', 'platform'], name: ['friendly_name'] },
    always: { vendor: 'ESPHome' },
    details: { project_name: 'project', platform: 'platform', mac: 'mac' },
    read: ({ name, txt }) => ({ name: txt.get('friendly_name') ?? name }),
  },
  {
    type: '_shelly._tcp',
    source: 'Shelly API docs, Gen2+: mDNS discovery',
    keys: { model: ['app'], firmware: ['ver'] },
    always: { vendor: 'Shelly', kind: 'relay' },
    details: { gen: 'generation' },
    read: ({ name }) => ({ name }),
  },
  {
    type: '_ewelink._tcp',
    source: 'eWeLink / Sonoff DIY developer documentation: device discovery',
    keys: { model: ['type'], serial: ['id'] },
    always: { vendor: 'Sonoff' },
  },
  {
    type: '_sonos._tcp',
    source: 'Sonos developer documentation, Control API on the LAN: discovery',
    always: { vendor: 'Sonos', kind: 'speaker' },
    details: { location: 'description', vers: 'api version' },
    read: ({ name }) => ({ name: afterAt(name) }),
  },
  {
    type: '_airplay._tcp',
    source: AIRPLAY,
    keys: {
      vendor: ['manufacturer'],
      model: ['model'],
      serial: ['serialnumber'],
      firmware: ['fv', 'osvers'],
    },
    uuid: 'pi',
    details: { deviceid: 'mac' },
    read: ({ name }) => ({ name }),
  },
  {
    type: '_raop._tcp',
    source: AIRPLAY,
    keys: { model: ['am'], firmware: ['fv', 'ov'] },
    read: ({ name }) => ({ name: afterAt(name) }),
  },
  {
    type: '_home-assistant._tcp',
    source: 'Home Assistant, zeroconf integration: TXT record',
    keys: { firmware: ['version'], name: ['location_name'] },
    always: { vendor: 'Home Assistant', kind: 'hub' },
    uuid: 'uuid',
  },
  {
    type: '_miio._udp',
    source: 'python-miio documentation, discovery: instance names of Xiaomi devices',
    always: { vendor: 'Xiaomi' },
    read: ({ name }) => ({ model: miioModel(name) }),
  },
  {
    type: '_amzn-wplay._tcp',
    source: 'Amazon Fire TV, whisperplay: TXT record as devices announce it',
    keys: { name: ['n'] },
    always: { vendor: 'Amazon', kind: 'media player' },
  },
  {
    type: '_amzn-alexa._tcp',
    source: 'Amazon Alexa, device discovery: TXT record as devices announce it',
    keys: { name: ['n'] },
    always: { vendor: 'Amazon' },
  },
  {
    type: '_androidtvremote2._tcp',
    source: 'Android TV remote service v2: TXT record as devices announce it',
    always: { kind: 'media player', os: 'Android TV' },
    details: { bt: 'bluetooth mac' },
    read: ({ name }) => ({ name }),
  },
  {
    type: '_nanoleafapi._tcp',
    source: 'Nanoleaf OpenAPI documentation §2.3 (mDNS)',
    keys: { model: ['md'], firmware: ['srcvers'], serial: ['id'] },
    always: { vendor: 'Nanoleaf', kind: 'light' },
  },
  {
    type: '_elg._tcp',
    source: 'Elgato Key Light: TXT record as lights announce it',
    keys: { model: ['md'], serial: ['id'] },
    always: { vendor: 'Elgato', kind: 'light' },
  },
  {
    type: '_wled._tcp',
    source: 'WLED documentation, mDNS',
    always: { vendor: 'WLED', kind: 'light' },
    details: { mac: 'mac' },
    read: ({ name }) => ({ name }),
  },
  {
    type: '_axis-video._tcp',
    source: 'Axis VAPIX, device discovery: mDNS',
    keys: { serial: ['macaddress'] },
    always: { vendor: 'Axis', kind: 'camera' },
    read: ({ name }) => ({ name }),
  },
  {
    type: '_octoprint._tcp',
    source: 'OctoPrint documentation, Discovery plugin: TXT record',
    keys: { vendor: ['vendor'], model: ['model'] },
    always: { kind: '3D printer' },
    details: { version: 'product version' },
    read: ({ name }) => ({ name }),
  },
  {
    type: '_device-info._tcp',
    source: 'Apple Bonjour, device-info: TXT record',
    keys: { model: ['model'] },
    read: ({ name }) => ({ name }),
  },
  { type: '_http._tcp', source: 'Shelly API docs, Gen1 and Gen2+: mDNS', read: shellyPage },
  { ...PRINTER, type: '_ipp._tcp' },
  { ...PRINTER, type: '_ipps._tcp' },
  { ...PRINTER, type: '_printer._tcp' },
  { ...PRINTER, type: '_pdl-datastream._tcp' },
  { ...PRINTER, type: '_uscan._tcp', always: {} },
];

const BY_TYPE: ReadonlyMap<string, Family> = new Map(FAMILIES.map((one) => [one.type, one]));

/** The documents behind the table. */
export const FAMILY_SOURCES: readonly string[] = [...new Set(FAMILIES.map((one) => one.source))];

/** What an instance tells of the device that has it; nothing for a type that is not known. */
export function factsOfInstance(instance: Instance): readonly Fact[] {
  const family = BY_TYPE.get(instance.type);
  if (family === undefined) return [];
  const { txt } = instance;
  const told = Object.entries(family.keys ?? {}).map(
    ([name, keys]) => [name, keys.map((key) => txt.get(key)).find(isSaid)] as const,
  );
  const values = { ...family.always, ...definedOf(Object.fromEntries(told)) };
  return [
    ...attributes({ ...values, ...definedOf(family.read?.(instance) ?? {}) }),
    ...(family.uuid === undefined ? [] : uuid(txt.get(family.uuid))),
  ];
}

/** Particulars of the service itself, under names that people know. */
export function detailsOfInstance(instance: Instance): readonly Fact[] {
  const shown = Object.entries(BY_TYPE.get(instance.type)?.details ?? {});
  return shown.flatMap(([key, name]) => {
    const value = instance.txt.get(key);
    return isSaid(value) ? [detail(name, value)] : [];
  });
}

function isSaid(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== '';
}

function definedOf(
  values: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (isSaid(value) ? [[name, value]] : [])),
  );
}

/** `5CAAFD1A0B12@Living Room` -> what people call it. */
function afterAt(name: string): string {
  return name.slice(name.indexOf('@') + 1);
}

/** `zhimi-airpurifier-m1_miio1234567` -> `zhimi.airpurifier.m1`. */
function miioModel(name: string): string | undefined {
  const end = name.indexOf('_miio');
  return end === -1 ? undefined : name.slice(0, end).replaceAll('-', '.');
}

/** A page of any device; Shelly's carries the model in the instance's name. */
function shellyPage({
  name,
  txt,
}: Instance): Readonly<Partial<Record<AttributeName, string | undefined>>> {
  if (!name.toLowerCase().startsWith('shelly')) return {};
  return {
    vendor: 'Shelly',
    model: txt.get('app') ?? name.split('-', 1)[0],
    firmware: txt.get('ver') ?? txt.get('fw_id'),
    name,
    kind: 'relay',
  };
}
