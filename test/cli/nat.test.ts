import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routerIn } from '../../src/io/discover/default-router.ts';
import { lacking } from '../lab/need.ts';

const PRODUCT = join(import.meta.dirname, '../../dist/portolan.js');
const NO_KERNEL = lacking('unshare', 'ip', 'nft', 'iptables');

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let folder = '';

function run(command: readonly string[], env: Readonly<Record<string, string>> = {}): Outcome {
  const [program = '', ...args] = command;
  return spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, PORTOLAN_DATA: join(folder, 'data'), ...env },
    timeout: 60_000,
  });
}

function portolan(...words: readonly string[]): Outcome {
  return run([process.execPath, PRODUCT, ...words]);
}

function items(outcome: Outcome): readonly Record<string, unknown>[] {
  const document: { items: Record<string, unknown>[] } = JSON.parse(outcome.stdout);
  return document.items;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-nat-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('without a hole it is said how to look for some', () => {
  const { status, stderr } = portolan('nat');
  expect(stderr).toContain('portolan nat --ask');
  expect(status).toBe(0);
});

describe('after an import of a lease file', () => {
  const end = Math.floor(Date.now() / 1000) + 86_400;
  beforeAll(() => {
    const file = join(folder, 'upnp.leases');
    const hostile = 'cam\u001b[2J\u202e`reboot`';
    writeFileSync(
      file,
      `TCP:8443:192.168.1.20:554:${end}:IPCam\nUDP:7777:192.168.1.21:7777:0:${hostile}\n`,
    );
    expect(portolan('import', file).status).toBe(0);
  });

  test('a line has the hole, who asked, and the command', () => {
    const { stdout } = portolan('nat');
    const [header, ...lines] = stdout.trim().split('\n');
    expect(header?.replaceAll('\t', ' | ')).toBe(
      'outside | inside | device | via | asked by | since | until | open | needed | remove',
    );
    const camera = lines.find((line) => line.startsWith('tcp/8443'))?.split('\t');
    expect(camera?.[1]).toBe('192.168.1.20:554');
    expect(camera?.[4]).toBe('"IPCam"');
    expect(camera?.at(-1)).toBe('upnpc -d 8443 TCP');
  });

  test('nothing that a stranger chose reaches the terminal as it is', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(portolan('nat').stdout).not.toMatch(/[\u001b\u202e]/);
    expect(portolan('nat', '--json').stdout).not.toMatch(/\u202e/);
  });

  test('as JSON it has what a script needs', () => {
    const [camera] = items(portolan('nat', '--json')).filter(
      ({ outsidePort }) => outsidePort === 8443,
    );
    expect(camera).toMatchObject({
      transport: 'tcp',
      insideAddress: '192.168.1.20',
      insidePort: 554,
      by: 'IPCam',
      vias: ['import'],
      stands: true,
      open: 'unknown',
      needed: 'unknown',
      remove: { command: 'upnpc -d 8443 TCP', where: 'any computer inside' },
    });
  });

  test('it is a finding of the device inside', () => {
    const found = items(portolan('findings', '--json')).filter(
      ({ rule }) => rule === 'port-mapping',
    );
    const places = found.map(({ port, severity }) => `${port} ${severity}`);
    expect(places.toSorted()).toEqual(['554 high', '7777 high']);
  });
});

test.each([
  ['what is no address', ['nat', '--ask', 'nowhere!'], 2, '"nowhere!" is no address'],
  [
    'a router on the internet',
    ['nat', '--ask', '198.51.100.1'],
    6,
    'not a network of this machine',
  ],
])('%s is not asked', (_, words, status, why) => {
  const outcome = portolan(...words);
  expect(outcome.stderr).toContain(why);
  expect(outcome.status).toBe(status);
});

describe.skipIf(NO_KERNEL !== undefined)(
  `the kernel's own rules${NO_KERNEL === undefined ? '' : ` (${NO_KERNEL})`}`,
  () => {
    const RULES = `table ip nat {
    chain pre { type nat hook prerouting priority -100; tcp dport 8443 dnat to 10.9.0.20:554; tcp dport 2222 redirect to :22; }
  }
  table ip6 guard {
    chain passing { type filter hook forward priority 0; policy drop; ip6 daddr 2001:db8::20 tcp dport 8554 accept; }
  }`;
    let first: Outcome;
    let second: Outcome;

    beforeAll(() => {
      const file = join(folder, 'rules.nft');
      writeFileSync(file, RULES);
      const nat = `${process.execPath} ${PRODUCT} --data ${join(folder, 'kernel')} nat --local --json`;
      const script = (then: string): string[] => [
        ...['unshare', '-rn', 'sh', '-ec'],
        `ip link add lan type veth peer name x; ip addr add 10.9.0.1/24 dev lan; ip link set lan up; ip link set x up
       nft -f ${file};
       ${then}`,
      ];
      first = run(script(nat));
      // The command that was named, in the namespace where the rule is; then asked again.
      second = run(
        script(
          `command=$(${nat} | grep -o 'nft delete rule ip nat pre handle [0-9]*' | head -1); $command; ${nat}`,
        ),
      );
    });

    test('where no tool lists the rules, that is said', () => {
      const outcome = run([
        'unshare',
        '-rnm',
        'sh',
        '-c',
        `mount -t tmpfs t /usr/sbin && ${process.execPath} ${PRODUCT} nat --local`,
      ]);
      expect(outcome.stderr).toContain('E_MISSING_TOOL');
      expect(outcome.status).toBe(4);
    });

    test('are read: forwardings, redirects, IPv6 pinholes, each with the command that deletes it', () => {
      expect(first.stderr).toBe('');
      const told = items(first).map(
        ({ transport, outsidePort, insideAddress, insidePort, vias }) =>
          `${transport}/${outsidePort} ${insideAddress} ${insidePort} ${vias}`,
      );
      expect(told.sort()).toEqual([
        'tcp/2222 10.9.0.1 22 kernel',
        'tcp/8443 10.9.0.20 554 kernel',
        'tcp/8554 2001:db8::20 8554 pinhole',
      ]);
      expect(first.stdout).toMatch(/nft delete rule ip nat pre handle \d+/);
    });

    test('and the command deletes the rule, which the next look sees', () => {
      const left = items(second).map(({ outsidePort }) => outsidePort);
      expect(left).toHaveLength(2);
      expect(left).toContain(8554);
    });
  },
);

test.each([
  [
    'a default route',
    'eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0',
    '192.168.1.1',
  ],
  [
    'a route to a network',
    'eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0',
    undefined,
  ],
  ['nothing', '', undefined],
])('the router in %s', (_, line, expected) => {
  expect(routerIn(`Iface\tDestination\n${line}\n`)).toBe(expected);
});
