import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reveal } from '../../src/base/untrusted.ts';
import { parseVersion } from '../../src/base/version.ts';
import { isWithin, productMatches } from '../../src/knowledge/known-vulnerabilities.ts';
import { productNames, vendorKeys } from '../../src/knowledge/product-names.ts';
import { softwareOf } from '../../src/knowledge/software.ts';
import type { Carrier, Certainty } from '../../src/model/core.ts';
import type { ProductMatch } from '../../src/model/vulnerability.ts';
import { Story } from '../evidence.ts';
import { believe } from '../inventory/build.ts';
import { lookup } from '../risk/lookup.ts';

const A = '192.168.1.5';

/** What the feeds of the fixtures know against the one device of a story. */
function matches(story: Story): readonly ProductMatch[] {
  const [subject] = believe(story).folded();
  if (subject === undefined) return [];
  return productMatches(subject.device, subject.services, lookup);
}

/** `CVE-2021-23017 likely`, of each match. */
function told(story: Story): readonly string[] {
  return matches(story).flatMap(({ product, vulnerabilities }) =>
    vulnerabilities.map(({ cve, certainty }) => `${product} ${cve} ${certainty}`),
  );
}

function device(vendor: string, model: string, firmware?: string, sure?: Certainty): Story {
  const parts = sure === undefined ? {} : { certainty: sure };
  const story = new Story().attribute(A, 'vendor', vendor).attribute(A, 'model', model, parts);
  return firmware === undefined ? story : story.attribute(A, 'firmware', firmware);
}

function banner(protocol: string, name: string, text: string, over: Carrier = 'tcp'): Story {
  return new Story().speaks(A, 80, protocol, { over }).detail(A, 80, name, text, over);
}

describe('the firmware of a device', () => {
  test.each<readonly [string, Story, readonly string[]]>([
    [
      'an S7-1200 by its order number, in range',
      device('Siemens', '6ES7 214-1AG40-0XB0', 'V4.2.1'),
      ['firmware CVE-2020-15782 likely'],
    ],
    [
      'a model that the record names itself, in range',
      device('Siemens', 'S7-1200', 'V4.4.9'),
      ['firmware CVE-2020-15782 proved'],
    ],
    ['the version that mends it', device('Siemens', '6ES7 214-1AG40-0XB0', 'V4.5.0'), []],
    ['a later one', device('Siemens', '6ES7 214-1AG40-0XB0', 'V4.6.1'), []],
    [
      'an S7-1500, of which only the advisory speaks',
      device('Siemens', '6ES7 511-1AK02-0AB0', 'V2.8.3'),
      ['firmware CVE-2020-15782 likely'],
    ],
    [
      'firmware that is not known',
      device('Siemens', '6ES7 214-1AG40-0XB0'),
      ['firmware CVE-2020-15782 hint'],
    ],
    [
      'firmware that is no version',
      device('Siemens', '6ES7 214-1AG40-0XB0', 'unknown'),
      ['firmware CVE-2020-15782 hint'],
    ],
    [
      'a model that is only a hint',
      device('Siemens', 'S7-1200', 'V4.4.9', 'hint'),
      ['firmware CVE-2020-15782 hint'],
    ],
    [
      'a camera whose record names no versions',
      device('Hangzhou Hikvision Digital Technology Co.,Ltd.', 'DS-2CD2186G2-ISU', 'V5.5.113'),
      ['firmware CVE-2021-36260 hint'],
    ],
    ['a camera that the record does not name', device('Hikvision', 'DS-2CD2032-I', 'V5.2.0'), []],
    ['the same model of another maker', device('Dahua', 'DS-2CD2186G2-ISU', 'V1.0'), []],
    ['a maker alone', new Story().attribute(A, 'vendor', 'Siemens'), []],
    ['a model alone', new Story().attribute(A, 'model', 'S7-1200'), []],
    ['a device that is called like a program', device('F5', 'nginx', '1.18.0'), []],
  ])('%s', (_, story, expected) => {
    expect(told(story)).toEqual(expected);
  });

  test('the order number that a service tells comes before the model', () => {
    const story = device('Siemens', 'CPU 1214C DC/DC/DC', 'V4.2.1')
      .speaks(A, 102, 's7comm')
      .detail(A, 102, 'order-number', '6ES7 214-1AG40-0XB0');
    expect(told(story)).toEqual(['firmware CVE-2020-15782 likely']);
  });

  test('two feeds on one vulnerability are one, with both named, and say what mends it', () => {
    const [match] = matches(device('Siemens', 'S7-1200', 'V4.2.1'));
    const [only] = match?.vulnerabilities ?? [];
    expect(only?.feeds.toSorted()).toEqual(['csaf:ICSA-21-152-01', 'nvd:sample']);
    expect(only?.fixed).toMatch(/^V?4\.5\.0$/);
    expect(match?.evidence.length).toBeGreaterThan(2);
  });

  test('what KEV lists is known to be used', () => {
    const [match] = matches(device('Hikvision', 'DS-2CD2186G2-ISU'));
    expect(match?.vulnerabilities[0]?.exploited).toBe(true);
    expect(match?.doubt).toBe('its firmware version is not known');
  });
});

