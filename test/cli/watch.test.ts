import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { find } from '../../lab/tools.ts';
import { datagram, httpConversation, tagged } from '../io/capture/frames.ts';
import { pcap, readBytes } from '../wire/captures.ts';

const PRODUCT = join(import.meta.dirname, '../../dist/portolan.js');

let folder = '';
let file = '';

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function watch(...words: readonly string[]): Outcome {
  const args = [PRODUCT, '--data', join(folder, 'data'), 'watch', ...words];
  return spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-watch-'));
  file = join(folder, 'day.pcap');
  const frames = [...httpConversation(40_001), datagram(9, 100), tagged(datagram(10, 200), 7)];
  writeFileSync(file, pcap(1, frames));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  [
    'each conversation is a line',
    ['--flows'],
    /192\.0\.2\.1:40001 → 192\.0\.2\.2:8080 tcp http answered 5\/3 packets/,
  ],
  [
    'without a terminal each thing that is new is a line',
    [],
    /service 192\.0\.2\.2:8080\/tcp http \(proved\)/,
  ],
  [
    'each event is an object',
    ['--jsonl'],
    /^\{"event":"start".*\n(.*\n)*\{"event":"end","why":"end-of-file"\}\n$/,
  ],
  ['the whole is a document', ['--json'], /"schema": "portolan\/watch\/v1"(.|\n)*"packets": 10/],
])('%s', (_, words, wanted) => {
  const { status, stdout } = watch('-r', file, '--no-store', ...words);
  expect(status).toBe(0);
  expect(stdout).toMatch(wanted);
});

test.each([
  ['all', '', 10],
  ['a port', 'tcp port 8080', 8],
  ['a port by its name', 'tcp port http-alt', 8],
  ['what has no tag', 'not vlan', 9],
  ['a tag and what is within', 'vlan 7 and udp port 10', 1],
])('the filter takes %s', (_, filter, packets) => {
  const { stderr } = watch('-r', file, '--no-store', '--', ...filter.split(' '));
  expect(stderr).toContain(`${packets} packet`);
});

test('what passes the filter can be written, so many of it', () => {
  const written = join(folder, 'written.pcap');
  const { status } = watch('-r', file, '--no-store', '-c', '3', '-w', written, 'tcp');
  expect(status).toBe(0);
  let frames = 0;
  const summary = readBytes(readFileSync(written), () => {
    frames += 1;
  });
  expect([frames, summary?.ok]).toEqual([3, true]);
});

test('the files of a capture follow each other by its own time', () => {
  const { status } = watch('-r', file, '--no-store', '-w', join(folder, 'part-%s'), '-G', '4');
  expect(status).toBe(0);
  // Ten frames a second apart (1,795,600,000 s): files of four, four and two.
  const sizes = [0, 4, 8].map((second) => {
    let frames = 0;
    readBytes(readFileSync(join(folder, `part-${1_795_600_000 + second}`)), () => {
      frames += 1;
    });
    return frames;
  });
  expect(sizes).toEqual([4, 4, 2]);
});

test.each([
  ['files without a name', ['-G', '60'], '-G and -C are for files'],
  ['files on standard output', ['-C', '1', '-w', '-'], '-G and -C are for files'],
  ['a number of files that are never full', ['-W', '3', '-w', 'x'], '-W counts files'],
  ['no time', ['-G', '0', '-w', 'x'], '"0" is no number of seconds for -G'],
  ['half a frame', ['-s', '1.5', '-w', 'x'], '"1.5" is no number of octets for -s'],
])('%s is refused', (_, words, why) => {
  const { status, stderr } = watch('-r', file, '--no-store', ...words);
  expect(status).toBe(2);
  expect(stderr).toContain(why);
});

test('a damaged capture is shown up to its damage', () => {
  const damaged = join(folder, 'damaged.pcap');
  writeFileSync(damaged, readFileSync(file));
  truncateSync(damaged, 700);
  const { status, stderr } = watch('-r', damaged, '--no-store');
  expect(status).toBe(5);
  expect(stderr).toContain('is damaged');
});

test('an error in the filter has a caret below its place', () => {
  const { status, stderr } = watch('-r', file, '--', 'tcp port 502 modbus');
  expect(status).toBe(2);
  expect(stderr).toContain(
    'capture filter, character 14: unknown word "modbus"  [E_FILTER] exit 2\n' +
      '      tcp port 502 modbus\n' +
      '                   ^\n',
  );
});

test('what was seen is in the store, unless it is not wanted there', () => {
  const services = (): string =>
    spawnSync(process.execPath, [PRODUCT, '--data', join(folder, 'data'), 'services'], {
      encoding: 'utf8',
    }).stdout;
  watch('-r', file, '--no-store');
  expect(services()).not.toContain('8080/tcp');
  watch('-r', file);
  expect(services()).toContain('192.0.2.2\t8080/tcp\topen\thttp');
});

test('a conversation that lasts is told while it goes on, and kept once', () => {
  const long = join(folder, 'long.pcap');
  // A datagram a second for two minutes and a half.
  writeFileSync(long, pcap(1, Array(150).fill(datagram(7777, 20))));
  const { stdout } = watch('-r', long, '--jsonl', '--no-alerts');
  const events = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): { event: string; packets_sent?: number } => JSON.parse(line))
    .filter(({ event }) => event.endsWith('flow'));
  expect(events.map(({ event }) => event)).toEqual(['active-flow', 'active-flow', 'flow']);
  expect(events.at(-1)?.packets_sent).toBe(150);
  const args = [PRODUCT, '--data', join(folder, 'data'), 'flows', '--port', '7777', '--json'];
  const kept = spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout;
  expect(kept.match(/"communityId"|"community_id"/g)).toHaveLength(1);
});

test('the interfaces are listed', () => {
  const { stdout, status } = watch('-D');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^lo\t\d+\t/m);
});

test.skipIf(find('script') === undefined)('on a terminal it draws, and leaves it as it was', () => {
  const words = [process.execPath, PRODUCT, 'watch', '-r', '-', '--no-store'].join(' ');
  // The capture stays open for a while, so that there is something to draw.
  const command = `(cat ${file}; sleep 2) | ${words}`;
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
    encoding: 'utf8',
    env: { ...process.env, TERM: 'xterm', NO_COLOR: '1' },
    timeout: 60_000,
  });
  const [before = '', after = ''] = stdout.split('\u001b[?1049l');
  expect(before).toContain('\u001b[?1049h');
  expect(before).toContain('10 packets');
  expect(before).toMatch(/8080\/tcp +http/);
  expect(after).toContain('10 packets');
  expect(after).not.toContain('\u001b[H');
});
