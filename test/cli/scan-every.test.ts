import { describe, expect, test } from 'vitest';
import { PortolanError } from '../../src/base/errors.ts';
import { jittered, parseInterval, repeat } from '../../src/cli/scan-every.ts';
import type { Shell } from '../../src/cli/shell.ts';

const HOUR = 3_600_000;

test.each([
  ['1m', 60_000],
  ['90m', 1.5 * HOUR],
  ['6h', 6 * HOUR],
  ['30d', 720 * HOUR],
])('an interval: %s', (text, milliseconds) => {
  expect(parseInterval(text)).toBe(milliseconds);
});

test.each(['', '6', 'h', '0m', '30s', '1.5h', '31d', '-1h', '6 h', '99999d', '6H'])(
  'no interval: %j',
  (text) => {
    expect(() => parseInterval(text)).toThrow(/is no interval/);
  },
);

test('jitter is a tenth to either side', () => {
  expect([0, 0.5, 1].map((random) => jittered(HOUR, random))).toEqual([
    0.9 * HOUR,
    HOUR,
    3_960_000,
  ]);
});

describe('repeated', () => {
  test('each begins an interval after the one before began, however long that took', async () => {
    const { waits, status } = await repeated([20 * 60_000, 2 * HOUR, 0], [0, 0, 0]);
    expect(waits).toEqual([40 * 60_000, 0, HOUR]);
    expect(status).toBe(0);
  });

  test('a later run that fails is told, and does not end it', async () => {
    const down = new PortolanError('E_SCOPE', 'no network', { remedy: 'Plug it in' });
    const { waits, said, status } = await repeated([0, 0, 0], [0, down, 0]);
    expect(waits).toHaveLength(3);
    expect(said).toContain('no network  [E_SCOPE]');
    expect(status).toBe(6);
  });

  test('a first one that fails is a mistake of whoever typed it', async () => {
    const typo = new PortolanError('E_TARGET', 'no target', { remedy: 'Look again' });
    await expect(repeated([0], [typo])).rejects.toBe(typo);
  });

  test('a bug of ours ends it', async () => {
    await expect(repeated([0, 0], [0, new TypeError('bug')])).rejects.toThrow('bug');
  });

  test('the worst status of all is the status', async () => {
    expect((await repeated([0, 0, 0], [0, 5, 1])).status).toBe(5);
  });

  test('the next time is told', async () => {
    expect((await repeated([0], [0])).said[0]).toMatch(/^Next scan at 2026-11-25 13:00Z; Ctrl-C/);
  });
});

/** As many runs as there are durations; a clock that only runs and waits move. Ended by Ctrl-C then. */
async function repeated(durations: readonly number[], ends: readonly (number | Error)[]) {
  const stop = new AbortController();
  const said: string[] = [];
  const waits: number[] = [];
  let now = Date.UTC(2026, 10, 25, 12);
  const shell = fakeShell(
    () => now,
    (text) => said.push(text),
    stop.signal,
  );
  const status = await repeat(shell, {
    interval: HOUR,
    random: () => 0.5,
    run: (number) => {
      now += durations[number - 1] ?? 0;
      const end = ends[number - 1] ?? 0;
      return end instanceof Error ? Promise.reject(end) : Promise.resolve(end);
    },
    wait: (milliseconds) => {
      waits.push(milliseconds);
      now += milliseconds;
      if (waits.length < durations.length) return Promise.resolve();
      stop.abort();
      return Promise.reject(new Error('aborted'));
    },
  });
  return { waits, said, status };
}

function fakeShell(now: () => number, say: (text: string) => void, stop: AbortSignal): Shell {
  return {
    out: () => {},
    say,
    hint: () => {},
    warn: say,
    json: false,
    quiet: false,
    verbose: false,
    accessible: false,
    outIsTerminal: false,
    errIsTerminal: false,
    width: 80,
    color: false,
    utc: true,
    configFile: undefined,
    dataFolder: undefined,
    env: {},
    now,
    stop,
  };
}
