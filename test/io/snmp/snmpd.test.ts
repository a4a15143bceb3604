import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacking } from '../../lab/need.ts';

const PRODUCT = join(import.meta.dirname, '../../../dist/portolan.js');
const SWITCH = join(import.meta.dirname, 'switch.py');
const why = lacking('unshare', 'ip', 'snmpd', 'python3');

/**
 * Debian's snmpd as the router of a network, in a namespace: its own tables are the kernel's, and
 * those of a switch, which it lacks, come from a program behind it. The wire is net-snmp's either way.
 */
const NETWORK = `
set -e
ip link set lo up
ip link add br0 type bridge
ip link add p1 index 31 type veth peer name q1
ip link add p2 index 32 type veth peer name q2
ip link set br0 up
ip addr add 10.77.0.1/24 dev br0
ip addr add fd77::1/64 dev br0 nodad
for n in 09 0a 0b; do
  ip neigh add 10.77.0.$((0x$n)) lladdr 02:00:00:00:00:$n dev br0 nud permanent
done
ip neigh add fd77::9 lladdr 02:00:00:00:00:09 dev br0 nud permanent
ip neigh add 10.77.0.77 dev br0 nud failed
snmpd -f -Lf log -C -c snmpd.conf -p pid -I -smux &
sleep 2
portolan() { ${process.execPath} ${PRODUCT} --data data --config none "$@"; }
run() { name=$1; shift; set +e; portolan "$@" > $name.out 2> $name.err; echo $? > $name.status; set -e; }
run v2c import snmp 127.0.0.1 --snmp-port 1161 --community-file community --json
run devices devices --json
run v3 --data data3 import snmp 127.0.0.1 --snmp-port 1161 --v3 user
run stranger import snmp 127.0.0.1 --snmp-port 1161 --community-file wrong
run passphrase import snmp 127.0.0.1 --snmp-port 1161 --v3 wrong-user
run scope import snmp 198.51.100.1 --community-file community
run none import snmp 127.0.0.1
`;

const FILES: Readonly<Record<string, string>> = {
  'snmpd.conf': [
    'rocommunity not-public',
    'createUser reader SHA-256 "authenticate me" AES "keep it secret"',
    'rouser reader authPriv',
    'sysName gw',
    'sysDescr Lab router',
    'sysObjectID 1.3.6.1.4.1.9.1.1',
    'agentAddress udp:127.0.0.1:1161',
    `pass_persist .1.3.6.1.2.1.17 /usr/bin/env python3 ${SWITCH}`,
    `pass_persist .1.0.8802 /usr/bin/env python3 ${SWITCH}`,
    '',
  ].join('\n'),
  community: 'not-public\n',
  wrong: 'something-else\n',
  user: 'defSecurityName reader\ndefAuthType SHA-256\ndefAuthPassphrase "authenticate me"\ndefPrivType AES\ndefPrivPassphrase "keep it secret"\n',
  'wrong-user':
    'defSecurityName reader\ndefAuthType SHA-256\ndefAuthPassphrase "let me in, please"\ndefPrivType AES\ndefPrivPassphrase "keep it secret"\n',
};

describe.skipIf(why !== undefined)('a router that Debian’s snmpd speaks for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-snmp-'));
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

  beforeAll(() => {
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
    const argv = ['-nm', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', NETWORK];
    const env = { ...process.env, SNMP_PERSISTENT_DIR: join(folder, 'state'), MIBS: '' };
    const { status, stderr } = spawnSync('unshare', argv, { cwd: folder, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`the network could not be built: ${stderr}`);
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  interface Device {
    readonly addresses: readonly string[];
    readonly macs: readonly string[];
    readonly attributes: Readonly<Record<string, readonly { readonly value: string }[]>>;
  }

  function device(address: string): Device | undefined {
    const document: { items: Device[] } = JSON.parse(read('devices.out')); // Our own.
    return document.items.find(({ addresses }) => addresses.includes(address));
  }

  test.each([
    ['one on a port of its own, by both of its addresses', '10.77.0.9', 'port p1 of gw, VLAN 20'],
    [
      'one behind a port with others',
      '10.77.0.10',
      'behind port p2 of gw, shared with 2 more, VLAN 20',
    ],
  ])('tells where a device hangs: %s', (_, address, place) => {
    const found = device(address);
    expect(found?.attributes['attachment']?.[0]?.value).toBe(place);
    expect(found?.macs).toHaveLength(1);
  });

  test('tells both families of one card as one device', () => {
    expect(device('10.77.0.9')?.addresses).toContain('fd77::9');
  });

  test('tells of its neighbour what that says of itself', () => {
    expect(device('10.77.0.5')?.attributes).toMatchObject({
      name: [{ value: 'ap-1' }],
      attachment: [{ value: 'port uplink one of gw' }],
    });
  });

  test('is itself known by its name', () => {
    expect(device('127.0.0.1')?.attributes['name']?.[0]?.value).toBe('gw');
  });

  test('says nothing of an address that nobody answers for', () => {
    expect(device('10.77.0.77')).toBeUndefined();
  });

  test('counts the cards without an address', () => {
    expect(JSON.parse(read('v2c.out'))).toMatchObject({ addressless: 1, notes: [] });
  });

  test('answers a user of SNMPv3, encrypted, with as much', () => {
    expect(read('v3.err')).toMatch(/^127\.0\.0\.1: 8 addresses, 5 with the place/m);
    expect(read('v3.status')).toBe('0\n');
  });

  test.each([
    ['a community that it does not know', 'stranger', '3', 'does not answer SNMP'],
    ['a wrong passphrase', 'passphrase', '3', 'no answer to SNMP'],
    ['an address outside the scope', 'scope', '6', '--i-am-authorised'],
    ['nobody who guesses', 'none', '2', 'none is guessed'],
  ])('refuses %s', (_, name, status, words) => {
    expect(read(`${name}.err`)).toContain(words);
    expect(read(`${name}.status`)).toBe(`${status}\n`);
  });
});
