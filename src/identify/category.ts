import { reveal } from '../base/untrusted.ts';
import type { Category, Certainty } from '../model/core.ts';
import type { Evidence } from '../model/evidence.ts';
import { hasWord } from './families.ts';
import type { Conclusion, Identifier } from './identifier.ts';

/** Kind → category. A kind is the field's usual word for what a device does. */
const BY_KIND: ReadonlyMap<string, Category> = new Map(
  (
    [
      [
        'smart-home',
        'relay plug switch-actor sensor light bulb bridge hub thermostat camera recorder doorbell speaker tv lock vacuum appliance microcontroller',
      ],
      ['wearable', 'watch tracker'],
      ['industrial', 'plc rtu controller hmi drive inverter meter'],
      ['printer', 'printer scanner'],
      ['infrastructure', 'router switch firewall modem repeater'],
      ['general-purpose', 'phone tablet laptop computer server nas'],
    ] as const
  ).flatMap(([of, kinds]) => kinds.split(' ').map((kind) => [kind, of] as const)),
);

/** Kinds of two words. */
const BY_PHRASE: ReadonlyMap<string, Category> = new Map<string, Category>([
  ['media player', 'smart-home'],
  ['fitness tracker', 'wearable'],
  ['access point', 'infrastructure'],
  ['network device', 'infrastructure'],
  ['print server', 'printer'],
]);

/**
 * Makers whose things are nearly all of one category, as the IEEE registry spells them, lower case.
 * Their controllers are what may break, so a MAC alone is enough to be careful.
 */
const BY_VENDOR: readonly (readonly [word: string, category: Category])[] = [
  ['siemens', 'industrial'],
  ['schneider electric', 'industrial'],
  ['telemecanique', 'industrial'],
  ['rockwell automation', 'industrial'],
  ['allen-bradley', 'industrial'],
  ['wago', 'industrial'],
  ['beckhoff', 'industrial'],
  ['phoenix contact', 'industrial'],
  ['abb', 'industrial'],
  ['omron', 'industrial'],
  ['mitsubishi electric', 'industrial'],
  ['honeywell', 'industrial'],
  ['yokogawa', 'industrial'],
  ['emerson', 'industrial'],
  ['b&r industrial', 'industrial'],
  ['moxa', 'industrial'],
  ['turck', 'industrial'],
  ['pilz', 'industrial'],
  ['festo', 'industrial'],
  ['danfoss', 'industrial'],
  ['saia', 'industrial'],
  ['lexmark', 'printer'],
  ['xerox', 'printer'],
  ['kyocera', 'printer'],
  ['seiko epson', 'printer'],
  ['brother ind', 'printer'],
  ['ricoh', 'printer'],
  ['zebra technologies', 'printer'],
  ['signify', 'smart-home'],
  ['philips lighting', 'smart-home'],
  ['philips hue', 'smart-home'],
  ['shelly', 'smart-home'],
  ['tuya', 'smart-home'],
  ['espressif', 'smart-home'],
  ['sonos', 'smart-home'],
  ['nest', 'smart-home'],
  ['ecobee', 'smart-home'],
  ['roku', 'smart-home'],
  ['wyze', 'smart-home'],
  ['ring llc', 'smart-home'],
  ['hikvision', 'smart-home'],
  ['hangzhou hikvision', 'smart-home'],
  ['zhejiang dahua', 'smart-home'],
  ['reolink', 'smart-home'],
  ['axis communications', 'smart-home'],
  ['fitbit', 'wearable'],
  ['garmin', 'wearable'],
  ['withings', 'wearable'],
  ['ubiquiti', 'infrastructure'],
  ['netgear', 'infrastructure'],
  ['avm', 'infrastructure'],
  ['routerboard', 'infrastructure'],
  ['synology', 'general-purpose'],
  ['qnap', 'general-purpose'],
];

/** Vendor and kind → category, from evidence that names one of them outright. */
export const category = {
  id: 'category',
  sources: [
    'IEEE Registration Authority, MA-L (makers)',
    'ETSI EN 303 645 V3.1.3 (2024-09) clause 1, examples of consumer IoT devices',
    'IEC 62443-1-1:2009, industrial automation and control systems',
  ],
  conclude,
} as const satisfies Identifier;

function conclude({ fact, certainty }: Evidence): readonly Conclusion[] {
  if (fact.kind !== 'attribute' && fact.kind !== 'corrected') return [];
  return categoryFrom(fact.name, reveal(fact.value), certainty);
}

/** What a value of the attribute says of the category: of a conclusion as of an observation. */
export function categoryFrom(
  name: Conclusion['name'],
  value: string,
  certainty: Certainty,
): readonly Conclusion[] {
  const of = name === 'kind' ? byKind(value) : name === 'vendor' ? byVendor(value) : undefined;
  if (of === undefined) return [];
  // A maker sells more than one thing: whatever the vendor is known by, its category is a hint.
  return [{ name: 'category', value: of, certainty: name === 'vendor' ? 'hint' : certainty }];
}

function byKind(kind: string): Category | undefined {
  const text = kind.slice(0, 64).toLowerCase();
  return BY_PHRASE.get(text) ?? BY_KIND.get(text) ?? lastWord(text);
}

/** `dome camera`, `wireless router`: the last word says what it is. */
function lastWord(text: string): Category | undefined {
  return BY_KIND.get(text.slice(text.lastIndexOf(' ') + 1));
}

function byVendor(vendor: string): Category | undefined {
  const text = vendor.slice(0, 128).toLowerCase();
  return BY_VENDOR.find(([word]) => hasWord(text, word))?.[1];
}

const CATEGORIES: ReadonlySet<string> = new Set<Category>([
  'smart-home',
  'wearable',
  'industrial',
  'printer',
  'infrastructure',
  'general-purpose',
]);

export function isCategory(text: string): text is Category {
  return CATEGORIES.has(text);
}
