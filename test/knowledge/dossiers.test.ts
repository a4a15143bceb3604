import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Dossier, DossierLine } from '../../src/knowledge/dossier.ts';
import { dossiers } from '../../src/knowledge/dossiers/index.ts';
import { dossiersFor, lineFor } from '../../src/ledger/dossiers.ts';
import type { FactoryLogin } from '../../src/model/factory-login.ts';
import { protocols } from '../../src/protocols/index.ts';
import { Story } from '../evidence.ts';
import { believe } from '../inventory/build.ts';
import { faultsOf } from './faults.ts';

const FOLDER = new URL('../../src/knowledge/dossiers/', import.meta.url);
const PROTOCOLS: ReadonlySet<string> = new Set(protocols.all.map(({ id }) => id));
const A = '192.168.1.5';

test('every file of the folder is in the list, under its own name', () => {
  const files = readdirSync(FOLDER).filter((file) => file !== 'index.ts');
  expect(dossiers.all.map(({ id }) => `${id}.ts`).toSorted()).toEqual(files.toSorted());
});

test('there are enough of them', () => {
  expect(dossiers.all.length).toBeGreaterThanOrEqual(30);
});

test.each(dossiers.all.map((dossier) => [dossier.id, dossier] as const))(
  '%s: every line and note names its document and date, and is well formed',
  (_id, dossier) => {
    expect(faultsOf(dossier, PROTOCOLS)).toEqual([]);
  },
);

