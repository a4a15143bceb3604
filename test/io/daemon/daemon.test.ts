import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacking } from '../../lab/need.ts';
import { bundled } from '../apply/bundle.ts';

const isRoot = process.getuid?.() === 0;
const why =
  lacking('unshare', 'ip', 'tcpreplay', 'tshark') ??
  (isRoot ? undefined : 'only root may capture here');
const made = bundled({
  daemon: 'test/io/daemon/daemon-entry.ts',
  hog: 'test/io/daemon/hog-entry.ts',
  capture: 'src/io/capture/helper-main.ts',
});

describe.skipIf(why !== undefined)('a daemon that captures', () => {
  let folder = '';
  let said: Readonly<Record<string, unknown>> = {};

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-daemon-'));
    const script = [
      'set -e',
      'ip link set lo up',
      'ip link add near type veth peer name far',
      'ip link set near up; ip link set far up',
      'ln -s capture.mjs "$1/capture.js"',
      'for what in live full hung ending early evidence; do "$0" "$1/daemon.mjs" "$1" $what; done',
    ].join('\n');
    const space = ['-nm', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const { stdout, stderr } = spawnSync(
      'unshare',
      [...space, 'sh', '-c', script, process.execPath, made.folder],
      { cwd: folder, encoding: 'utf8', timeout: 240_000 },
    );
    said = Object.fromEntries(
      stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line): [string, unknown] => {
          const { what, value }: { what: string; value: unknown } = JSON.parse(line);
          return [what, value];
        }),
    );
    expect(Object.keys(said), stdout + stderr).toContain('evidence');
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('has no right left, and neither has its helper', () => {
    expect(said['rights']).toEqual(['0000000000000000', '0000000000000000']);
  });

  test('has figures of its capture, and of what passed by', () => {
    expect(said['figures']).toEqual({
      names: [
        'portolan_capture_packets_total',
        'portolan_capture_dropped_packets_total',
        'portolan_capture_bytes_total',
        'portolan_sensor_last_seen_timestamp_seconds',
        'portolan_sensor_clock_offset_seconds',
      ],
      flows: [['local', 'local', 'unjudged']],
      wouldBlock: 'nothing is in force',
      octets: true,
      clock: true,
    });
  });

  test('believes, stores and tells what passes by, and raises alerts', () => {
    expect(said['live']).toEqual({
      services: [[8080, 'http']],
      alerts: expect.arrayContaining(['port_scan_vertical']),
      events: expect.arrayContaining(['alert.new', 'site.changed']),
      state: 'ok',
    });
  });

  test('says that it is blind when its helper is killed, and goes on', () => {
    expect(said['helper killed']).toEqual({
      state: 'failed',
      remedy: 'Start the daemon again: sudo portolan serve --capture near',
      named: expect.arrayContaining(['Front door']),
      told: expect.any(String),
    });
  });

  test('goes on with a full disk: says so, raises alerts, and stores all of it later', () => {
    expect(said['full']).toEqual({
      text: expect.stringMatching(/^The disk that holds .* N records wait in memory$/),
      remedy: expect.stringContaining('Make room'),
      answers: 2,
    });
    expect(said['room again']).toEqual({
      text: 'The store takes everything',
      flows: 2005,
      alerts: 1,
    });
  });

  test('goes on while another process holds the store: refuses what a person does, keeps the rest', () => {
    expect(said['hung']).toEqual({
      remedy: expect.stringContaining('Wait until it ends'),
      answers: 2,
      refusal: 'E_STORE_BUSY',
      still: 'degraded',
    });
    expect(said['let go']).toEqual({ flows: 55, alerts: 1 });
  });

  test('gives the packets of an alert, out of those that it kept', () => {
    const { id } = Object(said['evidence']);
    expect(said['evidence']).toEqual({
      id: expect.stringMatching(/^PTL-A-/),
      hasPackets: true,
      mode: 0o600,
      isOurs: true,
    });
    const file = join(folder, 'evidence.pcapng');
    const read = (filter: string): string[] =>
      spawnSync('tshark', ['-r', file, '-Y', filter, '-T', 'fields', '-e', 'tcp.port'], {
        encoding: 'utf8',
      })
        .stdout.trim()
        .split('\n');
    const commented = read(`frame.comment contains "${id}"`);
    expect(commented).toHaveLength(read('frame').length);
    const tried = new Set(commented.flatMap((line) => line.split(',')).map(Number));
    const ports = Array.from({ length: 60 }, (_, index) => 5000 + index);
    expect(ports.filter((port) => !tried.has(port))).toEqual([]);
  });

  test('ends with everything kept; a second one was refused', () => {
    expect(said['ended']).toEqual({ second: 'E_STORE_BUSY', flows: 300, alerts: 0 });
  });

  test('can be ended before what is stored was read, and its helper with it', () => {
    expect(said['early']).toBe(true);
  });
});
