import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Said } from '../flows/talk.ts';
import { frameOf, handshake } from '../flows/talk.ts';
import { pcap } from '../wire/captures.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = mkdtempSync(join(tmpdir(), 'portolan-analyze-'));
const FILE = join(FOLDER, 'hall.pcap');
const CUT = join(FOLDER, 'cut.pcap');

const CLIENT = '192.168.1.10:40000';
const SERVER = '192.168.1.20:8080';
const REQUEST = 'GET /status HTTP/1.1\r\nHost: hub.example\r\nUser-Agent: probe/1\r\n\r\n';
const SAID: readonly Said[] = [
  ...handshake(CLIENT, SERVER),
  {
    from: CLIENT,
    to: SERVER,
    tcp: REQUEST,
    sequence: 1,
    acknowledgement: 1,
  },
  {
    from: SERVER,
    to: CLIENT,
    tcp: 'HTTP/1.1 200 OK\r\nServer: \x1b[31mred\r\nContent-Length: 0\r\n\r\n',
    sequence: 1,
    acknowledgement: 1 + REQUEST.length,
  },
  { from: CLIENT, to: '192.168.1.21:6000', udp: 'nobody knows this' },
];
const CAPTURE = pcap(1, SAID.map(frameOf));
writeFileSync(FILE, CAPTURE);
writeFileSync(CUT, CAPTURE.subarray(0, CAPTURE.length - 5));

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

interface Result {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function analyze(args: readonly string[], input: Uint8Array = new Uint8Array(0)): Result {
  const run = spawnSync(process.execPath, [join(ROOT, 'dist/portolan.js'), 'analyze', ...args], {
    input,
    env: { PATH: process.env['PATH'], HOME: FOLDER, PORTOLAN_DATA: join(FOLDER, 'data') },
    timeout: 30_000,
  });
  return { status: run.status, out: run.stdout.toString(), err: run.stderr.toString() };
}

function lines(text: string): readonly unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}

test('shows devices, services and flows, and encodes what strangers said', () => {
  const { status, out } = analyze([FILE]);
  expect(status).toBe(0);
  expect(out).toContain('192.168.1.20\t8080/tcp\thttp');
  expect(out).toContain('192.168.1.10:40000\t192.168.1.20:8080');
  expect(out).toContain('\\x1b[31mred');
  expect(out).not.toContain('\x1b');
});

describe('lines of JSON', () => {
  test('of flows', () => {
    const { status, out } = analyze([FILE, '--flows', '-']);
    expect(status).toBe(0);
    expect(lines(out)).toMatchObject([
      {
        file: FILE,
        src: CLIENT,
        dst: SERVER,
        transport: 'tcp',
        protocol: 'http',
        certainty: 'proved',
        outcome: 'answered',
        frames: [1, 5],
      },
      { dst: '192.168.1.21:6000', transport: 'udp', protocol: 'unknown', outcome: 'silent' },
    ]);
  });

  test('of named values, each once', () => {
    const values = lines(analyze([FILE, '--fields', '-']).out);
    expect(values).toContainEqual({ file: FILE, field: 'http.host', value: 'hub.example' });
    expect(values).toContainEqual({ file: FILE, field: 'http.user_agent', value: 'probe/1' });
    expect(new Set(values.map((value) => JSON.stringify(value))).size).toBe(values.length);
  });

  test('of devices', () => {
    expect(lines(analyze([FILE, '--devices', '-']).out)).toContainEqual(
      expect.objectContaining({
        file: FILE,
        mac: '02:00:c0:a8:01:14',
        addresses: ['192.168.1.20'],
        services: [{ transport: 'tcp', port: 8080, protocol: 'http', certainty: 'proved' }],
      }),
    );
  });

  test('of captures, one for each file', () => {
    const octets = SAID.map(frameOf).reduce((sum, { length }) => sum + length, 0);
    const line = { packets: 6, format: 'pcap', bytes: octets, interfaces: 1, ok: true };
    expect(lines(analyze([FILE, FILE, '--packets', '-']).out)).toMatchObject([
      { file: FILE, ...line },
      { file: FILE, ...line },
    ]);
  });
});

test('a damaged file is told with the packet, exit 5, and what was before it is kept', () => {
  const flows = join(FOLDER, 'flows.jsonl');
  const { status, err } = analyze([CUT, '--flows', flows]);
  expect(status).toBe(5);
  expect(err).toContain(`${CUT} is damaged before packet 6`);
  expect(lines(readFileSync(flows, 'utf8'))).toHaveLength(1);
});

test('standard input is as good as a file', () => {
  const fromFile = analyze([FILE, '--flows', '-']).out.replaceAll(FILE, '-');
  const fromPipe = analyze(['-', '--flows', '-'], CAPTURE);
  expect(fromPipe.status).toBe(0);
  expect(fromPipe.out).toBe(fromFile);
});

test('one document with everything, and what is used', () => {
  const { out } = analyze([FILE, '--json']);
  expect(JSON.parse(out)).toMatchObject({
    schema: 'portolan/analysis/v1',
    files: [
      {
        file: FILE,
        packets: 6,
        counters: { flows: 2, lost: 0 },
        ledger: [{ port: 8080, open: { answer: 'yes' }, used: { answer: 'yes' } }],
      },
    ],
  });
});

test.each([
  ['a file that is not there', [join(FOLDER, 'none.pcap')], 3, 'E_INPUT_UNREADABLE'],
  ['a number of flows that is none', [FILE, '--top', 'many'], 2, 'E_USAGE'],
  ['an output that cannot be', [FILE, '--flows', join(FOLDER, 'no/such/folder')], 3, 'E_OUTPUT'],
])('refuses %s', (_, args, status, code) => {
  const refused = analyze(args);
  expect(refused.status).toBe(status);
  expect(refused.err).toContain(code);
});

test('leaves nothing behind', () => {
  analyze([FILE]);
  expect(() => readFileSync(join(FOLDER, 'data'))).toThrow('ENOENT');
});
