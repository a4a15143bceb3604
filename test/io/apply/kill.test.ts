import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lacking } from '../../lab/need.ts';
import { bundled } from './bundle.ts';

const MISSING = lacking('unshare', 'nft', 'ip');
const made = bundled({
  enforce: 'src/io/apply/helper-main.ts',
  kill: 'test/io/apply/kill-entry.ts',
});
const APPLIES = 25;
const SEED = 20_261_125;

/** In a network and a process space of its own: whatever is left over ends with it. */
const ALONE = ['-nm', '--pid', '--fork', '--kill-child', '--mount-proc'];

test.skipIf(MISSING !== undefined)(
  `killed at a random moment ${APPLIES} times: in force is the old ruleset or the new one, whole (seed ${SEED})`,
  () => {
    const words = ['run', String(APPLIES), String(SEED), join(made.folder, 'enforce.mjs')];
    const user = process.getuid?.() === 0 ? [] : ['-Ur'];
    const command = [...user, ...ALONE, process.execPath, join(made.folder, 'kill.mjs'), ...words];
    const { status, stdout, stderr } = spawnSync('unshare', command, {
      encoding: 'utf8',
      timeout: 220_000,
      killSignal: 'SIGKILL',
    });
    expect(status, stderr).toBe(0);
    const report: unknown = JSON.parse(stdout);
    expect(report).toMatchObject({ applies: APPLIES, broken: [] });
    // Some were killed before they had done anything, some after: else nothing was tried.
    expect(Object.keys(Object(report).reached).length).toBeGreaterThan(2);
    expect(Object(report).new).toBeGreaterThan(0);
    expect(Object(report).old).toBeGreaterThan(0);
  },
  240_000,
);
