import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { find } from '../../lab/tools.ts';
import { datagram, httpConversation } from '../io/capture/frames.ts';
import { lacking } from '../lab/need.ts';
import { pcap } from '../wire/captures.ts';

const PRODUCT = join(import.meta.dirname, '../../dist/portolan.js');
const MISSING = lacking('tshark');

let folder = '';
let day = '';
let id = '';

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: readonly string[]): Outcome {
  const [program = '', ...args] = command;
  const env = { ...process.env, PORTOLAN_DATA: join(folder, 'data') };
  return spawnSync(program, args, { encoding: 'utf8', env, timeout: 60_000 });
}

function portolan(...words: readonly string[]): Outcome {
  return run([process.execPath, PRODUCT, ...words]);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-evidence-'));
  day = join(folder, 'day.pcap');
  const frames = [...httpConversation(40_001), datagram(9, 100), ...httpConversation(40_002)];
  writeFileSync(day, pcap(1, frames));
  portolan('import', day);
  const { items }: { items: { id: string; port?: number }[] } = JSON.parse(
    portolan('findings', '--json').stdout,
  );
  id = items.find(({ port }) => port === 8080)?.id ?? '';
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('without a file the display filter is told', () => {
  expect(id).toMatch(/^PTL-F-/);
  expect(portolan('evidence', id).stdout).toBe(
    'Wireshark: ip.addr == 192.0.2.2 && tcp.port == 8080\n',
  );
});

test.each([
  ['an unknown id', ['PTL-F-0000'], 2, 'no device'],
  ['no capture', ['ID', '-o', 'slice.pcapng'], 2, '--from CAPTURE'],
  ['a capture that is not there', ['ID', '--from', 'nowhere', '-o', 'slice.pcapng'], 3, 'nowhere'],
  ['a place that cannot be written', ['ID', '--from', 'DAY', '-o', '/proc/x'], 3, 'E_OUTPUT'],
])('%s is an error', (_, words, status, why) => {
  const given = words.map((word) => {
    if (word === 'slice.pcapng') return join(folder, 'none.pcapng');
    return word === 'ID' ? id : word.replace('DAY', day);
  });
  const outcome = portolan('evidence', ...given);
  expect(outcome.status).toBe(status);
  expect(outcome.stderr).toContain(why);
});

describe.skipIf(MISSING !== undefined)('in tshark', () => {
  const fields = (file: string, filter: string, ...names: readonly string[]): string[] => {
    const wanted = names.flatMap((name) => ['-e', name]);
    const { stdout } = run(['tshark', '-r', file, '-Y', filter, '-T', 'fields', ...wanted]);
    return stdout.trimEnd().split('\n');
  };

  test('the slice holds what the filter shows of the whole, each packet with the id', () => {
    const slice = join(folder, 'slice.pcapng');
    const { status, stdout, stderr } = portolan('evidence', id, '--from', day, '-o', slice);
    expect(stderr).toContain('slice.pcapng: 16 packets');
    expect(status).toBe(0);
    const filter = stdout.replace('Wireshark: ', '').trim();
    const what = ['frame.time_epoch', 'frame.len', 'tcp.seq_raw'] as const;
    expect(fields(slice, 'frame', ...what)).toEqual(fields(day, filter, ...what));
    const comments = fields(slice, 'frame', 'frame.comment');
    expect(comments.length).toBe(16);
    expect(comments.every((comment) => comment.startsWith(`${id}: HTTP on tcp/8080`))).toBe(true);
  });

  test('a device takes all of its packets', () => {
    const slice = join(folder, 'device.pcapng');
    portolan('evidence', '192.0.2.2', '--from', day, '-o', slice);
    expect(fields(slice, 'udp', 'udp.dstport')).toEqual(['9']);
    expect(fields(slice, 'frame', 'frame.number').length).toBe(17);
  });

  test('what is left out is told', () => {
    const slice = join(folder, 'cut.pcapng');
    const words = ['evidence', id, '--from', day, '-o', slice, '--most', '3'];
    const { status, stderr } = portolan(...words);
    expect(status).toBe(5);
    expect(stderr).toContain('3 packets; there are more');
  });

  // Wireshark 4.0 looks for programs in the folder of the system only, so that is covered by ours.
  test.skipIf(process.getuid?.() !== 0)('Wireshark has the evidence among its interfaces', () => {
    const { stdout: places } = run(['tshark', '-G', 'folders']);
    const place = /^Extcap path:\s+(\S+)$/m.exec(places)?.[1] ?? '';
    const programs = mkdtempSync(join(folder, 'extcap-'));
    writeFileSync(join(programs, 'portolan'), portolan('extcap', '--script').stdout);
    chmodSync(join(programs, 'portolan'), 0o755);
    const told = ['id', id, 'from', day];
    const options = `-o extcap.portolan.${told[0]}:${told[1]} -o extcap.portolan.${told[2]}:${told[3]}`;
    const script = `
      mount --bind ${programs} ${place}
      ${find('tshark')} -D
      ${find('tshark')} -i portolan ${options} -c 16 -T fields -e tcp.port -e frame.comment
      ${find('tshark')} -i portolan ${options} -f 'tcp port 40001' -c 8 -T fields -e tcp.srcport
    `;
    const { stdout } = run(['unshare', '-m', 'sh', '-c', script]);
    expect(stdout).toContain('portolan (Portolan: evidence)');
    expect(stdout.split('\n').filter((line) => line.includes(`${id}: HTTP`)).length).toBe(16);
    expect(stdout.split('\n').filter((line) => /^(40001|8080)$/.test(line)).length).toBe(8);
  });
});

test('extcap answers as the interface has it', () => {
  expect(portolan('extcap', '--extcap-interfaces', '--extcap-version=4.0').stdout).toMatch(
    /^extcap \{version=[\d.]+\}\{display=Portolan\}\ninterface \{value=portolan\}\{display=Portolan: evidence\}\n$/,
  );
  const dlts = portolan('extcap', '--extcap-interface', 'portolan', '--extcap-dlts').stdout;
  expect(dlts).toMatch(/^dlt \{number=\d+\}\{name=\w+\}\{display=.+\}\n$/);
  const config = portolan('extcap', '--extcap-interface', 'portolan', '--extcap-config').stdout;
  expect(config).toMatch(/^arg \{number=0\}\{call=--id\}.*\narg \{number=1\}\{call=--from\}/);
});