test('a name belongs to one dossier only', () => {
  const names = dossiers.all.flatMap(({ id, aliases }) => [id, ...aliases]);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

const LINE: DossierLine = {
  direction: 'to-device',
  transport: 'tcp',
  ports: '443',
  protocol: 'http',
  peer: 'lan',
  purpose: 'control',
  need: 'required',
  certainty: 'proved',
  source: { document: 'Maker, API guide', date: 'read 2026-11-25' },
};
const LOGIN: FactoryLogin = {
  how: 'shared',
  protocols: ['http'],
  applies: 'all of them',
  source: LINE.source,
};
const GOOD: Dossier = {
  id: 'lamp',
  title: 'Lamp',
  vendor: 'Maker',
  category: 'smart-home',
  kind: 'light',
  aliases: [],
  matches: [{ vendor: 'maker' }],
  lines: [LINE],
  notes: [{ text: 'No port of its own.', source: LINE.source }],
};

describe('the check itself', () => {
  test('accepts a good dossier', () => {
    expect(faultsOf(GOOD, PROTOCOLS)).toEqual([]);
  });

  const source = (document: string, date: string) => ({ document, date });
  const line = (parts: Partial<DossierLine>): Partial<Dossier> => ({
    lines: [{ ...LINE, ...parts }],
  });
  test.each<readonly [string, Partial<Dossier>, string]>([
    ['refuses a line without a document', line({ source: source('', '2025') }), 'no document: ""'],
    ['refuses a line without a date', line({ source: source('API guide', '') }), 'no date: ""'],
    ['refuses a date in words', line({ source: source('API guide', 'May 2025') }), 'no date'],
    [
      'refuses a month that there is not',
      line({ source: source('Guide 1', '2025-13') }),
      'no date',
    ],
    [
      'refuses a reading without its day',
      line({ source: source('API guide', 'read 2026') }),
      'day',
    ],
    [
      'refuses a note without a date',
      { notes: [{ text: 'Says something.', source: source('API guide', '') }] },
      'no date',
    ],
    ['refuses ports that are none', line({ ports: '80-' }), 'not ports: "80-"'],
    ['refuses a port above 65535', line({ ports: '65536' }), 'not ports'],
    ['refuses port 0', line({ ports: '0' }), 'not ports'],
    ['refuses a line without ports', line({ ports: '' }), 'no ports'],
    ['refuses a line without a peer', line({ peer: ' ' }), 'no peer'],
    ['refuses a line that is there twice', { lines: [LINE, LINE] }, 'twice: to-device tcp/443 lan'],
    ['refuses a protocol that is not there', { matches: [{ speaks: 'morse' }] }, 'morse'],
    ['refuses a match that fits everything', { matches: [{}] }, 'fits everything'],
    ['refuses a match with an empty part', { matches: [{ vendor: '' }] }, 'fits everything'],
    [
      'refuses a factory login without a document',
      { factoryLogin: { ...LOGIN, source: source('', '2025') } },
      'no document',
    ],
    [
      'refuses a factory login that does not say to what it applies',
      { factoryLogin: { ...LOGIN, applies: '' } },
      'applies',
    ],
    [
      'refuses a factory login of a protocol that is not there',
      { factoryLogin: { ...LOGIN, protocols: ['morse'] } },
      'morse',
    ],
    ['refuses a dossier that nothing matches', { matches: [] }, 'nothing can match'],
    ['refuses a dossier that says nothing', { lines: [], notes: [] }, 'says nothing'],
    ['refuses an id that is no file name', { id: 'My Lamp' }, 'kebab'],
  ])('%s', (_sentence, change, fault) => {
    const faults = faultsOf({ ...GOOD, ...change }, PROTOCOLS);
    expect(faults.filter((one) => one.includes(fault))).not.toEqual([]);
  });
});

/** What is believed of the device: attributes, and what it was proved to speak on which port. */
interface Known {
  readonly vendor?: string;
  readonly model?: string;
  readonly kind?: string;
  readonly speaks?: readonly [protocol: string, port: number];
}

function found(known: Known): readonly Dossier[] {
  const story = new Story().present(A);
  for (const name of ['vendor', 'model', 'kind'] as const) {
    const value = known[name];
    if (value !== undefined) story.attribute(A, name, value);
  }
  if (known.speaks !== undefined) story.speaks(A, known.speaks[1], known.speaks[0]);
  const inventory = believe(story);
  const [device] = inventory.devices();
  if (device === undefined) return [];
  return dossiersFor(device, inventory.services(), dossiers.all);
}

describe('which dossier a device gets', () => {
  test.each<readonly [string, Known, string]>([
    ['a Sonos speaker', { vendor: 'Sonos', model: 'Sonos One', kind: 'speaker' }, 'sonos'],
    [
      'a Chromecast',
      { vendor: 'Google', model: 'Chromecast', kind: 'media player' },
      'google-cast',
    ],
    ['a Hikvision camera', { vendor: 'Hikvision', kind: 'camera' }, 'hikvision-camera'],
    ['a camera of an unknown maker', { kind: 'camera' }, 'onvif-camera'],
    ['a CoAP sensor', { kind: 'sensor', speaks: ['coap', 5683] }, 'coap-sensor'],
    ['a Tuya plug on an odd port', { kind: 'plug', speaks: ['tuya', 8668] }, 'tuya'],
    ['a broker on an odd port', { vendor: 'Raspberry Pi', speaks: ['mqtt', 8500] }, 'mqtt-broker'],
    [
      'an ESPHome device of a chip maker',
      { vendor: 'Espressif', speaks: ['esphome-api', 6053] },
      'esphome',
    ],
    [
      'a Hue bridge known by its OUI and model',
      { vendor: 'Philips Lighting', model: 'Hue Bridge BSB002', kind: 'bridge' },
      'hue-bridge',
    ],
    ['a Hue bridge known by maker and kind', { vendor: 'Signify', kind: 'bridge' }, 'hue-bridge'],
    ['a Synology NAS', { vendor: 'Synology', kind: 'nas' }, 'synology-nas'],
    [
      'an S7-1500 known by its order number',
      { vendor: 'Siemens', model: '6ES7 511-1AK02-0AB0', kind: 'plc', speaks: ['s7comm', 102] },
      's7-1500',
    ],
    [
      'an S7-1200 known by its order number',
      { vendor: 'Siemens', model: '6ES7 214-1AG40-0XB0', kind: 'plc' },
      's7-1200',
    ],
    ['a Siemens controller of unknown model', { vendor: 'Siemens', kind: 'plc' }, 's7-controller'],
    [
      'a gateway of another maker that speaks S7 on an odd port',
      { vendor: 'MOXA', speaks: ['s7comm', 8102] },
      's7-controller',
    ],
    ['a Brother printer', { vendor: 'Brother', kind: 'printer' }, 'network-printer'],
    ['an ecobee thermostat', { vendor: 'ecobee', kind: 'thermostat' }, 'ecobee'],
    ['a meter', { kind: 'meter', speaks: ['modbus', 8502] }, 'modbus-controller'],
    ['a building controller', { speaks: ['bacnet', 47_808] }, 'bacnet-controller'],
    ['a gateway with AMQP', { vendor: 'ADVANTECH', speaks: ['amqp', 5672] }, 'amqp-broker'],
    ['a Shelly of the first generation', { vendor: 'Shelly', model: 'SHSW-25' }, 'shelly-gen1'],
    ['a Shelly of the second generation', { vendor: 'Shelly', model: 'Plus2PM' }, 'shelly-gen2'],
    ['a Shelly of the third generation', { vendor: 'Shelly', model: 'Mini1G3' }, 'shelly-gen2'],
    ['a FRITZ!Box', { vendor: 'AVM', model: 'FRITZ!Box', kind: 'router' }, 'fritzbox'],
    ['an Apple Watch', { vendor: 'Apple', model: 'Apple Watch', kind: 'watch' }, 'apple-watch'],
    ['a Nest thermostat', { vendor: 'Nest', kind: 'thermostat' }, 'nest-thermostat'],
    ['an Amazon Echo', { vendor: 'Amazon', model: 'Echo Dot', kind: 'speaker' }, 'amazon-echo'],
  ])('%s', (_sentence, known, id) => {
    expect(found(known)[0]?.id).toBe(id);
  });

  test.each<readonly [string, Known]>([
    ['a phone', { vendor: 'Apple', model: 'iPhone', kind: 'phone' }],
    ['a thing of which nothing is known', {}],
  ])('%s gets none', (_sentence, known) => {
    expect(found(known)).toEqual([]);
  });

  test('two dossiers that both fit: what the model says comes before what the kind says', () => {
    const ids = found({ vendor: 'Hikvision', kind: 'camera' }).map(({ id }) => id);
    expect(ids.toSorted()).toEqual(['hikvision-camera', 'onvif-camera']);
  });
});

describe('what the dossiers say of a port', () => {
  const need = (id: string, transport: 'tcp' | 'udp', port: number) => {
    const dossier = dossiers.get(id);
    return dossier === undefined
      ? 'no dossier'
      : lineFor([dossier], 'to-device', transport, port)?.line.need;
  };
  test.each<readonly [string, string, 'tcp' | 'udp', number, string | undefined]>([
    ['telnet on a camera is not needed', 'hikvision-camera', 'tcp', 23, 'not-needed'],
    ['video on a camera is', 'hikvision-camera', 'tcp', 554, 'required'],
    ['port 8080 on a Nest thermostat is not needed', 'nest-thermostat', 'tcp', 8080, 'not-needed'],
    ['nothing is said of 6850 on a Hue bridge', 'hue-bridge', 'tcp', 6850, undefined],
    ['2100/udp on a Hue bridge is for Entertainment only', 'hue-bridge', 'udp', 2100, 'optional'],
    ['ISO-on-TCP on an S7-1500 is needed', 's7-1500', 'tcp', 102, 'required'],
    ['the web server of an S7-1500 in the clear is not', 's7-1500', 'tcp', 80, 'not-needed'],
    ['raw printing is optional', 'network-printer', 'tcp', 9100, 'optional'],
    ['a tracker has no port of its own', 'fitbit-charge-5', 'tcp', 443, undefined],
  ])('%s', (_sentence, id, transport, port, expected) => {
    expect(need(id, transport, port)).toBe(expected);
  });
});
