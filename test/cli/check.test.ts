import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { endedWithin } from '../../src/cli/check-limit.ts';
import { runCheck } from '../../src/cli/check-run.ts';
import { commands } from '../../src/cli/index.ts';
import { runMetrics } from '../../src/cli/metrics-run.ts';
import { runCommandLine } from '../../src/cli/run.ts';
import { AlertKeeper } from '../../src/io/alerts/keeper.ts';
import { openStore } from '../../src/io/store/open.ts';
import type { Signal } from '../../src/model/alert.ts';
import type { Flow } from '../../src/model/flow.ts';
import { mac, signal } from '../alerts/signals.ts';
import { evidenceOf } from '../io/store/samples.ts';
import { runIn } from './stand-in.ts';

const NOW = Date.UTC(2026, 10, 25, 14);
const MINUTE = 60_000;

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-check-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(args: readonly string[], options = {}) {
  return runIn(
    { data: folder, now: NOW },
    (shell, input) => Promise.resolve(runCheck(shell, input)),
    args,
    options,
  );
}

function flowUntil(lastSeen: number): Flow {
  return {
    firstSeen: lastSeen - 1000,
    lastSeen,
    source: { address: '192.168.1.31', port: 40_000 },
    destination: { address: '203.0.113.9', port: 443 },
    transport: 'tcp',
    ipProtocol: 6,
    sent: { packets: 5, bytes: 500 },
    received: { packets: 5, bytes: 5000 },
    outcome: 'answered',
    protocol: 'tls',
    version: 'unknown',
    over: 'tcp',
    certainty: 'proved',
    communityId: '1:abc=',
    frames: [1, 10],
    lost: 0,
    facts: [],
  };
}

/** Traffic that was seen so long ago, a camera that had an alert, and nothing else. */
function happened(minutesAgo: number, ...signals: readonly Partial<Signal>[]): void {
  const store = openStore(folder);
  const lastSeen = NOW - minutesAgo * MINUTE;
  store.appendFlows([flowUntil(lastSeen)], 'eth1');
  store.append([
    evidenceOf(
      { kind: 'present', via: 'arp' },
      { at: lastSeen, source: 'passive', subject: { address: '192.168.1.31', mac: mac(1) } },
    ),
  ]);
  const keeper = new AlertKeeper(store);
  for (const parts of signals) keeper.take(signal({ at: lastSeen, devices: [mac(1)], ...parts }));
  keeper.close();
  store.close();
}

const ONE = { severity: 'high' } as const;

