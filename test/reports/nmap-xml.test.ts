import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { xmlTokens } from '../../src/base/xml.ts';
import { nmap } from '../../src/importers/nmap.ts';
import type { Site } from '../../src/model/site.ts';
import { nmapXml } from '../../src/reports/nmap-xml.ts';
import { ATTACKS } from './attacks.ts';
import { hostileSite, OPTIONS, SITE, service } from './sample-site.ts';

const DTD = '/usr/share/nmap/nmap.dtd';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-nmap-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const render = (site: Site): string => [...nmapXml.render(site, OPTIONS)].join('');

function file(name: string, site: Site): string {
  const path = join(folder, name);
  writeFileSync(path, render(site));
  return path;
}

/** Debian's nmap, ndiff and libxml2-utils are no condition for working on the code; CI has them. */
const present = (...paths: readonly string[]): boolean =>
  process.env['CI'] !== undefined || paths.every((path) => existsSync(path));
const withLint = test.skipIf(!present(DTD, '/usr/bin/xmllint'));
const withNdiff = test.skipIf(!present('/usr/bin/ndiff'));

withLint.each([
  ['a site', SITE],
  ['an empty site', { ...SITE, devices: [], services: [], ledger: [], findings: [], scans: [] }],
] satisfies [string, Site][])('%s is valid by nmap’s own DTD', (_, site) => {
  const lint = spawnSync('xmllint', ['--noout', '--dtdvalid', DTD, file('site.xml', site)], {
    encoding: 'utf8',
  });
  expect(lint.stderr).toBe('');
  expect(lint.status).toBe(0);
});

withLint('so is each attacked site', { timeout: 60_000 }, () => {
  const files = ATTACKS.map((attack, index) => file(`attack-${index}.xml`, hostileSite(attack)));
  const lint = spawnSync('xmllint', ['--noout', '--dtdvalid', DTD, ...files], { encoding: 'utf8' });
  expect(lint.stderr).toBe('');
});

test.each(ATTACKS)('%j adds no element and no attribute', (attack) => {
  const shape = (site: Site): string[] =>
    Array.from(xmlTokens(render(site)), (token) =>
      token.kind === 'open'
        ? `${token.name} ${[...token.attributes.keys()].join(' ')}`
        : token.kind,
    );
  expect(shape(hostileSite(attack))).toEqual(shape(hostileSite('calm')));
});

withNdiff('ndiff reads two of ours and names what changed', () => {
  const [before, after] = [
    file('before.xml', SITE),
    file('after.xml', { ...SITE, services: [...SITE.services, service('CAM1', 8080, 'http')] }),
  ];
  const ndiff = spawnSync('ndiff', [before, after], { encoding: 'utf8' });
  expect(ndiff.stderr).toBe('');
  // 1: the scans differ.
  expect(ndiff.status).toBe(1);
  expect(ndiff.stdout).toMatch(/^\+8080\/tcp +open +http/m);
  expect(spawnSync('ndiff', [before, before]).status).toBe(0);
});

test('what was written is read back: the same ports, protocols and devices', () => {
  const { evidence, problems } = nmap.read(new TextEncoder().encode(render(SITE)), {
    at: 0,
    observer: 'nmap:site.xml',
  });
  expect(problems).toEqual([]);
  const owner = new Map(SITE.devices.map(({ id, addresses }) => [id, addresses[0] ?? '']));
  const open = SITE.services.filter(({ state }) => state === 'open');
  const place = (address: string, transport = '', port = 0): string =>
    `${address} ${port}/${transport}`;
  expect(
    evidence
      .filter(({ fact }) => fact.kind === 'open')
      .map(({ subject }) => place(subject.address, subject.transport, subject.port))
      .sort(),
  ).toEqual(open.map((one) => place(owner.get(one.device) ?? '', one.transport, one.port)).sort());
  expect(
    evidence
      .flatMap(({ fact, subject }) =>
        fact.kind === 'speaks' ? [`${subject.port} ${fact.protocol} ${subject.over ?? ''}`] : [],
      )
      .sort(),
  ).toEqual(
    open
      .filter(({ protocol }) => protocol !== 'unknown')
      .map(({ port, protocol, over }) => `${port} ${protocol} ${over === 'tls' ? 'tls' : ''}`)
      .sort(),
  );
  expect(
    evidence.filter(({ fact }) => fact.kind === 'present').map(({ subject }) => subject.mac),
  ).toHaveLength(SITE.devices.length);
});
