import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SiteChange } from '../../src/ledger/diff.ts';
import type { Alert } from '../../src/model/alert.ts';
import type { Device } from '../../src/model/device.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { LedgerRow } from '../../src/model/ledger.ts';
import type { Service } from '../../src/model/service.ts';
import { cannot, PATIENCE, Stage, tricks } from './stage.ts';

const why = cannot(['mosquitto', 'openssl', 'busybox', 'nmap', 'xmllint', 'ndiff']);

const DEVICES = ['camera', 'broker', 'printer', 'light-bridge', 'odd-ports', 'nas'];
const PORTS =
  'T:22,23,80,443,554,631,1883,1884,8500,8668,8765,8880,8883,9100,U:161,1900,2100,5353,8683';

/** A web server, a server that greets, or a maker's own binary protocol, each on a port. */
const GUEST = `
const net = require('node:net');
const page = '<html><head><title>Heater</title></head><body>Heater 3</body></html>';
const http = 'HTTP/1.0 200 OK\\r\\nServer: heaterd/3\\r\\nContent-Length: ' + page.length + '\\r\\n\\r\\n' + page;
const roles = {
  http: (socket) => socket.on('data', () => socket.end(http)),
  ftp: (socket) => socket.write('220 heater FTP ready\\r\\n'),
  bus: (socket) => socket.write(Buffer.from('0bac3e0000000c01ffeeddcc00010203', 'hex')),
};
const wanted = process.argv.slice(1).map((word) => word.split(':'));
let up = 0;
for (const [role, port] of wanted) {
  const server = net.createServer((socket) => roles[role](socket.on('error', () => {})));
  server.listen(Number(port), () => (up += 1) === wanted.length && console.log('up'));
}
`;
const HEATER = { name: 'heater', zone: 'iot', address: '10.77.2.72' } as const;

