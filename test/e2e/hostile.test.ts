import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Output } from '../../lab/tools.ts';
import type { Service } from '../../src/model/service.ts';
import type { Lines } from './stage.ts';
import { cannot, HOSTILE_DEVICE, PRODUCT, Stage, tricks } from './stage.ts';

const why = cannot(['nft'], [HOSTILE_DEVICE]);

/** Milliseconds after which a scan of a hostile device is killed: it must have ended by itself. */
const BOUND = 120_000;
/** KiB above a scan of a device that says nothing. */
const EXTRA = 64 * 1024;

/** Runs a command and prints the most memory that it had, in KiB (getrusage(2)). */
const MEASURED = [
  'python3',
  '-c',
  `import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
print('highest', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(status)`,
];

/** Behaviours of the hostile device. */
const SILENT = 20_000;
const ECHO = 20_025;
const PORTS = '20000-20027,U:20028-20032';
const WELL_KNOWN = 'T:21-23,80,443,502,1883,5000,9100,U:161,1900,5353,5683';

/** The device, its address, the ports asked, and how many of its TCP ports must be reported. */
const ODD = ['odd', '10.77.2.66', PORTS, 28] as const;
const KNOWN = ['known', '10.77.2.67', WELL_KNOWN, 9] as const;
const ALIKE = ['10.77.2.68', '10.77.2.69'] as const;

describe.skipIf(why !== false)(`hostile devices${why === false ? '' : ` (${why})`}`, () => {
  let stage: Stage;
  const printed: Lines[] = [];
  const scans = new Map<string, Output>();

  const plug = async (name: string, address: string, more: readonly string[]): Promise<void> => {
    const mac = `5c:aa:fd:00:00:${address.split('.').at(-1)}`;
    const server = ['python3', HOSTILE_DEVICE, '--max-seconds', '60', '--bind', address, ...more];
    printed.push(await stage.plug({ name, zone: 'iot', address, mac }, server));
  };
  const scan = async (name: string, argv: readonly string[]): Promise<void> => {
    const command = [...MEASURED, ...PRODUCT, '--data', stage.data(name), 'scan', ...argv];
    scans.set(name, await stage.lab.exec(command, { timeout: BOUND }));
  };
  const highest = (name: string): number =>
    Number(/^highest (\d+)$/m.exec(scans.get(name)?.stderr ?? '')?.[1]);

  beforeAll(async () => {
    stage = await Stage.open({ devices: ['custom'] });
    await plug(ODD[0], ODD[1], []);
    await plug(KNOWN[0], KNOWN[1], ['--well-known']);
    for (const [index, behaviour] of [SILENT, ECHO].entries()) {
      const name = `alike${index}`;
      await plug(name, ALIKE[index] ?? '', []);
      await stage.run(name, ['sh', '-c', redirect(behaviour)]);
    }
    await Promise.all([
      scan('quiet', ['10.77.2.16', '-p', PORTS]),
      ...[ODD, KNOWN].map(([name, address, ports]) => scan(name, [address, '-p', ports])),
      scan('alike', ALIKE),
    ]);
  }, BOUND + 30_000);
  afterAll(() => stage.close());

  test.each([
    ['a quiet device, to compare with', 'quiet'],
    ['33 misbehaviours on ports of their own', 'odd'],
    ['the same on well-known ports', 'known'],
    ['devices that answer alike on every port', 'alike'],
  ])('%s: the scan ends by itself, as documented, and stays small', (_, name) => {
    const { status = 1, stdout = '', stderr = '' } = scans.get(name) ?? {};
    expect({ stderr, ended: status === 0 || status === 5 }).toEqual({ stderr, ended: true });
    expect(tricks(stdout + stderr)).toEqual([]);
    expect(highest(name)).toBeLessThan(highest('quiet') + EXTRA);
  });

  test.each([ODD, KNOWN])('%s: every TCP port is reported', async (name, _, __, count) => {
    const services = await stage.items<Service>(['services'], stage.data(name));
    const tcp = services.filter(({ transport }) => transport === 'tcp');
    expect(tcp.length).toBe(count);
  });

  test('the printer among them got no byte, the fragile controller lives', () => {
    const lines = printed.flat().join('\n');
    expect(lines).toContain('"ready"');
    expect(lines.match(/"(plc_crashed_by|plc_written_by)"/g)).toBeNull();
    expect(lines.match(/"printer_bytes": [1-9]/g)).toBeNull();
  });

  test.each(ALIKE)('%s is called a tarpit, and not listed port by port', async (address) => {
    expect(scans.get('alike')?.stderr).toContain(`${address} answers alike on every port`);
    const card = await stage.portolan(['devices', 'show', address, '--json'], {
      data: stage.data('alike'),
    });
    const { services }: { services: readonly Service[] } = JSON.parse(card.stdout);
    expect(services.filter(({ transport }) => transport === 'tcp').length).toBeLessThan(20);
  });
});

/** Every TCP port of the device answers as the one that is given. */
function redirect(port: number): string {
  const rules = [
    'add table ip nat',
    'add chain ip nat in { type nat hook prerouting priority -100; }',
    `add rule ip nat in tcp dport 1-65535 redirect to :${port}`,
  ];
  return `printf '%s\\n' ${rules.map((rule) => `'${rule}'`).join(' ')} | nft -f - && echo up && sleep 1000`;
}