describe('portolan check', () => {
  test.each([
    ['no alert', [], {}, 0, /^PORTOLAN OK - 0 open alerts >= medium \| 'alerts'=0;0;~:;0;$/],
    [
      'one',
      [ONE],
      {},
      1,
      /^PORTOLAN WARNING - 1 open alert >= medium, newest PTL-A-\w+ new_port \| 'alerts'=1;0;~:;0;$/,
    ],
    ['one too many', [ONE], { critical: '0' }, 2, /^PORTOLAN CRITICAL - 1 open alert/],
    [
      'one below what is asked for',
      [ONE],
      { minSeverity: 'critical' },
      0,
      /^PORTOLAN OK - 0 open alerts >= critical/,
    ],
    [
      'one of the device',
      [ONE],
      { hostname: '192.168.1.31' },
      1,
      /^PORTOLAN WARNING - 1 open alert/,
    ],
    [
      'a device that is not known',
      [ONE],
      { hostname: 'toaster' },
      3,
      /^PORTOLAN UNKNOWN - There is no device "toaster" \[E_NOT_FOUND\]$/,
    ],
    [
      'a range that is none',
      [ONE],
      { warning: '5:1' },
      3,
      /^PORTOLAN UNKNOWN - -w "5:1" is no range/,
    ],
    ['a time that is none', [ONE], { maxAge: 'soon' }, 3, /^PORTOLAN UNKNOWN - --max-age "soon"/],
  ] satisfies [string, Partial<Signal>[], object, number, RegExp][])(
    'alerts: %s',
    async (_, signals, options, status, line) => {
      happened(5, ...signals);
      const result = await run([], options);
      expect(result.status).toBe(status);
      expect(result.out.replace(/\n$/, '')).toMatch(line);
      expect(result.out.split('\n')).toHaveLength(2);
    },
  );

  test('blind is unknown and never ok: nothing seen, nothing seen lately, no database', async () => {
    expect(await run(['alerts'])).toMatchObject({
      status: 3,
      out: expect.stringContaining('there is no database'),
    });
    expect(existsSync(join(folder, 'portolan.db'))).toBe(false);
    openStore(folder).close();
    expect(await run(['alerts'])).toMatchObject({
      status: 3,
      out: expect.stringContaining('no traffic was ever seen'),
    });
    expect(await run(['sensor'])).toMatchObject({ status: 3 });
    expect(await run(['devices'])).toMatchObject({
      status: 3,
      out: expect.stringContaining('nothing was ever seen'),
    });
    expect(await run(['policy-drift'])).toMatchObject({ status: 3 });
    happened(16);
    expect(await run(['alerts'])).toMatchObject({
      status: 3,
      out: 'PORTOLAN UNKNOWN - nothing was seen for 16 minutes; is the sensor running?\n',
    });
    expect(await run(['alerts'], { maxAge: '1h' })).toMatchObject({ status: 0 });
  });

  test.each([
    [1, {}, 0, "traffic was seen 60 s ago | 'age'=60s;300;900;0;"],
    [6, {}, 1, "traffic was seen 360 s ago | 'age'=360s;300;900;0;"],
    [20, {}, 2, 'traffic was seen 1200 s ago'],
    [20, { warning: '1800', critical: '3600' }, 0, 'traffic was seen 1200 s ago'],
  ])('sensor: traffic %d minutes ago', async (minutes, options, status, line) => {
    happened(minutes);
    expect(await run(['sensor'], options)).toMatchObject({
      status,
      out: expect.stringContaining(line),
    });
  });

  test.each([
    ['devices', {}, 1, '1 new device since yesterday of 1, newest'],
    ['findings', {}, 0, "'findings'=0;0;~:;0;"],
    ['notify', {}, 0, "'parked'=0;0;~:;0; 'waiting'=0;;;0;"],
    [
      'device',
      { hostname: mac(1) },
      0,
      "'unseen'=300s;3600;86400;0; 'alerts'=1;;;0; 'findings'=0;;;0;",
    ],
    ['device', {}, 3, 'which device was not said'],
    ['policy-drift', {}, 3, 'no policy, or no firewall was read'],
    ['alrts', {}, 3, 'did you mean "alerts"?'],
  ])('%s %j', async (mode, options, status, line) => {
    happened(5, ONE);
    expect(await run([mode], options)).toMatchObject({
      status,
      out: expect.stringContaining(line),
    });
  });

  test('an account that may not read the database is told so in one line', async () => {
    happened(5);
    writeFileSync(join(folder, 'portolan.db'), 'not a database');
    expect(await run([])).toMatchObject({
      status: 3,
      out: expect.stringMatching(/^PORTOLAN UNKNOWN - .*E_STORE/),
    });
  });

  test('for programs', async () => {
    happened(5, ONE);
    const { out, status } = await run([], { json: true });
    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      schema: 'portolan/check/v1',
      mode: 'alerts',
      status: 1,
    });
  });

  test.each([
    [['check', '--bogus']],
    [['--data', '/nonexistent', 'check', '-w']],
    [['check', 'alerts', '--min-severity', 'loud']],
  ])('%j is unknown and not critical, as the monitor understands it', async (argv) => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      expect(await runCommandLine(commands, argv)).toBe(3);
      expect(String(write.mock.calls[0]?.[0])).toMatch(/^PORTOLAN UNKNOWN - [^|\n]+\n$/);
    } finally {
      write.mockRestore();
    }
  });
});