describe.skipIf(why !== false)(`the whole loop${why === false ? '' : ` (${why})`}`, () => {
  let stage: Stage;

  const serve = (...roles: readonly string[]): string[] => [
    process.execPath,
    '-e',
    GUEST,
    '--',
    ...roles,
  ];
  const said = async (argv: readonly string[], data?: string): Promise<string> => {
    const options = data === undefined ? {} : { data };
    const { status, stdout, stderr } = await stage.portolan(argv, options);
    expect({ argv, status, stderr }).toEqual({ argv, status: 0, stderr });
    return stdout + stderr;
  };
  const deviceAt = async (address: string): Promise<Device> => {
    const found = (await stage.items<Device>(['devices'])).find(({ addresses }) =>
      addresses.includes(address),
    );
    if (found === undefined) throw new Error(`no device has ${address}`);
    return found;
  };

  beforeAll(async () => {
    stage = await Stage.open({ devices: DEVICES });
    for (const [name, host, port] of [
      ['bus', 70, 8765],
      ['twin', 71, 8668],
    ] as const) {
      const guest = { name, zone: 'iot', address: `10.77.2.${host}` } as const;
      await stage.plug({ ...guest, mac: `5c:aa:fd:00:00:${host}` }, serve(`bus:${port}`));
    }
    const addresses = stage.lab.truth.map(({ address }) => address);
    await said(['scan', ...addresses, '10.77.2.70-71', '-p', PORTS]);
  }, PATIENCE);
  afterAll(() => stage.close());

  test('knows each port in the ledger, open and with a verdict', async () => {
    const services = await stage.items<Service>(['services']);
    const rows = await stage.items<LedgerRow>(['ledger', '--all']);
    const missing = services.filter(
      (service) =>
        !rows.some(
          (row) =>
            row.device === service.device &&
            row.port === service.port &&
            row.transport === service.transport &&
            row.open.answer === 'yes',
        ),
    );
    expect(services.length).toBeGreaterThan(15);
    expect(missing).toEqual([]);
    expect(rows.filter(({ advice, verdict }) => advice === '' || String(verdict) === '')).toEqual(
      [],
    );
    // Traffic and firewall were not looked at, and nobody says that they were.
    expect(
      rows.filter(({ used, allowed }) => used.answer === 'no' || allowed.answer === 'no'),
    ).toEqual([]);
  });

  test('proves each finding, and says what to do and which clause asks for it', async () => {
    const findings = await stage.items<Finding>(['findings']);
    expect(findings.length).toBeGreaterThan(10);
    // One of each rule: all are made alike.
    const byRule = new Map(findings.map(({ id, rule }) => [rule, id]));
    for (const [rule, id] of byRule) {
      const { stdout } = await stage.portolan(['findings', id, '--json']);
      const card: { finding: Finding; evidence: readonly Evidence[] } = JSON.parse(stdout);
      const bytes = card.evidence.filter(({ proof }) => (proof?.response ?? '') !== '');
      // Where each byte may be printed nothing is asked, so there is no answer to show.
      expect({ rule, proved: bytes.length > 0 || rule === 'printer-raw' }).toEqual({
        rule,
        proved: true,
      });
      expect(card.finding.remedy).toMatch(/\S/);
      expect(card.finding.impact).toMatch(/\S/);
      expect(card.finding.clauses).not.toEqual([]);
    }
    const open = findings.filter(({ rule }) => rule === 'open-access');
    expect(open).not.toEqual([]);
    expect(JSON.stringify(open)).not.toMatch(/default (?:password|login|credential)/i);
  }, 60_000);

  test.each([
    ['a protocol', 'mqtt', 'OASIS'],
    ['a rule', 'open-access', 'Clause'],
    ['an error', 'E_STORE_BUSY', 'process id'],
    ['a port', '5683/udp', 'coap'],
    ['a device', 'PTL-D', 'Addresses'],
    ['a finding', 'PTL-F', 'what to do'],
  ])('explains %s', async (_, word, part) => {
    const lists = { 'PTL-D': 'devices', 'PTL-F': 'findings' } as const;
    const list = Object.entries(lists).find(([prefix]) => prefix === word)?.[1];
    const [first] = list === undefined ? [] : await stage.items<{ id: string }>([list]);
    expect((await said(['explain', first?.id ?? word])).toLowerCase()).toContain(
      part.toLowerCase(),
    );
  });

  test('reports the same devices and ports in every format', async () => {
    const file = (name: string): string => join(stage.folder, name);
    const names = ['r.html', 'r.json', 'r.csv', 'r.md', 'r.xml'];
    await said(['report', ...names.flatMap((name) => ['-o', file(name)])]);
    await said(['report', '--format', 'csv-devices', '-o', file('devices.csv')]);
    const devices = await stage.items<Device>(['devices']);
    const services = await stage.items<Service>(['services']);
    for (const name of [...names, 'devices.csv']) {
      const text = readFileSync(file(name), 'utf8');
      expect(tricks(text.replaceAll('\r\n', '\n'))).toEqual([]);
      const addresses = devices
        .filter(({ id }) => name !== 'r.csv' || services.some(({ device }) => device === id))
        .flatMap(({ addresses: all }) => all.slice(0, 1));
      expect({ name, missing: addresses.filter((one) => !text.includes(one)) }).toEqual({
        name,
        missing: [],
      });
    }
    const html = readFileSync(file('r.html'), 'utf8');
    expect(html).toMatch(/<svg[^>]*>[\s\S]*<\/svg>/);
    expect(html).not.toMatch(/<script|<link|src=|url\(|@import/i);
    const json: { services: readonly Service[] } = JSON.parse(readFileSync(file('r.json'), 'utf8'));
    expect(json.services.length).toBe(services.length);
    const valid = await stage.sensor(
      `xmllint --noout --nonet --dtdvalid /usr/share/nmap/nmap.dtd ${file('r.xml')}`,
    );
    expect(valid).toMatchObject({ status: 0, stderr: '' });
    const same = await stage.sensor(`ndiff ${file('r.xml')} ${file('r.xml')}`);
    expect(same).toMatchObject({ status: 0, stdout: '' });
    // What was written comes back as the same ports.
    await said(['import', file('r.xml')], stage.data('back'));
    const back = await stage.items<Service>(['services'], stage.data('back'));
    const ports = (list: readonly Service[]): string[] =>
      [...new Set(list.map(({ transport, port }) => `${port}/${transport}`))].toSorted();
    expect(ports(back)).toEqual(ports(services));
  }, 60_000);

  test('reads what nmap saw: the same ports', async () => {
    const file = join(stage.folder, 'nmap.xml');
    const scan = await stage.sensor(`nmap -n -sT -p 23,80,81,443,554 -oX ${file} 10.77.2.12`);
    expect(scan.status).toBe(0);
    await said(['import', file], stage.data('nmap'));
    const services = await stage.items<Service>(['services'], stage.data('nmap'));
    expect(services.map(({ port, state }) => [port, state])).toEqual(
      [23, 80, 443, 554].map((port) => [port, 'open']),
    );
    expect(services.filter(({ certainty }) => certainty === 'proved')).toEqual([]);
  }, 60_000);

  test('a protocol that was named once is known on the next device', async () => {
    const before = await stage.items<Service>(['services', '--protocol', 'unknown']);
    expect(before.map(({ port }) => port).toSorted()).toEqual(expect.arrayContaining([8668, 8765]));
    await said(['services', 'name', '10.77.2.70', '8765/tcp', 'acme-bus']);
    const named = await stage.items<Service>(['services', '--protocol', 'acme-bus']);
    expect(named.map(({ port }) => port).toSorted()).toEqual([8668, 8765]);
  });

  test('the word of a person outranks every guess, and can be taken back', async () => {
    const id = /undo (\d+)/.exec(
      await said(['devices', 'name', '10.77.2.12', 'Front', 'camera']),
    )?.[1];
    expect((await deviceAt('10.77.2.12')).name).toBe('Front camera');
    await said(['devices', 'set', 'front camera', 'vendor=Acme', 'kind=doorbell']);
    const { attributes } = await deviceAt('10.77.2.12');
    expect([attributes.vendor?.[0]?.value, attributes.kind?.[0]?.value]).toEqual([
      'Acme',
      'doorbell',
    ]);
    await said(['devices', 'treat-as', 'front camera', 'fragile']);
    expect(await deviceAt('10.77.2.12')).toMatchObject({ robustness: 'fragile' });
    await said(['devices', 'undo', id ?? '']);
    expect((await deviceAt('10.77.2.12')).name).not.toBe('Front camera');
  });

  test('two entries become one and two again', async () => {
    const count = async (): Promise<number> => (await stage.items(['devices'])).length;
    const before = await count();
    const merged = await said(['devices', 'merge', '10.77.2.70', '10.77.2.71']);
    expect(await count()).toBe(before - 1);
    expect(await deviceAt('10.77.2.70')).toEqual(await deviceAt('10.77.2.71'));
    await said(['devices', 'undo', /undo (\d+)/.exec(merged)?.[1] ?? '']);
    expect(await count()).toBe(before);
  });

  test('a device without an address stands behind its hub', async () => {
    await said(['devices', 'add', 'Kitchen lamp', '--behind', '10.77.2.11']);
    const hub = await deviceAt('10.77.2.11');
    const all = await stage.items<Device>(['devices']);
    expect(all.filter(({ behind }) => behind === hub.id).map(({ name }) => name)).toEqual([
      'Kitchen lamp',
    ]);
  });

  test(
    'a change is told exactly: one port new, one gone, one moved; no change is none',
    async () => {
      const data = stage.data('heater');
      const conf = join(stage.folder, 'mosquitto.conf');
      writeFileSync(conf, 'listener 1883 0.0.0.0\nallow_anonymous true\n');
      const broker = ['sh', '-c', `mosquitto -c ${conf} 2>&1`];
      const scan = (): Promise<string> =>
        said(['scan', HEATER.address, '-p', '80,1883,8080,8099'], data);
      await stage.plug({ ...HEATER, mac: '5c:aa:fd:00:00:72' }, serve('http:80'));
      await stage.run(HEATER.name, broker);
      for (const _ of [1, 2, 3]) await scan();
      const none = await stage.portolan(['diff', '--exit-code'], { data });
      expect(none).toMatchObject({ status: 0, stdout: '' });
      const [, , first] = await stage.items<{ id: string }>(['scan', '--list'], data);
      expect(await stage.items(['diff', first?.id ?? ''], data)).toEqual([]);
      expect(await stage.items(['alerts'], data)).toEqual([]);

      await stage.still(HEATER.name);
      await stage.run(HEATER.name, serve('http:8080', 'ftp:8099'));
      await scan();
      const changes = await stage.items<SiteChange>(['diff'], data);
      expect(changes.map(({ kind, port }) => [kind, port]).toSorted()).toEqual([
        ['appeared', 8099],
        ['moved', 8080],
        ['vanished', 1883],
      ]);
      expect((await stage.portolan(['diff', '--exit-code'], { data })).status).toBe(1);
      const alerts = await stage.items<Alert>(['alerts', '--severity', 'info'], data);
      expect(alerts.map(({ last: { type, port } }) => [type, port]).toSorted()).toEqual([
        ['new_port', 8080],
        ['new_port', 8099],
      ]);
    },
    PATIENCE,
  );
});
