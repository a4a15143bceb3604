import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { madeSite } from '../../../bench/_segments.ts';
import { planFiles } from '../../../src/policy/segment/artefacts.ts';
import { planSegments } from '../../../src/policy/segment/plan.ts';
import { DEFAULTS } from '../../../src/policy/segment/segment.ts';
import { lacking } from '../../lab/need.ts';

const PLAN = planSegments(madeSite(54, 300));
const FILES = new Map(
  planFiles(PLAN, DEFAULTS, ['lan1', 'lan2']).map(({ name, text }) => [name, text]),
);
const FOLDER = mkdtempSync(join(tmpdir(), 'portolan-segment-'));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

function textOf(name: string): string {
  return FILES.get(name) ?? '';
}

function written(name: string, text = textOf(name)): string {
  const file = join(FOLDER, name);
  writeFileSync(file, text);
  return file;
}

const NEW = PLAN.zones.filter(({ vlan }) => vlan !== undefined);

describe('each new zone', () => {
  const wanted: readonly (readonly [file: string, form: (vlan: number) => string])[] = [
    ['openwrt.uci', (vlan) => `set network.ptl_v${vlan}.vlan='${vlan}'`],
    ['openwrt.uci', (vlan) => `set network.ptl_z${vlan}.ipaddr='192.168.${vlan}.1'`],
    ['openwrt.uci', (vlan) => `set dhcp.ptl_z${vlan}.interface='ptl_z${vlan}'`],
    ['linux-bridge.sh', (vlan) => `bridge vlan add vid ${vlan} dev br-lan self`],
    ['linux-bridge.sh', (vlan) => `name br-lan.${vlan} type vlan id ${vlan}`],
    ['dnsmasq.conf', (vlan) => `interface=br-lan.${vlan}`],
    [
      'routeros.rsc',
      (vlan) => `/interface vlan add name=br-lan.${vlan} interface=br-lan vlan-id=${vlan}`,
    ],
    [
      'routeros.rsc',
      (vlan) => `/ip address add address=192.168.${vlan}.1/24 interface=br-lan.${vlan}`,
    ],
    ['unifi.md', (vlan) => `VLAN ID ${vlan}, gateway 192.168.${vlan}.1/24`],
    [
      'policy.yaml',
      (vlan) => `interfaces: [br-lan.${vlan}], networks: [192.168.${vlan}.0/24], default: deny`,
    ],
  ];
  test.each(wanted)('is in %s', (file, form) => {
    expect(NEW.length).toBeGreaterThan(4);
    for (const { vlan = 0 } of NEW) expect(textOf(file)).toContain(form(vlan));
  });
});

test('the zone that keeps its network is not touched by any', () => {
  const kept = PLAN.zones.find(({ vlan }) => vlan === undefined);
  expect(kept?.name).toBe('trusted');
  for (const name of ['linux-bridge.sh', 'dnsmasq.conf', 'routeros.rsc']) {
    expect(textOf(name)).not.toContain('192.168.1.');
  }
});

test('RouterOS begins to filter last, so that nobody is cut off halfway', () => {
  expect(textOf('routeros.rsc').trimEnd().split('\n').at(-1)).toContain('vlan-filtering=yes');
});

test('relays have a line each, with the interfaces of their zones', () => {
  const lines = textOf('relay.sh')
    .split('\n')
    .filter((line) => line.startsWith('portolan relay'));
  expect(lines).toHaveLength(PLAN.relays.length);
  expect(lines[0]).toMatch(
    /--from br-lan\.30 --to br-lan --types _airplay\._tcp,_googlecast\._tcp/,
  );
});

const shell = lacking('sh');
test.skipIf(shell !== undefined).each(['linux-bridge.sh', 'relay.sh'])(
  '%s is a script that parses',
  (name) => {
    expect(spawnSync('sh', ['-n', written(name)], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  },
);

const noDnsmasq = lacking('dnsmasq');
if (noDnsmasq !== undefined) process.stderr.write(`dnsmasq is left out: ${noDnsmasq}\n`);
test.skipIf(noDnsmasq !== undefined)('dnsmasq takes its file', () => {
  const { stderr } = spawnSync('dnsmasq', ['--test', '-C', written('dnsmasq.conf')], {
    encoding: 'utf8',
  });
  expect(stderr).toContain('syntax check OK');
});

const noAvahi = lacking('avahi-daemon', 'unshare', 'ip');
if (noAvahi !== undefined) process.stderr.write(`avahi is left out: ${noAvahi}\n`);
test.skipIf(noAvahi !== undefined)(
  'avahi takes its file, and joins the interfaces of both zones',
  { timeout: 30_000 },
  () => {
    // There is no D-Bus in there.
    const text = textOf('avahi-daemon.conf').replace('[server]', '[server]\nenable-dbus=no');
    const file = written('avahi-daemon.conf', text);
    const legs = ['br-lan', 'br-lan.30'].flatMap((name, index) => [
      `ip link add ${name} type bridge`,
      `ip addr add 192.168.${index + 1}.1/24 dev ${name}`,
      `ip link set ${name} up`,
    ]);
    const script = [
      'mount -t tmpfs tmpfs /run',
      ...legs,
      `timeout 2 avahi-daemon --no-drop-root --no-chroot --no-rlimits -f ${file} 2>&1 || true`,
    ];
    const user = process.getuid?.() === 0 ? [] : ['-Ur'];
    const unshare = [...user, '-nm', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const { stdout } = spawnSync('unshare', [...unshare, 'sh', '-ec', script.join('\n')], {
      encoding: 'utf8',
    });
    expect(stdout).not.toContain('Invalid');
    for (const address of ['192.168.1.1', '192.168.2.1'])
      expect(stdout).toContain(`with address ${address}`);
  },
);