describe('the programs of a service', () => {
  test.each<readonly [string, Story, readonly string[]]>([
    ['nginx in range', banner('http', 'server', 'nginx/1.18.0'), ['nginx CVE-2021-23017 likely']],
    ['nginx that is mended', banner('http', 'server', 'nginx/1.20.1'), []],
    ['nginx older than the fault', banner('http', 'server', 'nginx/0.6.17'), []],
    ['nginx without a version', banner('http', 'server', 'nginx'), []],
    [
      'nginx of a distribution',
      banner('http', 'server', 'nginx/1.18.0 (Ubuntu)'),
      ['nginx CVE-2021-23017 hint'],
    ],
    [
      'Dropbear in range',
      banner('ssh', 'software', 'dropbear_2014.63'),
      ['Dropbear SSH CVE-2016-7406 likely'],
    ],
    ['Dropbear that is mended', banner('ssh', 'software', 'dropbear_2022.83'), []],
    [
      'GoAhead in range',
      banner('http', 'Server', 'GoAhead/2.5.0'),
      ['GoAhead CVE-2017-17562 likely'],
    ],
    ['GoAhead that only says its name', banner('http', 'server', 'GoAhead-Webs'), []],
    ['a page that writes of it', banner('http', 'title', 'How to run nginx/1.18.0'), []],
    ['a program whose name ends so', banner('http', 'server', 'mynginx/1.18.0'), []],
  ])('%s', (_, story, expected) => {
    expect(told(story)).toEqual(expected);
  });

  test('a service that is closed has none', () => {
    expect(told(banner('http', 'server', 'nginx/1.18.0').wait(1000).swept(A, '80'))).toEqual([]);
  });

  test('several in one banner, each once', () => {
    const value = 'Apache/2.4.6 OpenSSL/1.0.2k-fips PHP/5.4.16 (Raspbian)';
    const [subject] = believe(banner('http', 'server', value)).folded();
    const found = softwareOf(subject?.services[0]?.details ?? []);
    expect(found.map(({ program, version }) => `${program.word} ${version}`)).toEqual([
      'apache 2.4.6',
      'openssl 1.0.2k',
      'php 5.4.16',
    ]);
    expect(found.map(({ packedBy }) => packedBy)).toEqual(['raspbian', 'raspbian', 'raspbian']);
  });

  test('any banner is read to its end', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), (text) => {
        const all = matches(banner('http', 'server', text));
        expect(
          all.filter(({ version }) => version === undefined || reveal(version) === ''),
        ).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

test.each([
  ['the Siemens AG', ['siemens']],
  ['ZHEJIANG DAHUA TECHNOLOGY CO., LTD.', ['dahuasecurity', 'dahua']],
  ['Ubiquiti Inc', ['ui', 'ubnt', 'ubiquiti']],
  ['', []],
])('the maker %s is looked up as %s', (name, keys) => {
  expect(vendorKeys(name)).toEqual(keys);
});

test('a name of two letters fits too much', () => {
  expect(productNames('acme', 'X1')).toEqual([]);
});

test.each([
  ['from and to are within', '2.0', { from: '2.0', to: '2.0' }, true],
  ['after is not', '2.0', { after: '2.0' }, false],
  ['before is not', '2.0', { before: '2.0' }, false],
  ['without ends all are', '2.0', {}, true],
  ['an end that is no version excludes nothing', '2.0', { before: 'the update' }, true],
])('%s', (_, text, range, within) => {
  const version = parseVersion(text);
  expect(version !== undefined && isWithin(version, range)).toBe(within);
});
