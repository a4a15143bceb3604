import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, test } from 'vitest';
import { find } from '../../../lab/tools.ts';
import type { RouterTables } from '../../../src/io/snmp/router-tables.ts';
import { readTables, shortcomings } from '../../../src/io/snmp/router-tables.ts';
import { openAgent } from '../../../src/io/snmp/session.ts';

const AGENT = join(import.meta.dirname, 'agent.py');
const isMissing = find('python3') === undefined && process.env['CI'] === undefined;
/** Milliseconds: a question that is not answered is put three times, two seconds apart. */
const PATIENCE = 60_000;

const agents: ChildProcess[] = [];
afterAll(() => {
  for (const agent of agents.splice(0)) agent.kill();
});

async function readFrom(mode: string): Promise<RouterTables> {
  const child = spawn('python3', [AGENT, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
  agents.push(child);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const agent = await openAgent({
    address: '127.0.0.1',
    port: Number(line),
    credentials: { kind: 'community', community: 'not-public' },
  });
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    return await readTables(agent, { rows: 100, rowsInAll: 500, signal });
  } finally {
    agent.close();
  }
}

function rows({ columns }: RouterTables): number {
  return [...columns.values()].reduce((sum, column) => sum + column.rows.length, 0);
}

describe.skipIf(isMissing)('an agent that', () => {
  test.each([
    ['goes round in circles is stopped at the first step', 'circle', 0, /go backwards/],
    ['goes backwards keeps what came before', 'backwards', 1, /go backwards/],
    ['never ends is stopped at the bound', 'endless', 500, /more rows than are read/],
    ['names an object longer than any may be', 'long-name', 0, /go backwards/],
  ])('%s', async (_, mode, least, why) => {
    const tables = await readFrom(mode);
    expect(rows(tables)).toBeGreaterThanOrEqual(least);
    expect(rows(tables)).toBeLessThanOrEqual(500);
    expect(shortcomings(tables).join('\n')).toMatch(why);
  });

  // Each waits for its time-outs: together.
  test.concurrent.each([
    ['claims a gigabyte of text', 'huge-length'],
    ['sends a nest without end', 'deep'],
    ['sends noise', 'noise'],
    ['answers a question that nobody put', 'other-request'],
    ['falls silent after the first answer', 'silent'],
  ])(
    '%s gives nothing, and ends',
    async (_, mode) => {
      const tables = await readFrom(mode);
      expect(tables.system.name).toEqual(expect.any(Uint8Array));
      expect(rows(tables)).toBe(0);
    },
    PATIENCE,
  );

  test('finds many rows too big is asked for one at a time', async () => {
    expect(rows(await readFrom('too-big'))).toBeGreaterThan(0);
  });
});

test('a port that is closed is said to be, without waiting for time-outs', async () => {
  const agent = await openAgent({
    address: '127.0.0.1',
    port: 9,
    credentials: { kind: 'community', community: 'not-public' },
  });
  const asked = readTables(agent, { rows: 1, rowsInAll: 1, signal: AbortSignal.timeout(PATIENCE) });
  await expect(asked).rejects.toMatchObject({ code: 'E_NETWORK' });
  agent.close();
});