describe('within a time', () => {
  test('what hangs is ended', () => {
    expect(endedWithin(1, ['-e', 'for (;;) {}'])).toBeUndefined();
  });

  test('what is in time says what it says', () => {
    const script = 'console.log("PORTOLAN OK"); console.error("slow"); process.exitCode = 1';
    const ended = { out: 'PORTOLAN OK\n', said: 'slow\n', status: 1 };
    expect(endedWithin(60, ['-e', script])).toEqual(ended);
  });

  test.each(['soon', '-1', '3601', '1.5', ''])('%j is no number of seconds', async (timeout) => {
    expect(await run([], { timeout })).toMatchObject({
      status: 3,
      out: expect.stringMatching(/^PORTOLAN UNKNOWN - -t .*E_USAGE/),
    });
  });

  test('0 is no limit', async () => {
    happened(5);
    expect(await run([], { timeout: '0' })).toMatchObject({ status: 0 });
  });
});

describe('passive results', () => {
  const NAMES = { asHost: 'gw', asService: 'iot alerts' };

  test('on standard output, for send_nsca', async () => {
    happened(5, ONE);
    const { out, status } = await run([], { nscaForm: true, ...NAMES });
    expect(status).toBe(0);
    expect(out).toMatch(/^gw\tiot alerts\t1\tPORTOLAN WARNING - .*\n$/);
  });

  test('to the command file, appended', async () => {
    happened(5, ONE);
    const file = join(folder, 'nagios.cmd');
    writeFileSync(file, 'before\n');
    await run([], { spool: file, ...NAMES });
    expect(readFileSync(file, 'utf8')).toMatch(
      /^before\n\[1795615200\] PROCESS_SERVICE_CHECK_RESULT;gw;iot alerts;1;PORTOLAN WARNING - .*\n$/,
    );
  });

  test('into the spool folder, with the file that says that it is whole', async () => {
    happened(5);
    const spool = join(folder, 'checkresults');
    mkdirSync(spool);
    await run([], { spool, ...NAMES });
    const [name = '', mark] = readdirSync(spool).toSorted();
    expect(name).toMatch(/^c[0-9a-f]{6}$/);
    expect(mark).toBe(`${name}.ok`);
    expect(readFileSync(join(spool, name), 'utf8')).toContain('return_code=0\noutput=PORTOLAN OK');
  });

  test('a command file that nobody reads does not hang', async () => {
    happened(5);
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    expect(await run([], { spool: fifo })).toMatchObject({
      said: expect.stringContaining('Is the monitor running'),
    });
  });
});

describe('portolan metrics', () => {
  function metrics(options = {}) {
    return runIn({ data: folder, now: NOW }, runMetrics, [], options);
  }

  test('prints what the store knows', async () => {
    happened(5, ONE);
    const { out } = await metrics({ site: 'home' });
    expect(out).toContain('portolan_devices{site="home",zone="none",state="active"} 1\n');
    expect(out).toContain('portolan_alerts_open{site="home",severity="high"} 1\n');
    expect(out).toContain('portolan_alerts_total{site="home",severity="high",type="new_port"} 1\n');
    expect(out).toContain(
      `portolan_sensor_last_seen_timestamp_seconds{sensor="eth1"} ${(NOW - 5 * MINUTE) / 1000}\n`,
    );
    expect(out).not.toContain('portolan_device_info');
    expect((await metrics({ devices: true })).out).toContain('portolan_device_info{device="PTL-D-');
  });

  test('writes a file at once, or says why not', async () => {
    happened(5);
    const output = join(folder, 'portolan.prom');
    expect(await metrics({ output })).toMatchObject({ status: 0, out: '' });
    expect(readFileSync(output, 'utf8')).toContain('# TYPE portolan_build_info gauge\n');
    expect(await metrics({ output: join(folder, 'no/such') })).toMatchObject({ status: 3 });
  });
});
